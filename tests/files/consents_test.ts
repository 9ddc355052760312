import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { bundledSet } from "../../core/image/pack.ts";
import { allBoards } from "../../core/cli/devices/board_names.ts";
import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages } from "../../boards/openmv_stm32/samples.ts";
import { realCamera } from "../support/cli/real_camera.ts";
import { ran } from "../support/cli/command_rig.ts";

/** Tests that the command line accepts each consent that a step can ask for. */

const samples = new URL("../../images/", import.meta.url);
const bundledImages = () => bundledSet((path) => Deno.readFileSync(new URL(path, samples)));
const context = { bundledImages };

/** Returns the ids of the consents in a family's sources: objects with id and text. */
function consentsInSource(folder: string): string[] {
  return [...Deno.readDirSync(new URL(`../../${folder}/`, import.meta.url))]
    .filter(({ name }) => name.endsWith(".ts") && !name.endsWith("_test.ts"))
    .flatMap(({ name }) => {
      const text = Deno.readTextFileSync(new URL(`../../${folder}/${name}`, import.meta.url));
      if (!/\bConsent\b/.test(text)) return [];
      return [...text.matchAll(/\bid: "([a-z-]+)",\s+text:/g)].map(([, id]) => id);
    });
}

for (const family of families) {
  Deno.test(`${family.id}: the consents its steps may ask for are declared`, () => {
    const declared = (family.consents ?? []).map(({ id }) => id);
    for (const id of consentsInSource(`boards/${family.id}`)) {
      assert.ok(declared.includes(id), `${id} is requested but not declared`);
    }
  });
}

Deno.test("consents of several families are declared by at least one", () => {
  const declared = [
    "write",
    ...families.flatMap(({ consents = [] }) => consents.map(({ id }) => id)),
  ];
  const shared = consentsInSource("core/plan");
  assert.ok(shared.includes("unmarked-image"));
  for (const id of shared) assert.ok(declared.includes(id), id);
});

Deno.test("no plan asks for an undeclared consent, whatever its images contain", () => {
  for (const { board, family } of allBoards(families)) {
    const declared = ["write", ...(family.consents ?? []).map(({ id }) => id)];
    for (const job of ["restore", "flash"] as const) {
      if (board.jobs[job] !== true) continue;
      const images = bundledImages().imagesFor(board);
      const unmarked = boardImages(
        "",
        images.all.map((one) => ({ ...one, bytes: nameless(one.bytes) })),
      );
      const plans = [images, unmarked].flatMap((set) => {
        try {
          return family.plan(job, board, set, { eraseFilesystem: true, allow: declared });
        } catch {
          return []; // tables and packages of the AE3 have signatures
        }
      });
      assert.ok(plans.length > 0);
      for (const { consent } of plans.flatMap(({ steps }) => steps)) {
        if (consent) assert.ok(declared.includes(consent.id), `${board.id}: ${consent.id}`);
      }
    }
  }
});

/** Removes the marks by which an image names its board. */
function nameless(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes)
    .replaceAll(/OMV|OPENMV|OpenMV|PORTENTA|GIGA|NICLAV/g, (mark) => "x".repeat(mark.length))
    .replaceAll("\x12\x01\x00\x02", "\x12\x01\x00\x03");
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

Deno.test("every declared consent is accepted by --allow", async () => {
  const ids = new Set(families.flatMap(({ consents = [] }) => consents.map(({ id }) => id)));
  for (const id of ids) {
    const { code, error } = await ran(`plan restore openmv-h7 --allow ${id}`, {
      families,
      context,
    });
    assert.equal(code, 0, error);
  }
  assert.equal(
    (await ran("plan restore openmv-h7 --allow no-such-thing", { families, context })).code,
    2,
  );
});

Deno.test("an image that names no board needs a consent, which --allow gives by its name", async () => {
  const h7 = stm32Boards.find(({ id }) => id === "openmv-h7")!;
  const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
  const firmware = makeImages(h7, versions, [0x4400, 0x4400, 0x2200], false).get("firmware")!;
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(file, nameless(firmware.bytes));
    const { camera, run } = realCamera("openmv-h7", { condition: "healthy", first: ["plug"] });
    const asked = await run(`flash h7 --yes --image firmware=${file}`);
    assert.equal(asked.code, 16);
    assert.match(asked.error + asked.out, /--allow unmarked-image/);
    const before = camera.memory("flash").slice();
    const given = await run(
      `flash h7 --yes --json --image firmware=${file} --allow unmarked-image`,
    );
    // The model does not start a firmware that names no board, but everything was written and
    // proven.
    const proof = given.json.find(({ type, step }) => type === "proof" && step === "firmware");
    assert.ok(proof, given.out);
    assert.notDeepEqual(camera.memory("flash"), before);
  } finally {
    Deno.removeSync(file);
  }
});
