import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { MbootClient } from "./mboot_client.ts";

/** Data phases that end early, late, or with a status, against a script without a model. */

const SILENT: Reply = { fails: "timeout" };
const property = (value: string) => `03 00 0c 00 a7 00 00 02 00 00 00 00 ${value}`;
const generic = (command: string, status = "00 00 00 00") =>
  `03 00 0c 00 a0 00 00 02 ${status} ${command} 00 00 00`;
const READING = "03 00 0c 00 a3 01 00 02 00 00 00 00 06 00 00 00";
const FAILED = "db 27 00 00";

interface Session {
  /** The clock, and what stops the session. */
  readonly clock: VirtualClock;
  readonly stop: AbortController;
}

/** A session whose loader takes 4 bytes in a report. */
async function play<T>(
  replies: readonly (string | Reply)[],
  work: (client: MbootClient, session: Session) => Promise<T>,
  change: (device: ScriptedDevice, session: Session) => void = () => {},
) {
  const session = { clock: new VirtualClock(), stop: new AbortController() };
  const { clock, stop: { signal } } = session;
  const hello = [property("00 08 02 4b"), property("04 00 00 00")];
  const device = new ScriptedDevice({}, [...hello, ...replies]);
  const end: { value?: T; error?: UnbrickError } = await clock.run(async () => {
    const client = await MbootClient.connect(device, { clock, signal, isFresh: true });
    change(device, session);
    return await work(client, session).then((value) => ({ value }), (error) => ({ error }));
  });
  const { sent, deadlines, left } = device;
  return { ...end, left, ms: clock.elapsed, sent: sent.slice(2), deadlines: deadlines.slice(4) };
}

const data = (hex: string) => `04 00 0${(hex.length + 1) / 3} 00 ${hex}`;

Deno.test("a loader that sends empty reports without end is given up", async () => {
  const empty = Array(10).fill("04 00 00 00");
  const { error, left } = await play(
    [READING, ...empty],
    (client) => client.readMemory(0x6000_0000, 6),
  );
  assert.deepEqual([error?.kind, left], ["protocol", 0]);
  assert.match(error!.message, /never answered the command read-memory 0x60000000/);
});

