import assert from "node:assert/strict";
import fc from "fast-check";
import { UnbrickError } from "../../core/common/errors.ts";
import type { Image } from "../../core/image/image.ts";
import { boardImages, withImages } from "../../core/image/board_images.ts";
import { boards } from "./boards.ts";
import { marksIn } from "./marks.ts";
import { openmvStm32 } from "./mod.ts";
import { sampleImages } from "./samples.ts";
import { VectorTable } from "../../core/common/vector_table.ts";

const [m4, m7, h7, h7Plus] = boards;

function changed(
  image: Image,
  change: (bytes: Uint8Array) => void,
  size = image.bytes.length,
): Image {
  const bytes = new Uint8Array(size).fill(0xA5);
  bytes.set(image.bytes.subarray(0, size));
  change(bytes);
  return { ...image, bytes };
}

/** Changes words of the vector table. */
function withVectors(words: Partial<VectorTable>) {
  return (bytes: Uint8Array) =>
    VectorTable.write(bytes, 0, { ...VectorTable.decode(bytes), ...words });
}

/** Returns the error of planning a restore with this image in place of the sample one. */
function refusal(board: typeof m4, image: Image): UnbrickError | undefined {
  try {
    openmvStm32.plan("restore", board, withImages(sampleImages(board), [image]), {});
  } catch (error) {
    assert.ok(error instanceof UnbrickError, String(error));
    return error;
  }
}

const image = (board: typeof m4, role: string) => sampleImages(board).get(role)!;

const refusals: readonly [string, typeof m4, Image, string, RegExp, number | undefined][] = [
  ["empty", m4, { ...image(m4, "bootloader"), bytes: new Uint8Array() }, "bad-image", /empty/, 0],
  [
    "all FF",
    m7,
    { ...image(m7, "firmware"), bytes: new Uint8Array(9000).fill(0xFF) },
    "bad-image",
    /0xFF/,
    0,
  ],
  [
    "a few bytes",
    h7,
    { ...image(h7, "bootloader"), bytes: image(h7, "bootloader").bytes.slice(0, 100) },
    "bad-image",
    /at least/,
    100,
  ],
  [
    "truncated before its reset handler",
    h7,
    { ...image(h7, "bootloader"), bytes: image(h7, "bootloader").bytes.slice(0, 600) },
    "bad-image",
    /outside the image/,
    4,
  ],
  [
    "too large a bootloader",
    m4,
    changed(image(m4, "bootloader"), () => {}, 32769),
    "bad-image",
    /32769 bytes/,
    32768,
  ],
  [
    "too large a firmware",
    m4,
    changed(image(m4, "firmware"), () => {}, 851969),
    "bad-image",
    /851969/,
    851968,
  ],
  [
    "too large a ROMFS",
    h7,
    changed(image(h7, "romfs0"), () => {}, 131073),
    "bad-image",
    /131073/,
    131072,
  ],
  [
    "stack pointer outside of the RAM",
    m7,
    changed(image(m7, "bootloader"), withVectors({ initialStackPointer: 0x10010000 })),
    "bad-image",
    /stack pointer 0x10010000/,
    0,
  ],
  [
    "even reset vector",
    m7,
    changed(image(m7, "bootloader"), withVectors({ resetVector: 0x08000400 })),
    "bad-image",
    /even/,
    4,
  ],
  [
    "reset vector outside the image",
    h7,
    changed(image(h7, "firmware"), withVectors({ resetVector: 0x08000401 })),
    "bad-image",
    /outside the image/,
    4,
  ],
  [
    "made for another address",
    h7,
    { ...image(h7, "firmware"), address: 0x08000000 },
    "bad-image",
    /belongs at 0x08040000/,
    undefined,
  ],
  [
    "bound to another USB device",
    h7,
    { ...image(h7, "bootloader"), usbIds: { vendorId: 0x37C5, productId: 0x9203 } },
    "wrong-board",
    /37c5:9203/,
    undefined,
  ],
  [
    "firmware as bootloader",
    h7,
    {
      ...image(h7, "firmware"),
      role: "bootloader",
      bytes: image(h7, "firmware").bytes.slice(0, 9e4),
    },
    "bad-image",
    /outside the image/,
    4,
  ],
  [
    "bootloader and firmware in one (openmv.bin)",
    m7,
    changed(image(m7, "bootloader"), () => {}, 0x20000),
    "bad-image",
    /bootloader region has only 32768/,
    32768,
  ],
  [
    "bootloader of another camera",
    h7Plus,
    image(h7, "bootloader"),
    "wrong-board",
    /made for the OpenMV Cam H7,.*37c5:9204/,
    0x800,
  ],
  [
    "firmware of another camera",
    h7,
    image(h7Plus, "firmware"),
    "wrong-board",
    /OMV4P H7 32768 SDRAM/,
    0x900,
  ],
];

