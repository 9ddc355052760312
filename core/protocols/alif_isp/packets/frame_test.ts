import fc from "fast-check";
import assert from "node:assert/strict";
import { Command } from "./command.ts";
import { knownCodes, nakMeaning } from "./error_code.ts";
import { encodeFrame, type Frame, FrameScanner } from "./frame.ts";

const hexOf = (bytes: Uint8Array) => bytes.toHex().toUpperCase();
const bytesOf = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

Deno.test("frames have the bytes that were observed on the wire (alif-isp.md B.3)", () => {
  const frame = (command: number, payload = "") => hexOf(encodeFrame(command, bytesOf(payload)));
  assert.equal(frame(Command.START_ISP), "0300FD");
  assert.equal(frame(Command.STOP_ISP), "0301FC");
  assert.equal(frame(Command.DOWNLOAD_DONE), "0305F8");
  assert.equal(frame(Command.BURN_MRAM, "00000080 10B00000"), "0B080000008010B00000AD");
  assert.equal(frame(Command.BURN_MRAM, "00E05780 00200000"), "0B0800E057800020000016");
  assert.equal(frame(Command.SET_BAUD_RATE, "00100E00"), "071100100E00CA");
  assert.equal(frame(Command.SET_BAUD_RATE, "D8D60000"), "0711D8D600003A");
  assert.equal(frame(Command.GET, "02000000"), "071402000000E3");
  assert.equal(frame(Command.MRAM_READ, "F0FF5700 10"), "0819F0FF57001089");
  assert.equal(frame(Command.ENQUIRY), "030FEE");
  assert.equal(hexOf(encodeFrame(Command.NAK, bytesOf("F7"))), "04FFF706");
  assert.equal(hexOf(encodeFrame(Command.NAK, bytesOf("ED"))), "04FFED10");
  assert.throws(() => encodeFrame(0, new Uint8Array(253)), RangeError);
});

function scan(...pieces: readonly Uint8Array[]): Frame[] {
  const scanner = new FrameScanner();
  const frames: Frame[] = [];
  for (const piece of pieces) {
    scanner.push(piece);
    for (let frame = scanner.next(); frame; frame = scanner.next()) frames.push(frame);
  }
  return frames;
}

/** A LEN that is also a command would, after a character, look like the start of another frame. */
const isAmbiguous = (payload: Uint8Array) => [0x0C, 0xFD, 0xFE, 0xFF].includes(payload.length + 3);
const payloads = (maxLength: number) =>
  fc.uint8Array({ maxLength }).filter((payload) => !isAmbiguous(payload));
const replies = fc.oneof(
  fc.tuple(fc.constantFrom(Command.ACK, Command.NAK), payloads(20)),
  fc.tuple(fc.constantFrom(Command.DATA_RESPONSE, Command.PRINT_DATA), payloads(249)),
).map(([command, payload]): Frame => ({ command, payload }));
const text = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7E }).map((c) => String.fromCharCode(c)),
})
  .map((line) => new TextEncoder().encode(`[SES] ${line}\r\n`));

Deno.test("frames are found between text, in pieces of any size", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, replies), { maxLength: 5 }),
      fc.integer({ min: 1, max: 40 }),
      (parts, size) => {
        const stream = Uint8Array.from(parts.flatMap(([line, { command, payload }]) => [
          ...line,
          ...encodeFrame(command, payload),
        ]));
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < stream.length; at += size) {
          pieces.push(stream.subarray(at, at + size));
        }
        assert.deepEqual(scan(...pieces), parts.map(([, reply]) => reply));
      },
    ),
  );
});

Deno.test("an ACK has at most 32 bytes, a NAK 64, and other answers 255 (alif-isp.md B.2)", () => {
  const isFound = (command: number, length: number) => {
    const bytes = new Uint8Array(length + 1); // another byte follows, so that no frame waits for more
    bytes.set(encodeFrame(command, new Uint8Array(length - 3).fill(1)));
    const [first] = scan(bytes);
    return first?.command === command && first.payload.length === length - 3;
  };
  for (const [command, most] of [[Command.ACK, 32], [Command.NAK, 64]]) {
    assert.deepEqual([most, most + 1].map((length) => isFound(command, length)), [true, false]);
  }
  for (const command of [Command.DATA_RESPONSE, Command.PRINT_DATA]) {
    assert.ok(isFound(command, 255));
  }
});

Deno.test("a damaged frame is never accepted, and the next one is found", () => {
  const good = encodeFrame(Command.DATA_RESPONSE, bytesOf("01 02 03"));
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = good.slice();
    bad[bit >> 3] ^= 1 << (bit & 7);
    const scanner = new FrameScanner();
    scanner.push(bad);
    assert.equal(scanner.next(), undefined, `bit ${bit}`);
    scanner.push(encodeFrame(Command.ACK));
    // With a longer LEN, the frame takes the next bytes until the line is silent.
    let found = scanner.next();
    for (let tries = 0; !found && scanner.hasPartial && tries < 20; tries++) {
      scanner.giveUpPartial();
      found = scanner.next();
    }
    assert.equal(found?.command, Command.ACK, `bit ${bit}`);
  }
});

Deno.test("a reply inside an unfinished reply is not accepted", () => {
  const inner = encodeFrame(Command.ACK);
  const whole = encodeFrame(Command.DATA_RESPONSE, Uint8Array.from([...inner, ...inner, 1]));
  const scanner = new FrameScanner();
  scanner.push(whole.subarray(0, -1));
  assert.equal(scanner.next(), undefined);
  scanner.push(whole.subarray(-1));
  assert.equal(scanner.next()?.payload.length, 7);
});

Deno.test("the text between frames is kept for messages", () => {
  const scanner = new FrameScanner();
  scanner.push(new TextEncoder().encode("SEROM v1.2 \r\n\b|"));
  assert.equal(scanner.next(), undefined);
  scanner.push(encodeFrame(Command.ACK));
  scanner.next();
  assert.match(scanner.text, /SEROM v1\.2/);
});

Deno.test("every error code has a name and a meaning", () => {
  assert.equal(knownCodes.length, 29);
  for (const code of knownCodes) {
    const [name, meaning] = nakMeaning(code).map(String);
    assert.match(name, /^[A-Z_]+$/);
    assert.ok(meaning.length > 5, name);
  }
  assert.equal(String(nakMeaning(0x12)[0]), "unknown code");
});
