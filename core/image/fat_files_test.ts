import fc from "fast-check";
import assert from "node:assert/strict";
import { u16 } from "../common/struct.ts";
import { fatFiles } from "./fat_files.ts";
import { sampleFat, type SampleFatOptions, type SampleFile } from "./sample_fat.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
/** H7, H7 Plus and RT1062 (openmv-runtime.md 3.1). */
const volumes = {
  h7: { size: 0x2_0000, sectorSize: 512, clusterSize: 512, label: "OPENMV" },
  plus: { size: 0x180_0000, sectorSize: 512, clusterSize: 2048, label: "OPENMV" },
  rt1062: { size: 0x40_0000, sectorSize: 4096, clusterSize: 4096, label: "UNBRICK" },
} as const satisfies Record<string, SampleFatOptions>;

const files: readonly SampleFile[] = [
  { path: "main.py", content: ascii("print('hello')\n") },
  { path: "lib/Gesichtserkennung für Türen.py", content: ascii("x = 1\n".repeat(400)) },
  { path: "lib/deeper/modèle.tflite", content: new Uint8Array(5000).fill(7) },
  { path: "empty", content: new Uint8Array() },
];
const contents = (found: readonly { path: string; read(): Uint8Array }[]) =>
  new Map(found.map((one) => [one.path, one.read()]));
const region = (bytes: Uint8Array, size: number) => {
  const all = new Uint8Array(size).fill(0xFF);
  all.set(bytes);
  return all;
};

for (const [name, options] of Object.entries(volumes)) {
  Deno.test(`the files of a camera are read with their long names: ${name}`, () => {
    const found = fatFiles(region(sampleFat(files, options), options.size))!;
    assert.equal(found.kind, name === "plus" ? "FAT16" : "FAT12");
    assert.equal(found.size, options.size);
    assert.deepEqual(found.damage, []);
    assert.deepEqual(
      contents(found.files),
      new Map(files.map(({ path, content }) => [path, content])),
    );
    assert.ok(found.files.every(({ damage }) => damage === undefined));
  });
}

const part = fc.stringMatching(/^[A-Za-z0-9äöü_ -]{1,30}(\.[a-z]{1,5})?$/);
Deno.test("any tree of files is read as it was written", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.tuple(part, fc.uint8Array({ maxLength: 3000 })), {
      maxLength: 12,
      selector: ([name]) => name.trim().toLowerCase(),
    }),
    (all) => {
      const tree = all.map(([name, content], at) => ({
        path: at % 3 === 2 ? `folder ${at}/${name}` : name,
        content,
      }));
      const options = volumes.h7;
      const found = fatFiles(region(sampleFat(tree, options), options.size))!;
      assert.deepEqual(
        contents(found.files),
        new Map(tree.map(({ path, content }) => [path, content])),
      );
    },
  ));
});

Deno.test("any damage ends soon, and nothing that is read is larger than the volume", () => {
  const { h7 } = volumes;
  const whole = region(sampleFat(files, h7), h7.size);
  const start = 512 + 512; // the tables are not spared
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(start * 40), fc.nat(255)), { minLength: 1, maxLength: 40 }),
    (changes) => {
      const damaged = whole.slice();
      for (const [at, value] of changes) damaged[at] = value;
      const found = fatFiles(damaged);
      const total = (found?.files ?? []).reduce((sum, file) => sum + file.read().length, 0);
      assert.ok(total <= h7.size, `${total} bytes`);
      for (const file of found?.files ?? []) assert.equal(file.read().length, file.size);
    },
  ));
});

Deno.test("a chain that meets itself, another file or the end of the volume is cut, with its reason", () => {
  const { h7 } = volumes;
  const two = [
    { path: "a", content: new Uint8Array(1024).fill(1) },
    { path: "b", content: new Uint8Array(1024).fill(2) },
  ];
  const link = (cluster: number, next: number) => {
    const bytes = region(sampleFat(two, h7), h7.size);
    const at = 512 + Math.floor(cluster * 12 / 8), pair = u16.read(bytes, at);
    const value = cluster % 2 ? pair & 0x000F | next << 4 : pair & 0xF000 | next;
    u16.write(bytes, at, value, "link");
    return fatFiles(bytes)!.files.map(({ size, damage }) => [size, String(damage ?? "")]);
  };
  const only = "only 512 of 1024 bytes can be read: ";
  assert.deepEqual(link(2, 2)[0], [512, `${only}its clusters belong to another file, too`]);
  assert.deepEqual(link(4, 3)[1], [512, `${only}its clusters belong to another file, too`]);
  assert.deepEqual(link(2, 0xF00)[0], [512, `${only}its chain of clusters is broken`]);
  assert.deepEqual(link(2, 0)[0], [512, `${only}its chain of clusters is broken`]);
  assert.deepEqual(link(2, 0xFFF)[0], [512, `${only}its chain of clusters is too short`]);
});

Deno.test("a folder that is its own parent is read once", () => {
  const { h7 } = volumes;
  const bytes = region(sampleFat([{ path: "a/b/c.py", content: ascii("1") }], h7), h7.size);
  const data = 512 + 512 + 512 * 32;
  u16.write(bytes, data + 3 * 32 + 26, 2, "cluster"); // a/b is a
  const found = fatFiles(bytes)!;
  assert.ok(found.files.length < 3);
  assert.equal(found.damage.length, 1);
});

Deno.test("from a volume whose end was not read, the reader returns what it has", () => {
  const { plus } = volumes;
  const big = [{ path: "big", content: new Uint8Array(100_000).fill(3) }];
  const found = fatFiles(sampleFat(big, plus).subarray(0, 80_000))!;
  assert.match(String(found.files[0].damage), /behind the end of what was read/);
  assert.ok(found.files[0].size > 0 && found.files[0].read().every((byte) => byte === 3));
});

Deno.test("short names: lower case marks, code page 437, E5", () => {
  const { h7 } = volumes;
  const bytes = region(sampleFat([], h7), h7.size);
  const put = (at: number, name: number[], mark: number) => {
    bytes.set([...name, 0x20, mark], 512 + 512 + at * 32);
  };
  const codes = (name: string) => [...ascii(name)];
  put(1, codes("MAIN    PY "), 0x18);
  put(2, codes("README  TXT"), 0x10);
  put(3, [0x05, 0x81, 0x84, ...codes("     BIN")], 0);
  const names = fatFiles(bytes)!.files.map(({ path }) => path);
  assert.deepEqual(names, ["main.py", "README.txt", "σüä.BIN"]);
});

Deno.test("what is no FAT volume is none", () => {
  for (const size of [0, 100, 512, 4096]) {
    assert.equal(fatFiles(new Uint8Array(size).fill(0xFF)), undefined);
    assert.equal(fatFiles(new Uint8Array(size)), undefined);
  }
});