for (const [what, board, file, kind, message, offset] of refusals) {
  Deno.test(`refused before any device is accessed: ${what}`, () => {
    const error = refusal(board, file);
    assert.equal(error?.kind, kind);
    assert.match(error!.message, message);
    assert.equal(error!.data.file, file.name);
    assert.equal(error!.data.offset, offset);
  });
}

Deno.test("the firmware of an Arduino board is never written to a camera with the same chip", () => {
  const arduino = changed(image(h7, "firmware"), (bytes) => {
    bytes.fill(0xA5, 0x800, 0x960);
    bytes.set(new TextEncoder().encode("PORTENTA H7 8192 SDRAM\0"), 0x900);
  });
  assert.match(refusal(h7, arduino)?.message ?? "", /Arduino Portenta H7/);
});

Deno.test("a program that names no board needs its own consent", () => {
  for (const [role, step] of [["bootloader", "bootloader"], ["firmware", "firmware"]]) {
    const nameless = changed(image(h7, role), (bytes) => void bytes.fill(0xA5, 0x800, 0x960));
    const images = withImages(sampleImages(h7), [nameless]);
    const { steps } = openmvStm32.plan("restore", h7, images, {});
    const consents = steps.filter(({ consent }) => consent).map((
      { id, consent },
    ) => [id, consent?.id]);
    assert.deepEqual(consents, [[step, "unmarked-image"]]);
  }
  const { steps } = openmvStm32.plan("restore", h7, sampleImages(h7), {});
  assert.ok(steps.every(({ consent }) => !consent));
});

Deno.test("for any bytes, a plan is made or refused with a reason", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000 }),
      fc.constantFrom("bootloader", "firmware", "romfs0"),
      fc.constantFrom(...boards),
      (bytes, role, board) => {
        const error = refusal(board, { ...image(board, role), bytes });
        if (role === "romfs0") return;
        assert.ok(error && ["bad-image", "wrong-board"].includes(error.kind));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("the error names a missing file", () => {
  const images = boardImages("an empty folder", []);
  assert.throws(() => openmvStm32.plan("flash", m4, images, {}), {
    kind: "not-found",
    message: /firmware.bin.*an empty folder/,
  });
});

Deno.test("names that real firmware gave to boards (openmv-runtime.md 4.2)", () => {
  const marked = (name: string) => {
    const bytes = new TextEncoder().encode(`....${name} [H7:0123456789ABCDEF01234567]`);
    return marksIn(bytes).firmware.map(({ boardId, boardName }) => boardId ?? String(boardName));
  };
  assert.deepEqual(marked("OMV4R H7 32768 SDRAM"), ["openmv-h7-plus"]); // v3.4.3
  assert.deepEqual(marked("OMV4P H7 32768 SDRAM"), ["openmv-h7-plus"]);
  assert.deepEqual(marked("OPENMVPURETHERMAL 65536 SDRAM"), ["openmv-pure-thermal"]); // v3.6.9
  assert.deepEqual(marked("OMV4 H7 1024"), ["openmv-h7"]);
  assert.deepEqual(marked("OMV4 H7 PRO 32768 SDRAM"), ["OpenMV Cam H7 Pro"]); // v4.3.3
  assert.deepEqual(marked("BORMIO H7 1024"), ["arduino-nicla-vision"]); // v3.9.4
  assert.deepEqual(marked("OMV7 F7 512 JPEG"), ["openmv-m7"]); // v1.9
});