Deno.test("a read tells how far it is, and takes no more than it asked for", async () => {
  for (const last of ["05 06", "05 06 07 08"]) {
    const done: number[] = [];
    const { value, deadlines, left } = await play(
      [READING, data("01 02 03 04"), data(last), generic("03")],
      (client) => client.readMemory(0x6000_0000, 6, 0, (bytes) => done.push(bytes)),
    );
    assert.deepEqual([...value!], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual([done, left], [[4, 6], 0]);
    assert.deepEqual(deadlines, [5000, 5000, 5000, 5000, 5000]);
  }
});

const READ_CUT = "The bootloader ended read-memory 0x60000000 before all bytes were transferred, " +
  "and reported success.";

Deno.test("a read that ends early, or with another status, is a failure with its cause", async () => {
  const cut = { command: "read-memory 0x60000000", moved: 4, length: 6 };
  const timeout = { command: "read-memory 0x60000000", milliseconds: 5000 };
  const cases: [readonly (string | Reply)[], ErrorKind, object?][] = [
    [[generic("03", FAILED)], "device-status"],
    [[READING, data("01 02 03 04"), "04 00 00 00", generic("03")], "protocol", cut],
    [[READING, data("01 02 03 04"), generic("03")], "protocol", cut],
    [[READING, data("01 02 03 04"), "04 00 00 00", generic("03", FAILED)], "device-status"],
    [[READING, data("01 02 03 04"), generic("03", FAILED)], "device-status"],
    [[READING, data("01 02 03 04"), data("05 06"), generic("03", FAILED)], "device-status"],
    [[READING, data("01 02 03 04"), SILENT], "timeout", timeout],
    [[READING, data("01 02 03 04"), { fails: "disconnected" }], "disconnected"],
  ];
  for (const [replies, kind, facts] of cases) {
    const { error, left } = await play(replies, (client) => client.readMemory(0x6000_0000, 6));
    assert.deepEqual([error?.kind, left], [kind, 0]);
    if (facts) assert.deepEqual(error?.data, facts);
    if (kind === "protocol") assert.equal(error?.message, READ_CUT);
    if (kind === "device-status") assert.equal(error?.data.status, 10_203);
  }
});

const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
const OPENING = "02: 01 00 10 00 04 01 00 03 00 00 00 60 06 00 00 00 00 00 00 00";
const FIRST = "02: 02 00 04 00 01 02 03 04", SECOND = "02: 02 00 02 00 05 06";
const SENT = 4, NEVER = 99;

Deno.test("a write tells how far it is, and ends with the loader's answer", async () => {
  const done: number[] = [];
  const { sent, error, deadlines } = await play(
    [generic("04"), { hex: generic("04"), after: SENT + 1 }],
    (client) => client.writeMemory(0x6000_0000, bytes, 0, (count) => done.push(count)),
  );
  assert.deepEqual([error, sent, done], [undefined, [OPENING, FIRST, SECOND], [4, 6]]);
  assert.deepEqual(deadlines, [5000, 5000, 3_600_000, 5000, 5000]);
});

Deno.test("a write of nothing, or of whole reports, has no empty report, which would abort it", async () => {
  for (const [length, count] of [[0, 0], [4, 1], [8, 2]]) {
    const { sent, error } = await play(
      [generic("04"), { hex: generic("04"), after: 3 + count }],
      (client) => client.writeMemory(0x6000_0000, new Uint8Array(length)),
    );
    assert.deepEqual([error, sent.length], [undefined, 1 + count]);
  }
});

Deno.test("a write stops at the first answer, and its status is the cause", async () => {
  const cut = { command: "write-memory 0x60000000", moved: 0, length: 6 };
  const cases: [readonly (string | Reply)[], ErrorKind, object?][] = [
    [[{ hex: "04 00 00 00", after: SENT }, generic("04")], "protocol", cut],
    [[{ hex: "04 00 00 00", after: SENT }, generic("04", FAILED)], "device-status"],
    [[{ hex: generic("04", FAILED), after: SENT }], "device-status"],
  ];
  for (const [replies, kind, facts] of cases) {
    const { error, sent, left } = await play(
      [generic("04"), ...replies],
      (client) => client.writeMemory(0x6000_0000, bytes),
    );
    assert.deepEqual([error?.kind, left, sent.slice(0, 2)], [kind, 0, [OPENING, FIRST]]);
    if (facts) assert.deepEqual(error?.data, facts);
  }
});

Deno.test("a loader that says nothing after the data is waited for ten seconds; a stop ends the wait", async () => {
  const write = (client: MbootClient) => client.writeMemory(0x6000_0000, bytes);
  const replies = [generic("04"), { hex: generic("04"), after: NEVER }];
  const silent = await play(replies, write);
  assert.deepEqual([silent.error?.kind, silent.ms], ["timeout", 10_000]);
  assert.equal(silent.left, 1, "nobody listens any more");
  assert.equal(
    silent.error?.message,
    "The bootloader did not answer write-memory 0x60000000 within 10000 ms.",
  );
  const stopped = await play(replies, async (client, { clock, stop }) => {
    const writing = write(client);
    writing.catch(() => {});
    await clock.sleep(2000);
    stop.abort();
    await writing;
  });
  assert.deepEqual([stopped.error?.kind, stopped.ms], ["cancelled", 2000]);
});

/** The first report of data fails so many milliseconds after it was sent; an answer comes then. */
const failing = (kind: ErrorKind, ms: number) => (device: ScriptedDevice, { clock }: Session) => {
  const send = device.interruptOut.bind(device), read = device.interruptIn.bind(device);
  const moment = Promise.withResolvers<void>();
  device.interruptOut = async (...all) => {
    await send(...all);
    if (device.sent.length !== SENT) return;
    clock.sleep(ms).then(moment.resolve);
    await moment.promise;
    throw new UnbrickError(kind, "Refused.");
  };
  device.interruptIn = async (...all) => {
    const answer = await read(...all);
    if (device.sent.length === SENT) await moment.promise;
    return answer;
  };
};

Deno.test("an answer that arrives with a failed report explains it; a lost device does not wait for one", async () => {
  const write = (client: MbootClient) => client.writeMemory(0x6000_0000, bytes);
  const answer = [generic("04"), { hex: generic("04", FAILED), after: SENT }];
  const none = [generic("04"), { hex: generic("04"), after: NEVER }];
  const cases: [readonly (string | Reply)[], ErrorKind, ErrorKind][] = [
    [answer, "stalled", "device-status"],
    [answer, "timeout", "device-status"],
    [answer, "disconnected", "disconnected"],
    [none, "stalled", "stalled"],
    [none, "timeout", "timeout"],
    [none, "disconnected", "disconnected"],
  ];
  for (const [replies, kind, expected] of cases) {
    const { error, ms } = await play(replies, write, failing(kind, 30));
    assert.equal(error?.kind, expected);
    assert.equal(ms, 30, "the report is finished before the write ends");
    if (expected === "timeout") assert.equal(error?.data.command, "write-memory 0x60000000");
  }
});
