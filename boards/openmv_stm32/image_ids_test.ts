import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import { concat } from "../../core/common/bytes.ts";
import type { Image } from "../../core/image/image.ts";
import { boards } from "./boards.ts";
import { knownFaults } from "./old_images.ts";
import { sampleImages } from "./samples.ts";
import { checkBootloader, checkFirmware, checkRomfs } from "./validate.ts";

/** What a file says about where it belongs: its DFU suffix, and ids inside it. */

const [, m7, h7] = boards;
const image = (role: string, board = h7) => sampleImages(board).get(role)!;

function errorOf(work: () => unknown): UnbrickError | undefined {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof UnbrickError, String(error));
    return error;
  }
}

// dfu-dfuse.md A5: FFFF in a suffix is any id, and the reader of the suffix leaves it out.
const suffixes: readonly [Image["usbIds"], boolean][] = [
  [undefined, true],
  [{}, true],
  [{ vendorId: 0x0483, productId: 0xDF11 }, true],
  [{ vendorId: 0x37C5, productId: 0x9204 }, true],
  [{ vendorId: 0x0483 }, true],
  [{ productId: 0x9204 }, true],
  [{ vendorId: 0x37C5, productId: 0x9203 }, false],
  [{ vendorId: 0x0483, productId: 0x9204 }, false],
  [{ vendorId: 0x37C5, productId: 0xDF11 }, false],
  [{ vendorId: 0x2341 }, false],
  [{ productId: 0x1204 }, false],
];

for (const [usbIds, fits] of suffixes) {
  Deno.test(`an H7's file with the DFU suffix ${JSON.stringify(usbIds)}: ${fits}`, () => {
    for (
      const [role, check] of [
        ["bootloader", checkBootloader],
        ["firmware", checkFirmware],
        ["romfs0", checkRomfs],
      ] as const
    ) {
      const error = errorOf(() => check({ ...image(role), usbIds }, h7));
      assert.equal(error?.kind, fits ? undefined : "wrong-board");
      if (fits) continue;
      const { vendorId = null, productId = null } = usbIds ?? {};
      assert.deepEqual(error?.data, {
        file: image(role).name,
        vendorId,
        productId,
        board: "openmv-h7",
      });
    }
  });
}

Deno.test("a file of a DfuSe target other than the internal flash is refused", () => {
  for (
    const [role, check] of [["bootloader", checkBootloader], ["firmware", checkFirmware]] as const
  ) {
    assert.equal(errorOf(() => check({ ...image(role), alternate: 0 }, h7)), undefined);
    assert.equal(errorOf(() => check({ ...image(role), alternate: 1 }, h7))?.kind, "bad-image");
  }
});

/** A bootloader that contains the id of the old serial one, 1209:abd1 (openmv-runtime.md 4.3). */
function withSerialId(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const changed = Uint8Array.from(bytes);
  changed.fill(0xA5, 0x800, 0x960); // its own id
  changed.set([0x09, 0x12, 0xD1, 0xAB], at);
  return changed;
}

Deno.test("the serial bootloader of releases before 4.6.0 is refused, with the first release that helps", () => {
  const bytes = withSerialId(image("bootloader").bytes, 0x900);
  const error = errorOf(() => checkBootloader({ ...image("bootloader"), bytes }, h7));
  assert.equal(error?.kind, "bad-image");
  assert.equal(error?.data.offset, 0x900);
  assert.equal(error?.data.firstRelease, "4.6.0");
  // One that also has the id of a DFU bootloader is no serial one.
  const both = Uint8Array.from(image("bootloader").bytes);
  both.set([0x09, 0x12, 0xD1, 0xAB], 0x900);
  assert.equal(
    errorOf(() => checkBootloader({ ...image("bootloader"), bytes: both }, h7)),
    undefined,
  );
});

Deno.test("openmv.bin, bootloader and firmware in one, is refused in both places", () => {
  for (const board of [m7, h7]) {
    const [bootloader, firmware] = ["bootloader", "firmware"].map((role) => image(role, board));
    const offset = board === m7 ? 0x20000 : 0x40000; // where the firmware is: openmv-boards.md 5.2
    const gap = new Uint8Array(offset - bootloader.bytes.length).fill(0xFF);
    const bytes = concat([bootloader.bytes, gap, firmware.bytes]);
    for (
      const [one, check] of [[bootloader, checkBootloader], [firmware, checkFirmware]] as const
    ) {
      const error = errorOf(() => check({ ...one, bytes }, board));
      assert.deepEqual(
        [error?.kind, error?.data.offset, error?.data.joined],
        ["bad-image", offset, true],
      );
    }
    // With something else than a program behind it, it is only too large.
    const other = concat([bootloader.bytes, gap, new Uint8Array(4096).fill(0xA5)]);
    const error = errorOf(() => checkBootloader({ ...bootloader, bytes: other }, board));
    assert.deepEqual([error?.kind, error?.data.joined], ["bad-image", undefined]);
  }
});

Deno.test("only a bootloader without a version header has the fault of 4.6.0 to 4.8.0", () => {
  const bootloader = image("bootloader");
  assert.deepEqual(knownFaults(bootloader), []);
  // The header is at 0x1000 (openmv-boards.md 5.8).
  const bytes = Uint8Array.from(bootloader.bytes).fill(0xA5, 0x1000, 0x1020);
  assert.equal(knownFaults({ ...bootloader, bytes }).length, 1);
  assert.deepEqual(knownFaults(image("firmware")), [], "a firmware is no bootloader");
  assert.deepEqual(knownFaults({ ...bootloader, bytes: new Uint8Array(9_000) }), []);
});
