import assert from "node:assert/strict";
import type { ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { DfuClient, type DfuClientOptions } from "./dfu_client.ts";
import type { Pending } from "./pending.ts";
import type { DfuInterface } from "./dfu_interface.ts";

/** Every branch of the client against a script: what it sends, when, and how it fails. */

const status = (state: number, code = 0, poll = 0) =>
  Uint8Array.of(code, poll, poll >> 8, 0, state, 0).toHex();
const state = (one: number) => Uint8Array.of(one).toHex();
const STALL: Reply = { fails: "stalled" };
const SILENT: Reply = { fails: "timeout" };
const GONE: Reply = { fails: "disconnected" };
const IDLE = [state(2), status(2)];

const words: Readonly<Record<string, string>> = {
  "21 00": "DETACH",
  "21 01": "DNLOAD",
  "a1 02": "UPLOAD",
  "a1 03": "STATUS",
  "21 04": "CLEAR",
  "a1 05": "STATE",
  "21 06": "ABORT",
};

interface Script {
  readonly replies?: readonly (string | Reply)[];
  readonly refused?: Readonly<Record<number, ErrorKind>>;
  readonly options?: Partial<DfuClientOptions>;
  readonly keepsOrder?: boolean;
}

async function play<T>(
  { replies = [], refused, options, keepsOrder = false }: Script,
  work: (dfu: DfuClient, clock: VirtualClock) => Promise<T>,
) {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({}, replies, refused);
  device.keepsOrder = keepsOrder;
  const dfu = { bInterfaceNumber: 0, functional: { wTransferSize: 64 } } as DfuInterface;
  const client = new DfuClient({ device, clock, dfu, ...options });
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    work(client, clock).then((value) => ({ value }), (error) => ({ error }))
  );
  assert.equal(device.left, 0, "every answer was asked for");
  const sent = device.sent.map((one) => words[one.slice(0, 5)] ?? one).join(" ");
  return { ...end, sent, client, ms: clock.elapsed, deadlines: device.deadlines };
}

Deno.test("each request that may be sent again is sent again once, after the errors where that helps", async () => {
  const data = Uint8Array.of(7), none = new Uint8Array();
  const select = (dfu: DfuClient) => dfu.setAlternate(3);
  const detach = (dfu: DfuClient) => dfu.detach(1000);
  const download = (dfu: DfuClient) => dfu.download(2, data);
  const complete = (dfu: DfuClient) => dfu.download(2, none);
  const upload = (dfu: DfuClient) => dfu.uploadOrRetry(2, 1);
  const once = { 1: "stalled" } as const, driver = { 1: "driver" } as const;
  const gone = { 1: "disconnected" } as const, twice = { 1: "stalled", 2: "stalled" } as const;
  const SELECT = "SET_INTERFACE 0 3";
  const cases: [(dfu: DfuClient) => Promise<unknown>, Script, sent: string, kind?: ErrorKind][] = [
    [select, {}, SELECT],
    [select, { refused: once }, `${SELECT} ${SELECT}`],
    [select, { refused: driver }, `${SELECT} ${SELECT}`],
    [select, { refused: twice }, `${SELECT} ${SELECT}`, "stalled"],
    [select, { refused: gone }, SELECT, "disconnected"],
    [detach, {}, "DETACH"],
    [detach, { refused: once }, "DETACH DETACH"],
    [detach, { refused: twice }, "DETACH DETACH", "stalled"],
    [detach, { refused: gone }, "DETACH"],
    [detach, { refused: { 1: "timeout" } }, "DETACH", "timeout"],
    [download, {}, "DNLOAD"],
    [download, { refused: gone }, "DNLOAD", "disconnected"],
    [download, { refused: once, replies: [state(2)] }, "DNLOAD STATE DNLOAD"],
    [download, { refused: once, replies: [state(5)] }, "DNLOAD STATE DNLOAD"],
    [download, { refused: once, replies: [state(3)] }, "DNLOAD STATE"],
    [download, { refused: once, replies: [state(6)] }, "DNLOAD STATE", "stalled"],
    [download, { refused: once, replies: [STALL] }, "DNLOAD STATE", "stalled"],
    [complete, { refused: once, replies: [state(6)] }, "DNLOAD STATE"],
    [complete, { refused: once, replies: [state(3)] }, "DNLOAD STATE", "stalled"],
    [complete, { refused: once, replies: [state(2)] }, "DNLOAD STATE DNLOAD"],
    [upload, { replies: ["01"] }, "UPLOAD"],
    [upload, { replies: [STALL, ...IDLE, "01"] }, "UPLOAD STATE STATUS UPLOAD"],
    [upload, { replies: [STALL, ...IDLE, STALL] }, "UPLOAD STATE STATUS UPLOAD", "stalled"],
    [upload, { replies: [GONE] }, "UPLOAD", "disconnected"],
  ];
  for (const [at, [work, script, sent, kind]] of cases.entries()) {
    const end = await play(script, work);
    assert.deepEqual([end.sent, end.error?.kind], [sent, kind], `case ${at}`);
  }
});

