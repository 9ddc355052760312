import assert from "node:assert/strict";
import type { ErrorKind } from "../../../common/errors.ts";
import type { Answer } from "../../../../tests/support/protocols/answering_port.ts";
import {
  ACK,
  type Asked,
  type Enclave,
  file,
  frame,
  image,
  nak,
  never,
  play,
  slow,
  system,
} from "../../../../tests/support/protocols/isp_answers.ts";
import { Command } from "../packets/command.ts";
import { MRAM_BASE, POINTER_ADDRESS, SYSTEM_BASE, TOC_ADDRESS } from "../packets/memory_map.ts";
import type { SystemPackage } from "../packets/system_package.ts";
import type { IspClient } from "./isp_client.ts";
import { isNak } from "./nak_error.ts";
import { markThroughFirmware, markThroughRom, mayBeIncomplete } from "./package_mark.ts";
import { isReadRefused } from "./read_back.ts";
import { notStarted, recoverSystemPackage, writeLines } from "./recover.ts";
import { writeImage, writeSystemPackage } from "./write_image.ts";

/** What is sent again, how often, and what is told meanwhile, without a model. */

const { BURN_MRAM, DOWNLOAD_DATA, DOWNLOAD_DONE, VERIFY_IMAGE, MRAM_READ, MRAM_WRITE } = Command;

Deno.test("an image is sent three times at most, after a new session, and never after other errors", async () => {
  const again: Answer[][] = [
    ...[0xFF, 0xFE, 0xFD, 0xFB, 0xFA, 0xF8, 0xF6, 0xEF, 0xE9, 0xF1, 0xF2, 0xF3].map((
      code,
    ) => [nak(code)]),
    [],
  ];
  const write = (client: IspClient) => writeImage(client, MRAM_BASE, image, slow);
  for (const answer of again) {
    for (const times of [1, 2, 3]) {
      const end = await play(
        ({ command, count }) => command === DOWNLOAD_DATA && count <= times ? answer : undefined,
        write,
      );
      assert.equal(end.counts.get(BURN_MRAM), Math.min(3, times + 1));
      assert.equal(end.error === undefined, times < 3);
      // A session, an enquiry: maintenance is on.
      assert.equal(end.counts.get(Command.ENQUIRY) ?? 0, Math.min(2, times));
    }
  }
  const never: [Answer, ErrorKind][] = [
    [nak(0xF7), "device-status"],
    [nak(0xFC), "device-status"],
    [nak(0xED), "device-status"],
    ["disconnected", "disconnected"],
  ];
  for (const [answer, kind] of never) {
    const end = await play(
      ({ command }) => command === DOWNLOAD_DATA ? [answer] : undefined,
      write,
    );
    assert.deepEqual([end.error?.kind, end.counts.get(BURN_MRAM)], [kind, 1]);
  }
  const dead = await play(
    ({ command }) => command === BURN_MRAM || command === Command.START_ISP ? [] : undefined,
    write,
  );
  assert.equal(dead.error?.message, "The Secure Enclave no longer answers at any rate.");
  assert.deepEqual([dead.error?.kind, dead.error?.data], ["timeout", { heard: null }]);
});

Deno.test("two attempts are fast, the third stays at 55000 baud", async () => {
  const { sent, error } = await play(
    ({ command, count }) => command === DOWNLOAD_DONE && count < 3 ? [nak(0xF1)] : undefined,
    (client) => writeImage(client, MRAM_BASE, image, { signal: never }),
  );
  assert.equal(error, undefined);
  assert.equal(sent.filter((one) => one === "921600 baud").length, 2);
  assert.equal(sent.filter((one) => one === "55000 baud").length, 2);
});

Deno.test("an extra answer after an image is a failure: its NAK, or one answer too many", async () => {
  const cases: [Uint8Array, ErrorKind, RegExp][] = [
    [ACK, "protocol", /sent more answers than requests/],
    [nak(0xF7), "device-status", /refused to accept the data: .*NAK F7/],
    [frame(Command.NAK), "device-status", /refused to accept the data: .*NAK FF/],
  ];
  for (const [extra, kind, message] of cases) {
    const { error } = await play(
      ({ command }) => command === DOWNLOAD_DONE ? [ACK, 20, extra] : undefined,
      (client) => writeImage(client, MRAM_BASE, image, slow),
    );
    assert.equal(error?.kind, kind);
    assert.match(error!.message, message);
  }
});

