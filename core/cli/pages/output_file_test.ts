import assert from "node:assert/strict";
import { join } from "node:path";
import { isKind } from "../../common/errors.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { replaceText, setAside } from "./output_file.ts";
import { inTempFolder } from "../../../tests/support/temp_folder.ts";

const onPosix = { ignore: Deno.build.os === "windows" };

const inFolder = (work: (folder: string) => void | Promise<void>) => () => inTempFolder(work);

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

async function fifo(path: string): Promise<void> {
  assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
}

Deno.test({
  ...onPosix,
  name: "a link leads to the file that is replaced, and stays",
  fn: inFolder((folder) => {
    const [link, file] = [join(folder, "link.json"), join(folder, "file.json")];
    Deno.symlinkSync(file, link);
    for (const text of ["first", "second"]) {
      const path = setAside(link);
      assert.equal(path, Deno.realPathSync(folder) + "/file.json");
      replaceText(path, text);
      assert.ok(Deno.lstatSync(link).isSymlink);
      assert.equal(Deno.readTextFileSync(file), text);
    }
    assert.equal(Deno.readTextFileSync(`${file}.1`), "first");
  }),
});

Deno.test({
  ...onPosix,
  name:
    "what lies where the next text is written first is not opened: no link is followed, no pipe waits",
  fn: inFolder(async (folder) => {
    const [path, other] = [join(folder, "r.json"), join(folder, "other")];
    Deno.writeTextFileSync(other, "of somebody else");
    Deno.symlinkSync(other, `${path}.new`);
    replaceText(path, "mine");
    await fifo(`${path}.new`);
    replaceText(path, "mine again");
    assert.equal(Deno.readTextFileSync(other), "of somebody else");
    assert.equal(Deno.readTextFileSync(path), "mine again");
    assert.deepEqual(namesIn(folder), ["other", "r.json"]);
  }),
});

Deno.test({
  ...onPosix,
  name:
    "a record is no folder, no device and no pipe: refused before anything happens, and it stays",
  fn: inFolder(async (folder) => {
    await fifo(join(folder, "pipe"));
    Deno.mkdirSync(join(folder, "folder"));
    Deno.symlinkSync("/dev/full", join(folder, "full"));
    const before = namesIn(folder);
    for (
      const [name, reason] of [["pipe", /a pipe/], ["folder", /a folder/], ["full", /a device/]]
    ) {
      const words = ["flash", "toy", "--simulate", "--fast", "--yes", "--report"];
      const { code, error } = await ran([...words, join(folder, name as string)]);
      assert.equal(code, 2);
      assert.match(error.replaceAll(/\s+/g, " "), reason as RegExp);
    }
    assert.deepEqual(namesIn(folder), before);
    assert.throws(() => setAside("/dev/null"), (error) => isKind(error, "usage"));
  }),
});

Deno.test(
  "a record replaces the old one also where no second file fits beside it",
  inFolder((folder) => {
    const path = join(folder, "r".repeat(250) + ".json"); // the name of the second is too long
    replaceText(path, "first");
    replaceText(path, "second");
    assert.equal(Deno.readTextFileSync(path), "second");
    const taken = join(folder, "taken.json");
    Deno.writeTextFileSync(taken, "old");
    Deno.mkdirSync(join(`${taken}.new`, "x"), { recursive: true });
    replaceText(taken, "new");
    assert.equal(Deno.readTextFileSync(taken), "new");
  }),
);