Deno.test("short answers: GETSTATUS is asked again once, GETSTATE is unknown", async () => {
  const record = { bStatus: 0, bwPollTimeout: 300, bState: 5, iString: 0 };
  const twice = await play({ replies: ["00 00", status(5, 0, 300)] }, (dfu) => dfu.getStatus());
  assert.deepEqual([twice.value, twice.sent], [record, "STATUS STATUS"]);
  const short = await play({ replies: ["00 00", "00 00"] }, (dfu) => dfu.getStatus(70));
  assert.deepEqual([short.error?.kind, short.sent], ["protocol", "STATUS STATUS"]);
  assert.deepEqual(short.deadlines, [70, 70]);
  const states: [string | Reply, number | undefined, ErrorKind?][] = [
    ["09", 9],
    ["", undefined],
    [STALL, undefined],
    [SILENT, undefined, "timeout"],
  ];
  for (const [reply, value, kind] of states) {
    const end = await play({ replies: [reply] }, (dfu) => dfu.getState());
    assert.deepEqual([end.value, end.error?.kind], [value, kind]);
  }
});

Deno.test("a block is never larger than the device, the host or the caller allows, nor empty", () => {
  const sizes = [[64, undefined, 64], [64, 32, 32], [64, 100, 64], [64, 0, 1], [
    9000,
    undefined,
    4096,
  ]];
  for (const [wTransferSize, blockSize, expected] of sizes) {
    const dfu = { functional: { wTransferSize } } as DfuInterface;
    const options = { device: new ScriptedDevice({}, []), clock: new VirtualClock(), dfu };
    assert.equal(new DfuClient({ ...options, blockSize }).blockSize, expected);
  }
});

const pending: Pending = { what: () => "write 4 KiB", deadlineMs: 1000 };
const TOO_LONG = "The camera did not write 4 KiB within 1.0 s.";
const facts = { what: "write 4 KiB", milliseconds: 1000 };