Deno.test("pieces have 240 bytes, of a file of at most 240 bytes 16; a stop ends between them", async () => {
  for (const [length, pieces] of [[16, 1], [240, 15], [256, 2], [480, 2]]) {
    const told: [number, number][] = [];
    const { counts } = await play(
      () => undefined,
      (client) =>
        writeImage(client, MRAM_BASE, image.subarray(0, length), {
          ...slow,
          onProgress: (...all) => told.push(all),
        }),
    );
    assert.equal(counts.get(DOWNLOAD_DATA), pieces);
    assert.deepEqual([told.length, told.at(-1)], [pieces, [length, length]]);
    assert.deepEqual(told[0], [Math.min(length > 240 ? 240 : 16, length), length]);
  }
  const stop = new AbortController();
  const { error, counts } = await play(
    () => undefined,
    (client) =>
      writeImage(client, MRAM_BASE, image, {
        ...slow,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      }),
  );
  assert.deepEqual([error?.kind, counts.get(DOWNLOAD_DATA)], ["cancelled", 1]);
});

Deno.test("to complete an image takes ten seconds, or as long as its bytes at 10 kB/s", async () => {
  for (const [length, ms] of [[16, 10_000], [100_000, 10_000], [200_000, 20_000]]) {
    const { error, ms: took } = await play(
      ({ command }) => command === DOWNLOAD_DONE ? ["stalled"] : undefined,
      (client) => writeImage(client, MRAM_BASE, new Uint8Array(length), slow),
    );
    assert.deepEqual([error?.kind, took], ["stalled", 0]);
    const waited = await play(
      ({ command }) => command === DOWNLOAD_DONE ? [ms, "stalled"] : undefined,
      (client) => writeImage(client, MRAM_BASE, new Uint8Array(length), slow),
    );
    assert.deepEqual([waited.error?.kind, waited.ms], ["stalled", ms]);
    const late = await play(
      ({ command }) =>
        command === DOWNLOAD_DONE ? [] : command === Command.START_ISP ? ["stalled"] : undefined,
      (client) => writeImage(client, MRAM_BASE, new Uint8Array(length), slow),
    );
    assert.deepEqual([late.error?.kind, late.ms], ["stalled", ms + 60]);
  }
});

Deno.test("a package: signature, file, then those of the pointer, each pair with one token", async () => {
  const told: [number, number][] = [];
  const { asked, error } = await play(
    () => undefined,
    (client) =>
      writeSystemPackage(client, system, { ...slow, onProgress: (...all) => told.push(all) }),
  );
  assert.equal(error, undefined);
  const order = asked.map(({ command }) => command).filter((one, at, all) =>
    one !== DOWNLOAD_DATA || all[at - 1] !== DOWNLOAD_DATA
  );
  const pair = [
    VERIFY_IMAGE,
    DOWNLOAD_DATA,
    DOWNLOAD_DONE,
    BURN_MRAM,
    DOWNLOAD_DATA,
    DOWNLOAD_DONE,
  ];
  assert.deepEqual(order, [...pair, ...pair]);
  const words = (one: Asked) => [...new Uint32Array(one.payload.slice().buffer)];
  const tokens = asked.filter(({ command }) => command === VERIFY_IMAGE).map((one) =>
    words(one)[0]
  );
  const burns = asked.filter(({ command }) => command === BURN_MRAM).map(words);
  assert.deepEqual(burns, [[SYSTEM_BASE, 480, tokens[0]], [POINTER_ADDRESS, 16, tokens[1]]]);
  assert.notEqual(tokens[0], tokens[1]);
  const done = [16, 32, 32 + 240, 512, 528, 544, 560, 576];
  assert.deepEqual(told, done.map((one) => [one, 576]));
});

Deno.test("a package through the ROM: line by line, the pointer last, with its progress", async () => {
  const told: [number, number][] = [];
  const { asked, error } = await play(
    () => undefined,
    (client) =>
      recoverSystemPackage(client, system, { ...slow, onProgress: (...all) => told.push(all) }),
  );
  assert.equal(error, undefined);
  const offsets = asked.map(({ payload }) => new DataView(payload.buffer).getUint32(0, true));
  const lines = Array.from({ length: 30 }, (_, at) => 0x58_0000 + 16 * at);
  assert.deepEqual(offsets, [...lines, 0x5F_FFF0]);
  assert.deepEqual(told, Array.from({ length: 31 }, (_, at) => [16 * (at + 1), 496]));
  const big = { ...system, image: file("SP.bin", 16_384 + 32, 32) } as unknown as SystemPackage;
  const far: number[] = [];
  const blocks = await play(
    () => undefined,
    (client) =>
      recoverSystemPackage(client, big, { ...slow, onProgress: (done) => far.push(done) }),
  );
  assert.deepEqual(far, Array.from({ length: 1024 + 3 }, (_, at) => 16 * (at + 1)));
  assert.equal(blocks.asked.at(-2)!.payload.toHex().slice(0, 8), "10405800");
  // Silence is waited for after each block.
  assert.equal(blocks.ms, 3 * 30);
  const stop = new AbortController();
  const stopped = await play(
    () => undefined,
    (client) =>
      recoverSystemPackage(client, system, {
        ...slow,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      }),
  );
  assert.deepEqual([stopped.error?.kind, stopped.asked.length], ["cancelled", 2]);
});

