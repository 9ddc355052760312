import assert from "node:assert/strict";
import { join } from "node:path";
import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages } from "../../boards/openmv_stm32/samples.ts";
import type { JobOptions } from "../../core/family/family.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { subjects } from "../faults/subjects.ts";
import { realCamera } from "../support/cli/real_camera.ts";
import { knowing } from "../support/faults/known_romfs.ts";
import { encodeRomfs } from "../support/images/romfs_encoder.ts";
import { agreeingOperator, Trial } from "../support/plan/plan_rig.ts";

/** Tests that a ROMFS which may be the user's own is kept, on every family and at the command line. */

for (const job of ["flash", "restore"] as const) {
  for (const subject of subjects.filter(({ id }) => id.endsWith(`.${job}`))) {
    const { family, board, images } = subject;
    const roles = images.all.map(({ role }) => role).filter((role) => role.startsWith("romfs"));

    const runs = async (...all: readonly JobOptions[]) => {
      const trial = new Trial([family]);
      const camera = subject.camera(trial);
      const changed: string[][] = [], claims: string[] = [];
      for (const options of all) {
        const { error, proofs } = await trial.clock.run(() =>
          trial.run(family.plan(job, board, images, options), camera.board, {
            operator: agreeingOperator(camera.board),
          })
        );
        assert.equal(error, undefined);
        changed.push(trial.changed.filter((step) => roles.includes(step)));
        claims.push(...proofs.map(({ claim }) => String(claim)));
      }
      return { changed, claims, missing: camera.missing(new Map()) };
    };

    Deno.test(`${subject.id}: a ROMFS of unknown origin stays unless the user says otherwise`, async () => {
      const isBlank = subject.id === "openmv-rt1062.restore";
      const { changed, claims, missing } = await runs(knowing(images));
      if (isBlank) return assert.deepEqual(changed, [roles]);
      assert.deepEqual(changed, [[]]);
      assert.equal(claims.filter((claim) => /ROMFS was kept/.test(claim)).length, roles.length);
      assert.deepEqual(missing, roles);
    });

    Deno.test(`${subject.id}: --romfs write overwrites it, keep never does`, async () => {
      const kept = await runs({ romfs: "keep" });
      assert.deepEqual([kept.changed, kept.missing], [[[]], roles]);
      const written = await runs({ romfs: "write" });
      assert.deepEqual([written.changed, written.missing], [[roles], []]);
    });
  }
}

for (const subject of subjects.filter(({ id }) => id.endsWith(".flash"))) {
  const { family, board, images } = subject;
  const writes = (only: JobOptions["only"]) =>
    family.plan("flash", board, images, { only }).steps
      .filter(({ effect }) => effect !== "none").map(({ id }) => id);

  Deno.test(`${subject.id} --only firmware, --only romfs: those of every core, and nothing else`, () => {
    const flashed = images.all.map(({ role }) => role)
      .filter((role) => /^(firmware|romfs)/.test(role));
    const [romfs, firmware] = [true, false].map((isRomfs) =>
      flashed.filter((role) => role.startsWith("romfs") === isRomfs)
    );
    assert.deepEqual(writes("romfs").toSorted(), romfs.toSorted());
    assert.deepEqual(writes("firmware").toSorted(), firmware.toSorted());
    assert.deepEqual(writes(undefined).toSorted(), flashed.toSorted());
  });
}

const [, , h7] = stm32Boards;
const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
const h7Images = makeImages(h7, versions, [0x4400, 0x4400, 0x2200], false);
const earlier = makeImages(h7, { ...versions, firmware: "4.8.1" }, [0x4400, 0x4400, 0x2200], false);
const own = encodeRomfs([{ name: "main.py", content: new Uint8Array(6000).fill(7) }]);

/** Runs command lines one after another on a camera whose firmware is an earlier one. */
async function withH7(
  work: (run: (line: string) => Promise<string[]>, folder: string) => Promise<void>,
) {
  const folder = Deno.makeTempDirSync();
  try {
    for (const [place, images] of [["new", h7Images], ["old", earlier]] as const) {
      Deno.mkdirSync(join(folder, place, "OPENMV4"), { recursive: true });
      for (const { name, bytes } of images.all) {
        Deno.writeFileSync(join(folder, place, "OPENMV4", name), bytes);
      }
    }
    Deno.writeFileSync(join(folder, "own.img"), own);
    const { run } = realCamera("openmv-h7", {
      condition: "healthy",
      images: boardImages("old, then new", [...earlier.all, ...h7Images.all]),
      first: ["unplug", "plug"],
      context: { dataFolder: () => join(folder, "data") },
    });
    await work(async (line) => {
      const { code, out, error, json } = await run(`${line.replaceAll("%", folder)} --json`);
      assert.equal(code, 0, out + error);
      return json.filter(({ type }) => type === "changing").map(({ step }) => String(step));
    }, folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("flash: a named ROMFS is written; then it is the user's own, and a release leaves it alone", () =>
  withH7(async (run) => {
    assert.deepEqual(await run("flash h7 --yes --only romfs --image romfs0=%/own.img"), ["romfs0"]);
    assert.deepEqual(await run("flash h7 --yes --images %/new"), ["firmware"]);
    assert.deepEqual(await run("flash h7 --yes --images %/new --romfs keep"), []);
    assert.deepEqual(await run("flash h7 --yes --images %/new --allow overwrite-romfs"), [
      "romfs0",
    ]);
    assert.deepEqual(await run("flash h7 --yes --only romfs --image romfs0=%/own.img"), ["romfs0"]);
    assert.deepEqual(await run("flash h7 --yes --images %/new --romfs write"), ["romfs0"]);
  }));

Deno.test("flash: the ROMFS of another imported release is replaced without a word", () =>
  withH7(async (run) => {
    assert.deepEqual(await run("flash h7 --yes --images %/new"), ["firmware"]);
    await run("images import %/old");
    assert.deepEqual(await run("flash h7 --yes --images %/new"), ["romfs0"]);
  }));

Deno.test("a ROMFS that is named and --romfs keep: one of the two", () =>
  withH7(async (_, folder) => {
    const { code, error } = await realCamera("openmv-h7").run(
      `flash h7 --yes --romfs keep --image romfs0=${folder}/own.img`,
    );
    assert.equal(code, 2, error);
    assert.match(error, /own\.img is a ROMFS to write, but --romfs keep writes none/);
  }));
