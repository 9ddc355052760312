import assert from "node:assert/strict";
import { testMram } from "../../../../tests/support/protocols/alif_isp_rig.ts";
import { Nak } from "../packets/error_code.ts";
import { MRAM_BASE, MRAM_SIZE, SYSTEM_BASE } from "../packets/memory_map.ts";
import { BurnSession } from "./session.ts";

/** Where an image may go, and how its bytes arrive (alif-isp.md B.4, C.4, C.5, G). */

const END = MRAM_BASE + MRAM_SIZE;
const hash = new Uint8Array(32).fill(9);
const bytes = (length: number, from = 1) => Uint8Array.from({ length }, (_, at) => at + from);

function session(lost?: number) {
  const mram = testMram();
  const burn = new BurnSession(
    mram,
    lost === undefined ? undefined : (address) => address === lost,
  );
  return { mram, burn };
}

Deno.test("the range of an image, with and without a verified signature", () => {
  const { MISALIGNED, BAD_DESTINATION_ADDR, MRAM_LENGTH_TOO_LARGE } = Nak;
  const cases: [address: number, size: number, plain?: number, signed?: number][] = [
    [MRAM_BASE, 16, undefined, BAD_DESTINATION_ADDR],
    [MRAM_BASE, 0, MRAM_LENGTH_TOO_LARGE, BAD_DESTINATION_ADDR],
    [MRAM_BASE + 8, 16, MISALIGNED, MISALIGNED],
    [MRAM_BASE - 16, 16, BAD_DESTINATION_ADDR, BAD_DESTINATION_ADDR],
    [SYSTEM_BASE - 16, 16, undefined, BAD_DESTINATION_ADDR],
    [SYSTEM_BASE - 16, 17, MRAM_LENGTH_TOO_LARGE, BAD_DESTINATION_ADDR],
    [SYSTEM_BASE, 16, BAD_DESTINATION_ADDR, undefined],
    [SYSTEM_BASE, 0, BAD_DESTINATION_ADDR, MRAM_LENGTH_TOO_LARGE],
    [END - 16, 16, BAD_DESTINATION_ADDR, undefined],
    [END - 16, 17, BAD_DESTINATION_ADDR, MRAM_LENGTH_TOO_LARGE],
    [END, 16, BAD_DESTINATION_ADDR, BAD_DESTINATION_ADDR],
  ];
  for (const [address, size, plain, signed] of cases) {
    const { burn } = session();
    const name = `${address.toString(16)} ${size}`;
    assert.equal(burn.begin(address, size, undefined), plain, name);
    assert.equal(burn.begin(address, size, hash), signed, `${name}, signed`);
    // Only what was accepted takes data.
    assert.equal(burn.add(new Uint8Array()), signed === undefined ? undefined : 0xF6, name);
  }
});

Deno.test("whole lines are written at once, the rest with the last byte", () => {
  const { burn, mram } = session();
  const written = () => mram.read(MRAM_BASE, 64).filter((byte) => byte !== 0xFF).length;
  assert.equal(burn.begin(MRAM_BASE, 40, undefined), undefined);
  assert.equal(burn.add(bytes(10)), undefined);
  assert.equal(written(), 0);
  assert.equal(burn.add(bytes(10, 11)), undefined);
  assert.equal(written(), 16);
  assert.equal(burn.add(bytes(21, 21)), Nak.MRAM_LENGTH_TOO_LARGE);
  assert.equal(burn.add(bytes(12, 21)), undefined);
  assert.equal(written(), 32);
  assert.equal(burn.add(bytes(8, 33)), undefined);
  assert.equal(burn.add(bytes(1)), Nak.MRAM_LENGTH_TOO_LARGE);
  assert.equal(written(), 32);
  assert.deepEqual(burn.complete(), { image: bytes(40) });
  assert.deepEqual(mram.read(MRAM_BASE, 41), Uint8Array.of(...bytes(40), 0xFF));
});

Deno.test("an image that is not complete is refused, and the transfer is over all the same", () => {
  const { burn, mram } = session();
  burn.begin(MRAM_BASE, 48, undefined);
  burn.add(bytes(47));
  assert.equal(burn.complete(), Nak.BAD_PACKET_SIZE);
  assert.deepEqual(mram.read(MRAM_BASE, 47), bytes(47));
  assert.equal(burn.complete(), Nak.UNEXPECTED_COMMAND);
  assert.equal(burn.add(bytes(1)), Nak.UNEXPECTED_COMMAND);
});

Deno.test("a new transfer forgets the rest of the old one; a signed image has its hash", () => {
  const { burn } = session();
  burn.begin(SYSTEM_BASE, 32, hash);
  burn.add(bytes(10));
  burn.begin(SYSTEM_BASE, 16, hash);
  burn.add(bytes(16));
  assert.deepEqual(burn.complete(), { image: bytes(16), hash });
});

Deno.test("a line that the memory loses stays as it was; the others are written", () => {
  const { burn, mram } = session(MRAM_BASE + 16);
  burn.begin(MRAM_BASE, 48, undefined);
  burn.add(bytes(48));
  const done = burn.complete();
  assert.ok(typeof done !== "number");
  const expected = bytes(48).fill(0xFF, 16, 32);
  assert.deepEqual([done.image, mram.read(MRAM_BASE, 48)], [expected, expected]);
});
