import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { addresses } from "../core/common/addresses.ts";
import { makeZip } from "../core/image/zip_writer.ts";
import { ran } from "./support/cli/command_rig.ts";
import { done, imageSetsRig } from "./support/cli/image_sets_rig.ts";
import { realFirmware, sampleRelease } from "./support/images/sample_release.ts";

/** What a board and its simulated camera can do, and where to get what the program does not have. */

const count = (text: string, part: string) => text.split(part).length - 1;

for (const family of families) {
  for (const board of family.boards) {
    Deno.test(`boards ${board.id}: its images, consents, conditions and every trap`, async () => {
      const { code, out } = await ran(`boards ${board.id}`, { families });
      assert.equal(code, 0);
      const { json } = await ran(`boards ${board.id} --json`, { families });
      assert.equal(json.length, 1);
      const { id, conditions, traps, consents } = json[0];
      assert.deepEqual([id, conditions], [board.id, ["bricked", "blank", "healthy"]]);
      assert.match(out, /bricked, blank, healthy/);
      const table = Object.entries(family.traps ?? {});
      assert.deepEqual(
        (traps as { name: string; default: unknown; values?: unknown[] }[])
          .map(({ name, values, ...trap }) => [name, values ?? [trap.default]]),
        table.map(([name, values]) => [name, [...values]]),
      );
      for (const [name] of table) assert.match(out, new RegExp(`^ *${name} `, "m"));
      for (const { role, fileNames } of board.roles) {
        assert.match(out.replaceAll(/\s+/g, " "), new RegExp(`${role}: .*${fileNames[0] ?? ""}`));
      }
      const names = (family.consents ?? []).map((consent) => consent.id);
      assert.deepEqual((consents as { id: string }[]).map((consent) => consent.id), names);
      for (const name of names) assert.match(out, new RegExp(`--allow(-fuse)? ${name}:`));
    });
  }
}

Deno.test("an unknown board: boards says what to do", async () => {
  const { code, error } = await ran("boards h9", { families });
  assert.equal(code, 2);
  assert.match(error, /Did you mean[^]*Leave out the name/);
});

Deno.test("the help has every address, each once", async () => {
  const { out } = await ran("--help", { families });
  for (const address of Object.values(addresses)) {
    assert.match(address, /^https:\/\/[\w./-]+$/);
    assert.equal(out.match(new RegExp(`^ +${address}$`, "gm"))?.length, 1, address);
  }
});

Deno.test("what misses images says once where each of them is to be had", async () => {
  using rig = imageSetsRig();
  const isFromRelease = ([path]: readonly [string, Uint8Array]) =>
    /(bootloader|firmware|firmware_M55_H[EP]|romfs\d)\.(bin|img)$/.test(path);
  rig.write(
    "firmware_v5.1.0.zip",
    makeZip(new Map([...sampleRelease("5.1.0")].filter(isFromRelease))),
  );
  const { out } = await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.equal(count(out, addresses["openmv-ide"]), 1, out);
  assert.equal(count(out, addresses.firmware), 1, out);
  const list = await done(rig.run("images list"));
  for (const what of ["firmware", "openmv-ide", "se-tools"] as const) {
    assert.equal(count(list.out, addresses[what]), 1, list.out);
  }
  rig.write("real.zip", makeZip(realFirmware("5.1.0")));
  const lines = [
    ["restore n6 --yes --images %/real.zip", "openmv-ide"],
    ["plan ae3 --images %/firmware_v5.1.0.zip", "firmware"],
    ["restore h7 --yes", "firmware"],
  ] as const;
  for (const [line, what] of lines) {
    const { code, error } = await rig.run(line);
    assert.notEqual(code, 0, line);
    assert.equal(count(error, addresses[what]), 1, error);
  }
  const plan = await done(rig.run("plan h7 --images %/firmware_v5.1.0.zip"));
  assert.match(plan.out, /Some images are for simulated cameras only\./);
  assert.equal(count(plan.out, addresses.firmware), 1, plan.out);
});

Deno.test("a run that has images for simulated cameras only says once where all of them are to be had", async () => {
  using rig = imageSetsRig();
  const wanted = [
    ["restore n6 --yes", ["firmware", "openmv-ide"]],
    ["restore rt1062 --yes", ["firmware", "openmv-ide"]],
    ["restore ae3 --yes", ["firmware", "se-tools"]],
    ["flash giga --yes", ["firmware"]],
    ["station n6 --yes", ["firmware", "openmv-ide"]],
  ] as const;
  for (const [line, places] of wanted) {
    const { code, error } = await rig.run(line);
    assert.equal(code, 13, line);
    const said = (["firmware", "openmv-ide", "se-tools"] as const)
      .filter((what) => count(error, addresses[what]) === 1);
    assert.deepEqual(said, places, error);
    const { json } = await rig.run(`${line} --json`);
    const { data } = json[0].error as { data: { whereToGet: string[] } };
    assert.deepEqual(data.whereToGet.toSorted(), places);
  }
});

Deno.test("for programs: list, plan and import have the addresses as fields", async () => {
  using rig = imageSetsRig();
  const place = (what: keyof typeof addresses) => ({ what, address: addresses[what] });
  const { json } = await done(rig.run("images list --json"));
  const use = (board: string) => json.find((line) => line.type === "use" && line.board === board)!;
  assert.deepEqual(use("openmv-h7").whereToGet, [place("firmware")]);
  assert.deepEqual(use("openmv-ae3").whereToGet, [place("firmware"), place("se-tools")]);
  const plan = await done(rig.run("plan n6 --json"));
  assert.deepEqual(plan.json[0].whereToGet, [place("firmware"), place("openmv-ide")]);
  rig.write("real.zip", makeZip(realFirmware("5.1.0")));
  const imported = await done(rig.run("images import %/real.zip --json"));
  const [{ boards }] = imported.json as [{ boards: { board: string; whereToGet: unknown }[] }];
  assert.deepEqual(boards.map(({ board, whereToGet }) => [board, whereToGet]), [
    ["openmv-n6", [place("firmware"), place("openmv-ide")]],
  ]);
});

Deno.test("images import: a folder that is no release is refused, with what to get from where", async () => {
  using rig = imageSetsRig();
  rig.write("notes.txt", new Uint8Array(5));
  const { code, error } = await rig.run("images import %");
  assert.equal(code, 13);
  for (const what of ["firmware", "openmv-ide", "se-tools"] as const) {
    assert.equal(count(error, addresses[what]), 1, error);
  }
  rig.write("practice.zip", makeZip(sampleRelease("5.1.0")));
  const { out } = await done(rig.run("images import %/practice.zip"));
  assert.match(out, /Some images are for simulated cameras only\./);
});
