import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import type { Image } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { imagesWith } from "../../tests/support/boards/openmv_n6_rig.ts";
import { checkImages } from "./check_images.ts";
import { compareParts, partsEnd, recoveryFiles } from "./recovery_files.ts";
import { sampleImages } from "./samples.ts";

/** The files of a restore (stm32n6-serial-boot.md A.3, A.4, D.1). */

const rows = "P\t0x1\ta\tBinary\tnone\t0x0\ta\nP\t0x3\tb\tBinary\tnone\t0x0\tb\n";
const layout = (text: string) => new TextEncoder().encode(rows + text);
const extension = Uint8Array.from({ length: 3000 }, (_, at) => at * 3 & 0xFF);
const both = recoveryFiles(imagesWith({
  "flash-layout": layout("P\t0x4\tc\tBinary\tnor0\t0x0\tc\nP\t0x5\td\tBinary\tnor0\t0x40000\td\n"),
  extension,
}));
const bootloader = sampleImages().get("bootloader")!.bytes;

/** The bootloader's region with everything in its place. */
function written(): Uint8Array {
  const bytes = new Uint8Array(0x8_0000).fill(0xFF);
  bytes.set(bootloader);
  bytes.set(extension, 0x4_0000);
  return bytes;
}

Deno.test("each row of the layout that is for flash becomes a part at its offset", () => {
  assert.deepEqual(
    both.parts.map(({ id, offset, address, bytes }) => [id, offset, address, bytes]),
    [[4, 0, 0x7000_0000, bootloader], [5, 0x4_0000, 0x7004_0000, extension]],
  );
  assert.equal(partsEnd(both), 0x4_0000 + 3000);
  assert.equal(partsEnd(recoveryFiles(sampleImages())), bootloader.length);
});

Deno.test("the first wrong byte of what was read is told by file, address and value", () => {
  compareParts(written(), both);
  const wrong: [at: number, file: string, offset: number][] = [
    [0, "bootloader.bin", 0],
    [bootloader.length - 1, "bootloader.bin", bootloader.length - 1],
    [0x4_0000 + 17, "extension", 17],
    [0x4_0000 + 2999, "extension", 2999],
  ];
  for (const [at, file, offset] of wrong) {
    const found = written();
    const expected = found[at];
    found[at] ^= 0x5A;
    assert.throws(() => compareParts(found, both), (error) => {
      assert.ok(error instanceof UnbrickError);
      assert.equal(error.kind, "verify-failed");
      assert.ok(error.message.endsWith(`first difference is at offset ${offset}.`));
      assert.deepEqual(error.data, {
        ...{ file, address: 0x7000_0000 + at, expected, found: expected ^ 0x5A },
      });
      return true;
    });
  }
  for (const at of [bootloader.length, 0x4_0000 - 1, 0x4_0000 + 3000]) {
    compareParts(written().with(at, 0), both);
  }
  const short = written().subarray(0, 0x4_0000 + 2999);
  assert.throws(() => compareParts(short, both), {
    data: { file: "extension", address: 0x7004_0000 + 2999, expected: 0x25, found: null },
  });
});

/** As if it were no sample, with this digest. */
const real = (role: string, sha256: string): Image => {
  return { ...sampleImages().get(role)!, simulationOnly: false, sha256 };
};
const shipped = [
  real("fsbl", "24179fa4ab6d2b1faf5a28b83c14cb750e4d9ce24072f46d63708a00c436acf9"),
  real("external-loader", "98563bde70f56ca08999d9a0fd11027870f7e981b6e13b8d11acab98e2d81ac2"),
];

Deno.test("a helper that is not the one that OpenMV ships is used with a warning", () => {
  const warnings = (...changed: Image[]) => {
    const roles = changed.map(({ role }) => role);
    const kept = [...sampleImages().all, ...shipped].filter(({ role }) => !roles.includes(role));
    const set = boardImages("test", [...kept, ...changed]);
    return recoveryFiles(set).warnings.map(String);
  };
  const unknown = (name: string) => `${name} is not the file that OpenMV provides.`;
  const [fsbl, loader] = shipped;
  assert.deepEqual(warnings(...shipped), []);
  assert.deepEqual(warnings(real("fsbl", loader.sha256), loader), [unknown(fsbl.name)]);
  assert.deepEqual(warnings(fsbl, real("external-loader", fsbl.sha256)), [unknown(loader.name)]);
  assert.deepEqual(warnings(sampleImages().get("fsbl")!, loader), [], "a sample");
});

Deno.test("an error in a layout names its file", () => {
  const bad = imagesWith({ "flash-layout": layout("P\t0x4\tc\tBinary\tnor0\t0x10000\tc\n") });
  assert.throws(() => recoveryFiles(bad), (error) => {
    assert.ok(error instanceof UnbrickError);
    assert.ok(error.message.startsWith("FlashLayout.tsv"), error.message);
    return true;
  });
});

const of = (role: string) => Uint8Array.from(sampleImages().get(role)!.bytes);
const wrong = Object.entries({
  "fsbl": of("fsbl").fill(0, 0x400, 0x500),
  "external-loader": of("external-loader").fill(0, 0, 4),
  "flash-layout": layout("P\t0x4\tc\tBinary\tnor0\t0x10000\n"),
  "bootloader": of("bootloader").fill(0, 0x400, 0x500),
  "firmware": of("firmware").fill(0, 0, 8),
}).map(([role, bytes]) => ({ role, images: imagesWith({ [role]: bytes }) }));

Deno.test("every file is checked wherever a set is, also the layout by itself", () => {
  for (const { role, images } of wrong) {
    assert.throws(() => checkImages(images), { kind: "bad-image" }, role);
  }
  checkImages(sampleImages());
});
