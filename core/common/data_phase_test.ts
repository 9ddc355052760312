import assert from "node:assert/strict";
import { abortError } from "./clock.ts";
import { DataPhase } from "./data_phase.ts";
import { UnbrickError } from "./errors.ts";

/** Pieces of four bytes, at most three at once; the test ends each by its first byte. */
function phase(length: number) {
  const stop = new AbortController();
  const started: string[] = [];
  const open = new Map<number, PromiseWithResolvers<void>>();
  const data = new DataPhase(Uint8Array.from({ length }, (_, at) => at), {
    ...{ size: 4, most: 3, signal: stop.signal },
    async send(piece, signal, ahead) {
      started.push(`${piece.join(" ")} behind ${ahead}`);
      const end = Promise.withResolvers<void>();
      open.set(piece[0], end);
      signal.addEventListener("abort", () => end.reject(abortError(signal)));
      await end.promise;
    },
  });
  return { data, started, stop, open };
}
const lost = new UnbrickError("disconnected", "It is gone.");

Deno.test("pieces start in order, as many at once as may be, and end where they end", async () => {
  const { data, started, open } = phase(18);
  const ends: number[] = [];
  for (let piece = data.next(); piece; piece = data.next()) {
    const before = started.length;
    open.get(ends.length * 4)!.resolve();
    await piece.sent;
    assert.equal(started.length, before, "the next one starts when it is asked for");
    ends.push(piece.end);
    assert.equal(data.isStarted, started.length === 5);
  }
  assert.deepEqual(ends, [4, 8, 12, 16, 18]);
  assert.deepEqual(started, [
    ...["0 1 2 3 behind 0", "4 5 6 7 behind 1", "8 9 10 11 behind 2"],
    ...["12 13 14 15 behind 2", "16 17 behind 2"],
  ]);
  await data.sent();
});

Deno.test("no data is no piece", () => {
  const { data } = phase(0);
  assert.deepEqual([data.isStarted, data.next()], [true, undefined]);
});

Deno.test("a piece that fails ends the others with its error, and all of them are waited for", async () => {
  for (const failing of [0, 4, 8]) {
    const { data, open } = phase(18);
    const oldest = data.next()!;
    open.get(failing)!.reject(lost);
    await assert.rejects(oldest.sent, { kind: "disconnected" });
    await assert.rejects(data.sent(), { kind: "disconnected" });
    await data.ended();
    assert.ok(!data.isStarted);
  }
});

Deno.test("a stop ends all pieces", async () => {
  const { data, stop } = phase(18);
  const oldest = data.next()!;
  stop.abort();
  await assert.rejects(oldest.sent, { kind: "cancelled" });
  await data.ended();
});

Deno.test("the end of all pieces is the end of the last one", async () => {
  const { data, open } = phase(12);
  data.next();
  let isOver = false;
  const ended = data.ended().then(() => isOver = true);
  for (const at of [0, 4]) open.get(at)!.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(isOver, false);
  open.get(8)!.resolve();
  await ended;
});
