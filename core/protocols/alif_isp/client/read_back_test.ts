import assert from "node:assert/strict";
import type { Answer } from "../../../../tests/support/protocols/answering_port.ts";
import { frame, image, nak, play, slow } from "../../../../tests/support/protocols/isp_answers.ts";
import { Command } from "../packets/command.ts";
import { MRAM_BASE } from "../packets/memory_map.ts";
import type { IspClient } from "./isp_client.ts";
import { compareMram, readMram, verifyMram } from "./read_back.ts";
import type { WriteRun } from "./write_image.ts";

/** When memory is read again, and what is told meanwhile, without a model. */

const { MRAM_READ } = Command;

Deno.test("memory is compared from its end, and a difference counts if it is read twice", async () => {
  const at = (wrong: number) => (offset: number) => offset === wrong ? 99 : image[offset] ?? 0;
  const read: [number, string][] = [], told: number[] = [];
  const run: WriteRun = {
    ...slow,
    onRead: (line, address) => read.push([address - MRAM_BASE, line.toHex().slice(0, 2)]),
    onProgress: (done, total) => told.push(done, total),
  };
  const compare = (client: IspClient) => compareMram(client, MRAM_BASE, image.subarray(0, 64), run);
  assert.equal((await play(() => undefined, compare, at(-1))).value, undefined);
  assert.deepEqual(read, [[48, "30"], [32, "20"], [16, "10"], [0, "00"]]);
  assert.deepEqual(told, [16, 64, 32, 64, 48, 64, 64, 64]);
  const wrong = await play(() => undefined, compare, at(37));
  assert.equal(wrong.value, MRAM_BASE + 37);
  assert.equal(wrong.counts.get(MRAM_READ), 4, "two lines, twice");
  // The first time it was another line, or an answer too many: it is read again.
  const line = (first: number) =>
    frame(Command.DATA_RESPONSE, ...image.subarray(first, first + 16));
  const once = await play(
    ({ command, count }) => command === MRAM_READ && count === 2 ? [line(0)] : undefined,
    compare,
    at(-1),
  );
  assert.deepEqual([once.value, once.error, once.counts.get(MRAM_READ)], [undefined, undefined, 6]);
  const doubled = await play(
    ({ command, count }) =>
      command === MRAM_READ && count === 4 ? [line(0), 10, line(0)] : undefined,
    compare,
    at(-1),
  );
  assert.deepEqual([doubled.value, doubled.error, doubled.counts.get(MRAM_READ)], [
    undefined,
    undefined,
    8,
  ]);
});

Deno.test("more than 64 KiB are read in blocks; after a difference no other block is read", async () => {
  const compare = (client: IspClient) =>
    compareMram(client, MRAM_BASE, new Uint8Array(65_552), slow);
  const equal = await play(() => undefined, compare);
  assert.deepEqual([equal.value, equal.counts.get(MRAM_READ)], [undefined, 4097]);
  const wrong = await play(() => undefined, compare, (offset) => offset === 65_551 ? 1 : 0);
  assert.deepEqual([wrong.value, wrong.counts.get(MRAM_READ)], [MRAM_BASE + 65_551, 2]);
});

Deno.test("a block is read four times at most", async () => {
  const compare = (client: IspClient) =>
    compareMram(client, MRAM_BASE, image.subarray(0, 32), slow);
  const odd = await play(({ command, count }) => {
    // Each time, another line is the wrong one.
    return command === MRAM_READ
      ? [frame(Command.DATA_RESPONSE, ...Array(16).fill(count))]
      : undefined;
  }, (client) =>
    compareMram(client, MRAM_BASE, image.subarray(0, 32), {
      ...slow,
      onRead: (bytes, address) => {
        if (bytes[0] % 3 === 1 && address === MRAM_BASE + 16) bytes.set(image.subarray(16, 32));
      },
    }));
  assert.equal(odd.counts.get(MRAM_READ), 6);
  assert.equal(odd.error?.message, "The camera's memory reads differently each time.");
  assert.deepEqual([odd.error?.kind, odd.error?.data], ["protocol", { address: MRAM_BASE }]);
  for (const answer of [[], [nak(0xFA)]] as Answer[][]) {
    for (const [times, count] of [[3, 3 + 2], [4, 4]]) {
      const end = await play(
        ({ command, count }) => command === MRAM_READ && count <= times ? answer : undefined,
        compare,
        (offset) => image[offset],
      );
      assert.equal(end.counts.get(MRAM_READ), count);
      assert.equal(
        end.error?.kind,
        times === 3 ? undefined : answer.length ? "device-status" : "timeout",
      );
    }
  }
  for (const answer of [nak(0xED), "disconnected"] as const) {
    const end = await play(({ command }) => command === MRAM_READ ? [answer] : undefined, compare);
    assert.deepEqual([end.error !== undefined, end.counts.get(MRAM_READ)], [true, 1]);
  }
});

Deno.test("a difference that was read back is an error with its address; a range need not be whole lines", async () => {
  const verify = (client: IspClient) =>
    verifyMram(client, MRAM_BASE, image.subarray(0, 40), "image", slow);
  assert.equal((await play(() => undefined, verify, (offset) => image[offset])).error, undefined);
  const { error } = await play(() => undefined, verify, () => 0);
  assert.equal(error?.message, "The image that was read back differs from what was written.");
  assert.deepEqual([error?.kind, error?.data], ["verify-failed", {
    what: "image",
    address: MRAM_BASE + 32,
  }]);
  const part = await play(
    () => undefined,
    (client) => readMram(client, MRAM_BASE + 16, 20, slow),
    (offset) => offset,
  );
  assert.deepEqual(part.value, Uint8Array.from({ length: 20 }, (_, at) => 16 + at));
  const stop = new AbortController();
  const stopped = await play(
    () => undefined,
    (client) =>
      readMram(client, MRAM_BASE, 64, {
        ...slow,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      }),
  );
  assert.deepEqual([stopped.error?.kind, stopped.counts.get(MRAM_READ)], ["cancelled", 1]);
});
