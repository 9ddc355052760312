import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { bytesOf, ScriptedPort } from "../../../../tests/support/protocols/scripted_port.ts";
import { V1Session } from "./v1_session.ts";

/** Silence, limits and deadlines of protocol V1, without a model. */

const signal = new AbortController().signal;
const VERSION = "04 00 00 00 08 00 00 00 01 00 00 00";
const YES = "01 00 00 00", NO = "00 00 00 00";

async function play<T>(
  answers: readonly string[],
  work: (session: V1Session, port: ScriptedPort, clock: VirtualClock) => Promise<T>,
) {
  const clock = new VirtualClock();
  const port = new ScriptedPort(clock, [VERSION, ...answers]);
  return await clock.run(async () => {
    const session = await V1Session.open(port, clock, signal);
    const begun = clock.elapsed;
    const end: { value?: T; error?: UnbrickError } = await work(session!, port, clock).then(
      (value) => ({ value }),
      (error) => ({ error }),
    );
    return { ...end, sent: port.sent.slice(1), ms: clock.elapsed - begun };
  });
}

const failing = (kind: ErrorKind) => () =>
  Promise.reject(new UnbrickError(kind, "Told by the test."));

Deno.test("V1: only silence means that the camera does not speak this protocol", async () => {
  const clock = new VirtualClock();
  const silent = new ScriptedPort(clock, []);
  assert.equal(await clock.run(() => V1Session.open(silent, clock, signal)), undefined);
  assert.equal(clock.elapsed, 50 + 1000);
  const gone = Object.assign(new ScriptedPort(clock, []), { read: failing("disconnected") });
  await clock.run(() =>
    assert.rejects(V1Session.open(gone, clock, signal), { kind: "disconnected" })
  );
});

Deno.test("V1: an answer may come in pieces, all of them within a second", async () => {
  const waited: [number, number][] = [];
  const { value, error } = await play([], (session, port, clock) => {
    const pieces = ["05 00 00 00 01", "00 00 00", "02 00 00", ""];
    port.read = async (length, { timeoutMs }) => {
      waited.push([length, timeoutMs]);
      const piece = bytesOf(pieces.shift()!);
      await clock.sleep(piece.length > 0 ? 400 : timeoutMs);
      if (piece.length === 0) throw new UnbrickError("timeout", "Silence.");
      return piece;
    };
    return session.version();
  });
  assert.deepEqual([value, error?.kind], [undefined, "timeout"]);
  // The fourth one has no time left, but asks for what may be there.
  assert.deepEqual(waited, [[12, 1000], [7, 600], [4, 200], [1, 1]]);
});

Deno.test("V1: the pauses around a script and after a reset", async () => {
  const started = await play(["", NO, NO, "", "", YES], (session) => session.start("x"));
  // After the stop, before the script, and after it.
  assert.deepEqual([started.error, started.ms], [undefined, 100 + 25 + 50]);
  const reset = await play([""], (session) => session.reset());
  assert.deepEqual([reset.sent, reset.ms], [["30 0C 00 00 00 00"], 100]);
});

Deno.test("V1: of a text at most 4096 bytes are asked for", async () => {
  for (const [length, asked] of [["00 10 00 00", "00 10 00 00"], ["01 10 00 00", "00 10 00 00"]]) {
    const { sent, value } = await play([length, "41 ".repeat(4096)], (session) => session.output());
    assert.deepEqual([sent.at(-1), value?.length], [`30 8F ${asked}`, 4096]);
  }
});

Deno.test("V1: no frame is one of 0 bytes; a silent camera has none; a lost one is an error", async () => {
  const frame = (session: V1Session) => session.frame(8);
  const none = await play(["00 ".repeat(12)], frame);
  assert.deepEqual([none.value, none.sent], [undefined, ["30 81 0C 00 00 00"]]);
  const zero = await play(["00 ".repeat(12)], (session) => session.frame(0));
  assert.deepEqual(zero.sent, ["30 81 0C 00 00 00"]);
  const silent = await play([""], frame);
  assert.deepEqual([silent.value, silent.error, silent.ms], [undefined, undefined, 1000]);
  const gone = await play([], (session, port) => {
    port.read = failing("disconnected");
    return session.frame(8);
  });
  assert.equal(gone.error?.kind, "disconnected");
});