Deno.test("a line that the ROM did not keep is sent three times, a block with an answer too many as well", async () => {
  const write = (client: IspClient) => writeLines(client, SYSTEM_BASE, image.subarray(0, 32));
  for (const [times, count] of [[2, 2 + 2], [3, 3]]) {
    const end = await play(
      ({ command, count }) => command === MRAM_WRITE && count <= times ? [nak(0xEF)] : undefined,
      write,
    );
    assert.deepEqual([end.error === undefined, end.counts.get(MRAM_WRITE)], [times === 2, count]);
  }
  const other = await play(() => [nak(0xF7)], write);
  assert.equal(other.counts.get(MRAM_WRITE), 1);
  for (const [times, count, kind] of [[2, 6, undefined], [3, 6, "protocol"]] as const) {
    const end = await play(
      ({ count }) => count % 2 === 0 && count <= 2 * times ? [ACK, 20, ACK] : undefined,
      write,
    );
    assert.deepEqual([end.error?.kind, end.counts.get(MRAM_WRITE)], [kind, count]);
  }
  const gone = await play(
    ({ count }) => count === 2 ? [ACK, 20, "disconnected"] : undefined,
    write,
  );
  assert.deepEqual([gone.error?.kind, gone.counts.get(MRAM_WRITE)], ["disconnected", 2]);
  const error = notStarted("its signature is wrong", 0x30);
  assert.equal(
    error.message,
    "The system package was written, but the chip does not start it: its signature is wrong.",
  );
  assert.deepEqual(error.data, { error: 0x30 });
});

const mark = new TextEncoder().encode("unbrick:unproven");
const ofMark = (offset: number) => mark[offset - (TOC_ADDRESS - MRAM_BASE)] ?? 0;

Deno.test("a package is marked before its first byte; a mark that cannot be read counts as there", async () => {
  const rom = await play(() => undefined, markThroughRom);
  assert.deepEqual(rom.asked.map(({ payload }) => payload.toHex()), [
    `00e05700${mark.toHex()}`,
    `f0ff5f00${"00".repeat(16)}`,
  ]);
  const through = (client: IspClient) => markThroughFirmware(client, slow);
  const kept = await play(() => undefined, through, ofMark);
  assert.equal(kept.error, undefined);
  const burn = kept.asked.find(({ command }) => command === BURN_MRAM)!;
  assert.equal(burn.payload.toHex(), "00e0578010000000");
  assert.equal((await play(() => undefined, through)).error?.kind, "verify-failed");
  const incomplete = (client: IspClient) => mayBeIncomplete(client, slow);
  assert.equal((await play(() => undefined, incomplete, ofMark)).value, true);
  assert.equal((await play(() => undefined, incomplete)).value, false);
  const reading = (answer: Answer): Enclave => ({ command }) =>
    command === MRAM_READ ? [answer] : undefined;
  for (const code of [0xF4, 0xED, 0xFC, 0xF9]) {
    assert.equal((await play(reading(nak(code)), through)).error, undefined);
    assert.equal((await play(reading(nak(code)), incomplete)).value, true);
  }
  for (
    const [answer, kind] of [[nak(0xEC), "device-status"], [
      "disconnected",
      "disconnected",
    ]] as const
  ) {
    assert.equal((await play(reading(answer), through)).error?.kind, kind);
    assert.equal((await play(reading(answer), incomplete)).error?.kind, kind);
  }
});

Deno.test("only a NAK is one", () => {
  const error = { data: { code: 0xF4 } };
  for (const other of [undefined, new Error("x"), error, Object.assign(new Error("x"), error)]) {
    assert.deepEqual([isNak(other), isReadRefused(other)], [false, false]);
  }
});