Deno.test("a command ends as the device says, or at its deadline, and the error has the facts", async () => {
  const busy = status(4, 0, 300), busyFacts = { ...facts, state: 4, stateName: "dfuDNBUSY" };
  const four = [STALL, STALL, STALL, STALL];
  const cases: [
    Script["replies"],
    Partial<Pending>,
    ms: number,
    kind?: ErrorKind,
    data?: unknown,
  ][] = [
    [[status(5)], {}, 0],
    [[status(3, 0, 40), status(6), status(7), status(5)], {}, 44],
    [[status(7)], { done: [7] }, 0],
    [[status(2)], {}, 0, "protocol"],
    [[status(5, 3)], {}, 0, "protocol"],
    [[status(10, 3)], {}, 0, "device-status"],
    [[status(10)], {}, 0, "protocol"],
    [[busy, busy, busy, busy, busy], {}, 1000, "timeout", busyFacts],
    [[busy, busy, busy], { busyLimitMs: 500 }, 600, "timeout", busyFacts],
    [[busy, SILENT], {}, 300, "timeout", facts],
    [[GONE], {}, 0, "disconnected"],
    [four.slice(1).concat({ hex: status(5) }), {}, 6],
    [four, {}, 6, "stalled"],
    [[STALL], { deadlineMs: 0 }, 0, "timeout", { ...facts, milliseconds: 0 }],
  ];
  for (const [at, [replies, changed, ms, kind, data]] of cases.entries()) {
    const end = await play({ replies }, (dfu) => dfu.finish({ ...pending, ...changed }));
    assert.deepEqual([end.error?.kind, end.ms], [kind, ms], `case ${at}`);
    if (data) assert.deepEqual(end.error?.data, data, `case ${at}`);
    if (data === facts) assert.equal((end.error?.cause as UnbrickError).kind, "timeout");
    if (kind === "timeout" && !changed.deadlineMs && at < 10) {
      assert.equal(end.error?.message, TOO_LONG);
    }
    assert.ok(end.client.strict);
  }
});

Deno.test("the last GETSTATUS before a deadline has at least half a second", async () => {
  const busy = status(4, 0, 300);
  const { deadlines } = await play(
    { replies: [busy, busy, busy, status(5)] },
    (dfu) => dfu.finish(pending),
  );
  assert.deepEqual(deadlines, [1000, 700, 500, 500]);
});

Deno.test("early polling: the second GETSTATUS comes at once; after a refused one, the client waits", async () => {
  const options = { polling: "early" } as const, busy = status(4, 0, 300);
  const early = await play(
    { replies: [busy, busy, status(5)], options },
    (dfu) => dfu.finish(pending),
  );
  assert.deepEqual([early.ms, early.client.strict], [300, false]);
  const refused = await play(
    { replies: [STALL, busy, status(5)], options },
    (dfu) => dfu.finish(pending),
  );
  assert.deepEqual([refused.ms, refused.client.strict], [302, true]);
});

Deno.test("early polling: the second GETSTATUS follows before the first is answered, where order is kept", async () => {
  const options = { polling: "early" } as const, keepsOrder = true, busy = status(4, 0, 300);
  const finish = (replies: Script["replies"], changed: Partial<Pending> = {}, order = keepsOrder) =>
    play({ replies, options, keepsOrder: order }, (dfu) => dfu.finish({ ...pending, ...changed }));
  const held = await finish([{ hex: busy, after: 2 }, status(5)]);
  assert.deepEqual([held.ms, held.sent, held.client.strict], [0, "STATUS STATUS", false]);
  const refused = await finish([STALL, busy, status(5)]);
  assert.deepEqual([refused.ms, refused.sent], [302, "STATUS STATUS STATUS"]);
  assert.ok(refused.client.strict);
  const quick = await finish([status(5), status(5)]);
  assert.deepEqual([quick.error, quick.sent], [undefined, "STATUS STATUS"], "both are awaited");
  const failed = await finish([status(10, 3), GONE]);
  assert.deepEqual([failed.error?.kind, failed.sent], ["device-status", "STATUS STATUS"]);
  const leaving = await finish([status(7)], { done: [7] });
  assert.equal(leaving.sent, "STATUS", "a device that leaves gets no second one");
  const alone = await finish([{ hex: busy, after: 1 }, status(5)], {}, false);
  assert.deepEqual([alone.ms, alone.sent], [0, "STATUS STATUS"]);
});

