import assert from "node:assert/strict";
import fc from "fast-check";
import { crc16, crc32 } from "./crc.ts";
import { encodePacket, Flag, Opcode, type Packet, PacketReader } from "./packet.ts";
import { V1Command, V1Opcode } from "./v1.ts";

const hex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
const bytes = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

Deno.test("checksums of the fact sheet (openmv-boards.md 7.3)", () => {
  const digits = new TextEncoder().encode("123456789");
  assert.equal(crc16(digits), 0xE541);
  assert.equal(crc32(digits), 0x41B403D3);
});

Deno.test("packets of the fact sheet (openmv-boards.md 7.2, 7.3)", () => {
  const { PROTO_SYNC, SYS_RESET, SYS_BOOT } = Opcode;
  const PROTO_VERSION = 0x04, SYS_INFO = 0x12;
  const vectors: readonly [Parameters<typeof encodePacket>[0], string][] = [
    [{ opcode: PROTO_SYNC }, "AA D5 00 00 00 00 00 00 B0 AC"],
    [{ opcode: PROTO_SYNC, flags: Flag.ACK }, "AA D5 00 00 01 00 00 00 08 46"],
    [{ opcode: SYS_RESET }, "AA D5 00 00 00 10 00 00 BC 5E"],
    [{ opcode: SYS_BOOT }, "AA D5 00 00 00 11 00 00 CF 2F"],
    [{ opcode: PROTO_VERSION }, "AA D5 00 00 00 04 00 00 33 90"],
    [{ opcode: PROTO_VERSION, flags: Flag.ACK }, "AA D5 00 00 01 04 00 00 8B 7A"],
    [{ opcode: SYS_INFO }, "AA D5 00 00 00 12 00 00 5A BC"],
    [{ opcode: SYS_INFO, sequence: 1 }, "AA D5 01 00 00 12 00 00 14 DB"],
    [{ opcode: SYS_INFO, sequence: 1, flags: Flag.ACK }, "AA D5 01 00 01 12 00 00 AC 31"],
    [{ opcode: SYS_BOOT, sequence: 2 }, "AA D5 02 00 00 11 00 00 53 E1"],
  ];
  for (const [packet, wire] of vectors) assert.equal(hex(encodePacket(packet)), wire);
  assert.equal(
    hex(V1Command.encode({ opcode: V1Opcode.SYS_RESET, length: 0 })),
    "30 0C 00 00 00 00",
  );
  assert.equal(
    hex(V1Command.encode({ opcode: V1Opcode.SYS_RESET_TO_BL, length: 0 })),
    "30 0E 00 00 00 00",
  );
});

const anyPacket: fc.Arbitrary<Packet> = fc.record({
  sequence: fc.integer({ min: 0, max: 255 }),
  channel: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 63 }),
  opcode: fc.integer({ min: 0, max: 255 }),
  payload: fc.uint8Array({ maxLength: 300 }),
}, { noNullPrototype: true });

Deno.test("packets leave a stream as they entered it, however it is cut", () => {
  fc.assert(fc.property(
    fc.array(anyPacket, { maxLength: 6 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
    (packets, cuts) => {
      const stream = packets.flatMap((packet) => [...encodePacket(packet)]);
      const reader = new PacketReader();
      const found: Packet[] = [];
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const end = at + cuts[cut % cuts.length];
        found.push(...reader.push(Uint8Array.from(stream.slice(at, end))));
        at = end;
      }
      assert.deepEqual(found, packets);
    },
  ));
});

Deno.test("a damaged packet is skipped, and the next one is found", () => {
  const payload = Uint8Array.of(1, 2, 3);
  const whole = encodePacket({ opcode: 7, payload });
  const next = encodePacket({ opcode: 8 });
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const damaged = whole.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    const found = new PacketReader().push(Uint8Array.from([...damaged, ...next]));
    assert.deepEqual(found.map(({ opcode }) => opcode), [8], `bit ${bit}`);
  }
});

Deno.test("a sync is found in garbage and after a packet that was never finished", () => {
  const sync = encodePacket({ opcode: Opcode.PROTO_SYNC });
  const unfinished = encodePacket({ opcode: 9, payload: new Uint8Array(200) }).slice(0, 50);
  for (const before of [bytes("AA AA D5 00 11"), bytes("AA"), unfinished]) {
    const reader = new PacketReader();
    assert.deepEqual(reader.push(before), []);
    assert.deepEqual(reader.push(sync).map(({ opcode }) => opcode), [Opcode.PROTO_SYNC]);
  }
});
