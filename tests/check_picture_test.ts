import assert from "node:assert/strict";
import { join } from "node:path";
import { decode } from "fast-png";
import fc from "fast-check";
import jpeg from "jpeg-js";
import { families } from "./support/boards/families.ts";
import { isKind } from "../core/common/errors.ts";
import { placeNew } from "../core/cli/pages/output_file.ts";
import { pictureFormat } from "../core/cli/pages/picture.ts";
import { testPicture } from "../core/protocols/openmv_debug/model/test_picture.ts";
import { ran } from "./support/cli/command_rig.ts";
import { inTempFolder } from "./support/temp_folder.ts";

/** `check --picture`: the picture that a camera took, as a file and in the record. */

const { jpeg: ramp } = testPicture("ramp");

const inFolder = (work: (folder: string) => void | Promise<void>) => () => inTempFolder(work);

const checked = (words: readonly string[], board = "openmv-h7") =>
  ran(["check", board, "--simulate", "--fast", "--json", ...words], { families });
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

for (const protocol of ["V1", "V2"]) {
  Deno.test(
    `${protocol}: the PNG has the pixels of the camera's JPEG, and the record shows it`,
    inFolder(async (folder) => {
      const [png, page] = [join(folder, "seen.png"), join(folder, "run.html")];
      const trap = `protocol=${protocol}`;
      const { code, json } = await checked(["--picture", png, "--report", page, "--trap", trap]);
      assert.equal(code, 0);
      const { width, height, data } = decode(Deno.readFileSync(png));
      const own = jpeg.decode(ramp, { useTArray: true, formatAsRGBA: false });
      assert.deepEqual([width, height], [160, 120]);
      assert.deepEqual(Uint8Array.from(data), Uint8Array.from(own.data));
      assert.equal(json.find(({ type }) => type === "picture")?.file, png);
      const html = Deno.readTextFileSync(page);
      assert.ok(html.includes(`src="data:image/jpeg;base64,${ramp.toBase64()}"`));
      assert.deepEqual(namesIn(folder), ["run.html", "seen.png"]);
    }),
  );
}

Deno.test(
  "with a name that ends in .jpg, the file is what the camera sent",
  inFolder(async (folder) => {
    const path = join(folder, "SEEN.JPG");
    assert.equal((await checked(["--picture", path])).code, 0);
    assert.deepEqual(Deno.readFileSync(path), ramp);
  }),
);

Deno.test(
  "without --picture, a page shows none and JSON names none",
  inFolder(async (folder) => {
    const page = join(folder, "run.html");
    const { json } = await checked(["--report", page]);
    assert.ok(!Deno.readTextFileSync(page).includes("<img"));
    assert.ok(json.every(({ type }) => type !== "picture" && type !== "output"));
  }),
);

Deno.test(
  "a dark picture is kept, too; a damaged one, or none, is not",
  inFolder(async (folder) => {
    const ends = { pictureBlack: 18, pictureDamaged: 22, pictureWithheld: 22, sensorMissing: 17 };
    for (const [trap, exitCode] of Object.entries(ends)) {
      const path = join(folder, `${trap}.png`);
      assert.equal((await checked(["--picture", path, "--trap", trap])).code, exitCode, trap);
    }
    assert.deepEqual(namesIn(folder), ["pictureBlack.png"]);
    const { data } = decode(Deno.readFileSync(join(folder, "pictureBlack.png")));
    assert.ok(data.every((value) => value < 4));
  }),
);

Deno.test(
  "a board without a sensor passes, unless its picture is asked for",
  inFolder(async (folder) => {
    const words = ["--trap", "sensorMissing"];
    assert.equal((await checked(words, "arduino-giga")).code, 0);
    words.push("--picture", join(folder, "seen.png"));
    assert.equal((await checked(words, "arduino-giga")).code, 22);
    assert.deepEqual(namesIn(folder), []);
  }),
);

Deno.test(
  "a file that exists, another kind of file and a folder that does not exist are refused before the run",
  inFolder(async (folder) => {
    const taken = join(folder, "taken.png");
    Deno.writeTextFileSync(taken, "mine");
    const refused = [
      [taken, 2],
      [join(folder, "seen.gif"), 2],
      [join(folder, "png"), 2],
      [join(folder, "no", "seen.png"), 3],
    ] as const;
    for (const [path, exitCode] of refused) {
      const { code, json } = await checked(["--picture", path]);
      assert.equal(code, exitCode, path);
      assert.ok(json.every(({ type }) => type !== "run-started"), path);
    }
    assert.equal(Deno.readTextFileSync(taken), "mine");
    assert.deepEqual(namesIn(folder), ["taken.png"]);
  }),
);

Deno.test(
  "a new file appears whole or not at all, and never over another one",
  inFolder((folder) => {
    const path = join(folder, "seen.png");
    Deno.writeTextFileSync(`${path}.new`, "left by a run that was killed");
    placeNew(path, Uint8Array.of(1, 2, 3));
    assert.deepEqual(Deno.readFileSync(path), Uint8Array.of(1, 2, 3));
    assert.throws(() => placeNew(path, Uint8Array.of(9)), (error) => isKind(error, "usage"));
    assert.deepEqual(Deno.readFileSync(path), Uint8Array.of(1, 2, 3));
    assert.deepEqual(namesIn(folder), ["seen.png"]);
  }),
);

Deno.test({
  ignore: Deno.build.os !== "linux",
  name: "a full disk is named, and leaves nothing",
  fn: inFolder(async (folder) => {
    const script = `
      ulimit -f 0
      trap '' XFSZ
      exec ${Deno.execPath()} run -A --no-check main.ts check openmv-h7 --simulate --fast \\
        --no-recorder --picture ${join(folder, "seen.png")}`;
    const cwd = join(import.meta.dirname!, "..");
    const { code, stderr } = await new Deno.Command("bash", { args: ["-c", script], cwd }).output();
    assert.match(new TextDecoder().decode(stderr), /seen\.png cannot be written: the disk is full/);
    assert.equal(code, 3);
    assert.deepEqual(namesIn(folder), []);
  }),
});

const asPng = pictureFormat("x.png");

Deno.test("a hostile JPEG is refused: its size, its end, any of its bits", () => {
  const refused = (bytes: Uint8Array) =>
    assert.throws(() => asPng(bytes), (error) => isKind(error, "picture-damaged"));
  const sizeAt = ramp.findIndex((byte, at) => byte === 0xFF && ramp[at + 1] === 0xC0) + 5;
  const huge = ramp.slice();
  huge.set([0xFF, 0xFF, 0xFF, 0xFF], sizeAt);
  refused(huge);
  refused(new Uint8Array());
  refused(ramp.subarray(0, 100));
  fc.assert(
    fc.property(fc.nat(ramp.length * 8 - 1), fc.nat(ramp.length), (bit, length) => {
      const damaged = ramp.slice(0, Math.max(length, (bit >> 3) + 1));
      damaged[bit >> 3] ^= 1 << (bit & 7);
      try {
        assert.ok(asPng(damaged).length < 4_000_000);
      } catch (error) {
        assert.ok(isKind(error, "picture-damaged"), String(error));
      }
    }),
    { numRuns: 60 },
  );
});