Deno.test("the device is brought to dfuIDLE from each state, by what helps there", async () => {
  const abortable = [3, 5, 6, 9].map((one): [Script, string, number] => [
    { replies: [state(one), ...IDLE] },
    "STATE ABORT STATE STATUS",
    0,
  ]);
  const unknown = [3, 5, 6, 9].map((one): [Script, string, number] => [
    { replies: [STALL, status(one), ...IDLE] },
    "STATE STATUS ABORT STATE STATUS",
    0,
  ]);
  const busy = [4, 7].map((one): [Script, string, number] => [
    { replies: [state(one), status(one, 0, 300), state(one), status(one), ...IDLE] },
    "STATE STATUS STATE STATUS STATE STATUS",
    302,
  ]);
  const cases: [Script, sent: string, ms: number, kind?: ErrorKind, message?: string][] = [
    [{ replies: IDLE }, "STATE STATUS", 0],
    ...abortable,
    ...unknown,
    ...busy,
    [{ replies: [state(10), status(10, 14), ...IDLE] }, "STATE STATUS CLEAR STATE STATUS", 0],
    [{ replies: [state(4), STALL, ...IDLE] }, "STATE STATUS STATE STATUS", 200],
    [{ replies: [state(4), GONE] }, "STATE STATUS", 0, "disconnected"],
    [
      { replies: [state(8), status(8)] },
      "STATE STATUS",
      0,
      "protocol",
      "The camera is stuck in DFU state dfuMANIFEST-WAIT-RESET.",
    ],
    [
      { replies: Array(6).fill(state(5)) },
      Array(6).fill("STATE ABORT").join(" "),
      0,
      "protocol",
      "The camera does not return to the DFU state dfuIDLE.",
    ],
    [
      { replies: Array(6).fill([STALL, status(5)]).flat() },
      Array(6).fill("STATE STATUS ABORT").join(" "),
      0,
      "protocol",
    ],
    [
      {
        replies: Array(6).fill(state(5)),
        refused: {
          2: "stalled",
          4: "stalled",
          6: "stalled",
          8: "stalled",
          10: "stalled",
          12: "stalled",
        },
      },
      Array(6).fill("STATE ABORT").join(" "),
      0,
      "stalled",
    ],
    [{ replies: [state(5)], refused: { 2: "disconnected" } }, "STATE ABORT", 0, "disconnected"],
    [
      { replies: Array(51).fill([state(4), STALL]).flat() },
      Array(51).fill("STATE STATUS").join(" "),
      10_000,
      "stalled",
    ],
    [
      { replies: Array(5).fill([state(4), status(4, 0, 3000)]).flat() },
      Array(5).fill("STATE STATUS").join(" "),
      10_000,
      "timeout",
      "The camera did not finish its earlier work within 10 s.",
    ],
  ];
  for (const [at, [script, sent, ms, kind, message]] of cases.entries()) {
    const end = await play(script, (dfu) => dfu.toIdle());
    assert.deepEqual([end.sent, end.ms, end.error?.kind], [sent, ms, kind], `case ${at}`);
    if (message) assert.equal(end.error?.message, message);
    if (message?.includes("stuck")) {
      assert.deepEqual(end.error?.data, { state: 8, stateName: "dfuMANIFEST-WAIT-RESET" });
    }
  }
});

Deno.test("a stop ends the way to dfuIDLE before its next request, and in a pause", async () => {
  const stopped = await play({}, (dfu) => dfu.toIdle(AbortSignal.abort()));
  assert.deepEqual([stopped.error?.kind, stopped.sent], ["cancelled", ""]);
  const stop = new AbortController();
  const paused = await play({ replies: [state(4), status(4, 0, 3000)] }, async (dfu, clock) => {
    const idle = dfu.toIdle(stop.signal);
    idle.catch(() => {});
    await clock.sleep(1000);
    stop.abort();
    await idle;
  });
  assert.deepEqual([paused.error?.kind, paused.ms], ["cancelled", 1000]);
});

Deno.test("a session that starts afresh always sends ABORT, again after recovery if it is refused", async () => {
  const fresh = await play({ replies: IDLE }, (dfu) => dfu.startAfresh());
  assert.equal(fresh.sent, "STATE STATUS ABORT");
  const refused = { 3: "stalled" } as const;
  const again = await play({ replies: [...IDLE, ...IDLE], refused }, (dfu) => dfu.startAfresh());
  assert.deepEqual([again.sent, again.error], ["STATE STATUS ABORT STATE STATUS ABORT", undefined]);
});
