import fc from "fast-check";
import assert from "node:assert/strict";
import { concat } from "../../../common/bytes.ts";
import { u32 } from "../../../common/struct.ts";
import { answerLine, checkScript, findAnswer, pictureSum } from "./check_script.ts";
import { encodePacket, Opcode } from "./packet.ts";
import { capabilities, Channel, Stdin } from "./v2_channels.ts";

const hex = (packet: Parameters<typeof encodePacket>[0]) => encodePacket(packet).toHex();
const number = (value: number) => {
  const bytes = new Uint8Array(4);
  u32.write(bytes, 0, value, "number");
  return bytes;
};
const bytes = (text: string) => text.replaceAll(" ", "").toLowerCase();

Deno.test("requests of protocol V2 are those of openmv-runtime.md 1.4", () => {
  const { STDIN, STDOUT } = Channel;
  assert.equal(
    hex({ opcode: Opcode.PROTO_SET_CAPS, payload: capabilities }),
    bytes(
      "AA D5 00 00 00 02 10 00 86 28 03 00 00 00 F2 01 00 00 00 00 00 00 00 00 00 00 A6 5E 97 53",
    ),
  );
  assert.equal(
    hex({ sequence: 1, opcode: Opcode.PROTO_VERSION }),
    bytes("AA D5 01 00 00 04 00 00 7D F7"),
  );
  const ioctl = { sequence: 3, channel: STDIN, opcode: Opcode.CHANNEL_IOCTL };
  assert.equal(
    hex({ ...ioctl, payload: number(Stdin.STOP) }),
    bytes("AA D5 03 01 00 28 04 00 FC 25 01 00 00 00 EA 37 DC C5"),
  );
  assert.equal(
    hex({ ...ioctl, payload: number(Stdin.RESET) }),
    bytes("AA D5 03 01 00 28 04 00 FC 25 03 00 00 00 D4 CC 85 B0"),
  );
  const program = new TextEncoder().encode('print("{\\"ok\\":1}")\n');
  assert.equal(
    hex({
      sequence: 4,
      channel: STDIN,
      opcode: Opcode.CHANNEL_WRITE,
      payload: concat([number(0), number(program.length), program]),
    }),
    bytes(
      "AA D5 04 01 00 27 1C 00 F1 6B 00 00 00 00 14 00 00 00 70 72 69 6E 74 28 22 7B 5C 22 6F 6B 5C " +
        "22 3A 31 7D 22 29 0A 27 E4 6C C7",
    ),
  );
  assert.equal(
    hex({
      sequence: 3,
      channel: STDOUT,
      opcode: Opcode.CHANNEL_READ,
      payload: concat([number(0), number(10)]),
    }),
    bytes("AA D5 03 02 00 26 08 00 CE 4F 00 00 00 00 0A 00 00 00 00 D5 93 01"),
  );
});

Deno.test("the program is short, plain text, and ends with a line", () => {
  assert.ok(checkScript.length < 2048 && checkScript.endsWith("\n"));
  assert.match(checkScript, /^[\x20-\x7e\n]*$/);
});

Deno.test("the answer is found among other output; anything else is none, and never a crash", () => {
  const answer = { arch: "OMV4 H7 1024", sensor: 0x56, sums: [1, 2, 3], mean: 7.5 };
  assert.deepEqual(findAnswer(`old text\r\n${answerLine(answer)}MPY: soft reboot`), answer);
  assert.equal(findAnswer(answerLine(answer).slice(0, -8)), undefined);
  fc.assert(fc.property(fc.string(), fc.jsonValue(), (text, value) => {
    assert.equal(findAnswer(text.replaceAll("UNBRICK2", "")), undefined);
    const found = findAnswer(`UNBRICK2 ${JSON.stringify(value)} END`);
    assert.ok(found === undefined || typeof found === "object");
  }));
  const wrong = findAnswer('UNBRICK2 {"sensor": "x", "sums": [1, "2"], "mean": {}, "id": 4} END');
  assert.deepEqual(wrong, {});
});

Deno.test("each field counts only with its type, and a text only if it is short", () => {
  const found = (value: unknown) => findAnswer(`UNBRICK2 ${JSON.stringify(value)} END`);
  for (const name of ["arch", "id", "version", "look_error", "about_error"]) {
    assert.deepEqual(found({ [name]: "x".repeat(199) }), { [name]: "x".repeat(199) });
    assert.deepEqual(found({ [name]: "x".repeat(200) }), {});
    for (const wrong of [4, ["x"], {}]) assert.deepEqual(found({ [name]: wrong }), {});
  }
  for (const name of ["sensor", "width", "height", "mean"]) {
    assert.deepEqual(found({ [name]: 4.5 }), { [name]: 4.5 });
    assert.deepEqual(found({ [name]: "4" }), {});
  }
  assert.deepEqual(found({ sums: [] }), { sums: [] });
  assert.deepEqual(found({ frame: [4, 5] }), { frame: [4, 5] });
  assert.deepEqual(found({ sums: 3, other: 4, others: [4, 5] }), {});
  for (const frame of [[], [4], [4, 5, 6]]) assert.deepEqual(found({ frame }), {});
  for (const value of [null, 3, "x"]) assert.equal(found(value), undefined);
  assert.deepEqual(findAnswer('UNBRICK2 {"id":"A"} END UNBRICK2 {"id":"B"} END'), { id: "B" });
  assert.equal(findAnswer('UNBRICK2 {"id":"A"} END UNBRICK2 {"id":"B"}'), undefined);
  // What is there would be JSON, but its beginning or its end is missing.
  assert.equal(findAnswer('UNBRICK3{"id":"A"} END'), undefined);
  assert.equal(findAnswer('UNBRICK2 {"id":"A"} '), undefined);
});

Deno.test("the sum of a picture is the one that the program forms: 24 bits", () => {
  const sums: [number[], number][] = [[[], 0], [[5], 5], [[5, 7], 5 * 31 + 7], [[1, 2, 3], 1026]];
  for (const [bytes, sum] of sums) assert.equal(pictureSum(Uint8Array.from(bytes)), sum);
  assert.equal(pictureSum(new Uint8Array(6).fill(255)), 255 * (31 ** 6 - 1) / 30 & 0xFF_FFFF);
});
