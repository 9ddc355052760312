import assert from "node:assert/strict";
import { abortError } from "../../../common/clock.ts";
import { type ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { MbootClient } from "./mboot_client.ts";

/** Data phases with several reports under way together, against a script without a model. */

const property = (value: string) => `03 00 0c 00 a7 00 00 02 00 00 00 00 ${value}`;
const generic = (status = "00 00 00 00") => `03 00 0c 00 a0 00 00 02 ${status} 04 00 00 00`;
const FAILED = "db 27 00 00", ABORT = "03 00 00 00";
const NEVER = 99;
/** Transfers to the device before the data: two of the greeting, and the command. */
const BEFORE = 3;
const bytes = Uint8Array.from({ length: 22 }, (_, at) => at);

/** A report of data that the device has not accepted yet. */
interface Report {
  readonly payload: string;
  readonly timeoutMs: number;
  readonly accept: () => void;
  readonly refuse: (kind: ErrorKind) => void;
  end?: string;
}

/** What else can happen: the loader's answer comes, or the user stops the write. */
interface Then {
  readonly answer: () => void;
  readonly stop: () => void;
}

/** Writes 22 bytes to a loader that takes 4 in a report, and accepts none of them by itself. */
async function write(
  replies: readonly (string | Reply)[],
  play: (reports: Report[], turn: () => Promise<void>, then: Then) => Promise<void>,
  keepsOrder = true,
) {
  const clock = new VirtualClock(), stop = new AbortController(), { signal } = stop;
  const hello = [property("00 08 02 4b"), property("04 00 00 00")];
  const device = Object.assign(new ScriptedDevice({}, [...hello, generic(), ...replies]), {
    keepsOrder,
  });
  const reports: Report[] = [], done: number[] = [];
  const answered = Promise.withResolvers<void>(), read = device.interruptIn.bind(device);
  device.interruptIn = async (...all) => {
    const answer = await read(...all);
    if (reports.length > 0) await answered.promise;
    return answer;
  };
  const send = device.interruptOut.bind(device);
  device.interruptOut = async (endpoint, data, options) => {
    await send(endpoint, data, options);
    if (device.sent.length <= BEFORE) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const report: Report = {
      payload: data.subarray(4).join(" "),
      timeoutMs: options.timeoutMs,
      accept: resolve,
      refuse: (kind) => reject(new UnbrickError(kind, "Refused.")),
    };
    reports.push(report);
    options.signal.throwIfAborted();
    options.signal.addEventListener("abort", () => reject(abortError(options.signal)));
    await promise.then(() => report.end = "accepted", (error) => {
      report.end = error.kind;
      throw error;
    });
  };
  const error = await clock.run(async () => {
    const client = await MbootClient.connect(device, { clock, signal, isFresh: true });
    let isOver = false;
    const work = client.writeMemory(0x2000, bytes, 0, (count) => done.push(count))
      .then(() => undefined, (error: UnbrickError) => error).finally(() => isOver = true);
    await clock.sleep(1);
    await play(reports, async () => {
      await clock.sleep(1);
      assert.ok(!isOver, "a report is not waited for");
    }, { answer: answered.resolve, stop: () => stop.abort() });
    return await work;
  });
  return { error, done, ends: reports.map(({ end }) => end), reports, left: device.left };
}

Deno.test("four reports are under way together, each with time for those before it", async () => {
  const { error, done, reports } = await write(
    [{ hex: generic(), after: BEFORE + 6 }],
    async (reports, turn, then) => {
      assert.deepEqual(reports.map(({ payload }) => payload), [
        ...["0 1 2 3", "4 5 6 7", "8 9 10 11", "12 13 14 15"],
      ]);
      assert.deepEqual(reports.map(({ timeoutMs }) => timeoutMs), [5000, 10_000, 15_000, 20_000]);
      for (let at = 0; at < 5; at++) {
        await turn();
        reports[at].accept();
      }
      await turn();
      reports[5].accept();
      await turn();
      then.answer();
    },
  );
  assert.deepEqual([error, done], [undefined, [4, 8, 12, 16, 20, 22]]);
  assert.deepEqual(reports.slice(4).map(({ payload, timeoutMs }) => `${payload}: ${timeoutMs}`), [
    ...["16 17 18 19: 20000", "20 21: 20000"],
  ]);
});

Deno.test("where the system keeps no order, one report is under way at a time", async () => {
  const { error } = await write(
    [{ hex: generic(), after: BEFORE + 6 }],
    async (reports, turn, then) => {
      for (let at = 0; at < 6; at++) {
        assert.equal(reports.length, at + 1);
        reports[at].accept();
        await turn();
      }
      then.answer();
    },
    false,
  );
  assert.equal(error, undefined);
});

Deno.test("after the loader's abort nothing more is sent, and what is under way is waited for", async () => {
  const { error, done, ends } = await write(
    [{ hex: ABORT, after: BEFORE + 4 }, generic(FAILED)],
    async (reports, turn, then) => {
      await turn();
      then.answer();
      for (const report of reports) {
        await turn();
        report.accept();
      }
    },
  );
  assert.deepEqual([error?.kind, error?.data.status], ["device-status", 10_203]);
  assert.deepEqual([done, ends], [[], ["accepted", "accepted", "accepted", "accepted"]]);
});

Deno.test("a report that fails ends the others and the write, with its error", async () => {
  for (const kind of ["stalled", "timeout", "disconnected", "protocol"] as const) {
    for (const at of [0, 1, 3]) {
      const { error, done, ends, left } = await write(
        [{ hex: generic(), after: NEVER }],
        async (reports) => {
          for (const report of reports.slice(0, at)) report.accept();
          reports[at].refuse(kind);
          await Promise.resolve();
        },
      );
      assert.equal(error?.kind, kind);
      if (kind === "timeout") assert.equal(error?.data.command, "write-memory 0x00002000");
      assert.ok(done.length <= at, "only reports that were accepted count");
      assert.deepEqual(ends.slice(0, at), Array(at).fill("accepted"));
      assert.ok(ends.slice(at).every((end) => end === kind), `${ends}`);
      assert.equal(left, 1, "nobody listens any more");
    }
  }
});

Deno.test("a stop ends all reports", async () => {
  const { error, ends } = await write(
    [{ hex: generic(), after: NEVER }],
    async (_, turn, then) => {
      await turn();
      then.stop();
    },
  );
  assert.equal(error?.kind, "cancelled");
  assert.deepEqual(ends, Array(4).fill("cancelled"));
});

Deno.test("a success that comes before the data is none", async () => {
  const early = await write(
    [{ hex: generic(), after: BEFORE + 4 }],
    async (reports, turn, then) => {
      then.answer();
      await turn();
      for (const report of reports) report.accept();
    },
  );
  assert.equal(early.error?.kind, "protocol");
  assert.match(early.error!.message, /before all bytes were transferred, and reported success/);
  const reply = { hex: generic(), after: BEFORE + 6 };
  for (const kind of ["stalled", undefined] as const) {
    const { error, done } = await write([reply], async (reports, turn, then) => {
      for (let at = 0; at < 5; at++) {
        reports[at].accept();
        await turn();
      }
      then.answer();
      await turn();
      if (kind) reports[5].refuse(kind);
      else reports[5].accept();
    });
    assert.deepEqual([error?.kind, done.at(-1)], [kind, kind ? 20 : 22]);
  }
});
