import fc from "fast-check";
import assert from "node:assert/strict";
import { concat } from "../../../common/bytes.ts";
import { u32 } from "../../../common/struct.ts";
import { dumpLength, FrameHead, jpegIn, PixelFormat } from "./frame.ts";
import { encodePacket, Opcode } from "./packet.ts";
import { V1Command, V1Opcode } from "./v1.ts";
import { Channel, Stream } from "./v2_channels.ts";

const bytes = (text: string) => text.replaceAll(" ", "").toLowerCase();
const number = (value: number) => {
  const field = new Uint8Array(4);
  u32.write(field, 0, value, "number");
  return field;
};

Deno.test("requests of protocol V2 for a frame are those of openmv-runtime.md 1.4", () => {
  const stream = (sequence: number, opcode: number, ...values: number[]) =>
    encodePacket({
      sequence,
      channel: Channel.STREAM,
      opcode,
      payload: concat(values.map(number)),
    }).toHex();
  const vectors = [
    [
      stream(1, Opcode.CHANNEL_IOCTL, Stream.CTRL, 1),
      "AA D5 01 03 00 28 08 00 4A 7B 00 00 00 00 01 00 00 00 D0 42 57 61",
    ],
    [stream(3, Opcode.CHANNEL_LOCK), "AA D5 03 03 00 22 00 00 5E 1D"],
    [stream(4, Opcode.CHANNEL_SIZE), "AA D5 04 03 00 25 00 00 ED 7F"],
    [
      stream(5, Opcode.CHANNEL_READ, 0, 1056),
      "AA D5 05 03 00 26 08 00 5E B8 00 00 00 00 20 04 00 00 7B FA 62 0D",
    ],
    [stream(6, Opcode.CHANNEL_UNLOCK), "AA D5 06 03 00 23 00 00 14 6F"],
  ];
  for (const [sent, sheet] of vectors) assert.equal(sent, bytes(sheet));
});

Deno.test("commands of protocol V1 for a frame are those of openmv-runtime.md 1.1", () => {
  const { FB_ENABLE, FRAME_SIZE, FRAME_DUMP } = V1Opcode;
  const vectors = [
    [FB_ENABLE, 4, "30 0D 04 00 00 00"],
    [FRAME_SIZE, 12, "30 81 0C 00 00 00"],
    [FRAME_DUMP, dumpLength(1024), "30 82 01 04 00 00"],
  ] as const;
  for (const [opcode, length, sheet] of vectors) {
    assert.equal(V1Command.encode({ opcode, length }).toHex(), bytes(sheet));
  }
  assert.deepEqual([1, 63, 64, 65, 512].map(dumpLength), [1, 63, 65, 65, 513]);
});

const picture = Uint8Array.of(0xFF, 0xD8, 1, 2, 3, 0xFF, 0xD9);

function frame(changes: Partial<ReturnType<typeof FrameHead.decode>> = {}, gap = 12) {
  const offset = FrameHead.size + gap;
  const head = { width: 2, height: 2, format: PixelFormat.JPEG, size: 7, offset, ...changes };
  return concat([FrameHead.encode(head), new Uint8Array(gap), picture]);
}

Deno.test("a JPEG is found in its frame, wherever it begins; anything else is none", () => {
  for (const gap of [0, 4, 12, 44]) assert.deepEqual(jpegIn(frame({}, gap), 7), picture);
  assert.equal(jpegIn(frame(), 6), undefined);
  for (
    const wrong of [
      { format: PixelFormat.GREY },
      { size: 8 },
      { size: 0xFFFF_FFFF },
      { offset: 0 },
      { offset: 33 },
      { offset: 0xFFFF_FFF9 },
    ]
  ) assert.equal(jpegIn(frame(wrong), 7), undefined);
  for (let length = 0; length < frame().length; length++) {
    assert.equal(jpegIn(frame().subarray(0, length), 7), undefined);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 99 }), fc.nat(), (any, length) => {
    const found = jpegIn(any, length);
    assert.ok(found === undefined || found.length === length);
  }));
});
