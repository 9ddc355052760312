import assert from "node:assert/strict";
import { concat } from "../../../common/bytes.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { ScriptedPort } from "../../../../tests/support/protocols/scripted_port.ts";
import { FrameHead, PixelFormat } from "../packets/frame.ts";
import { encodePacket, Flag, Opcode, type Packet, PacketReader } from "../packets/packet.ts";
import { V2Session } from "./v2_session.ts";

/** Refusals, limits and deadlines of protocol V2, with a camera that answers from a table. */

const signal = new AbortController().signal;
const { PROTO_SYNC, PROTO_SET_CAPS, PROTO_VERSION, CHANNEL_POLL, CHANNEL_SIZE, CHANNEL_READ } =
  Opcode;
const { CHANNEL_LOCK, CHANNEL_UNLOCK, CHANNEL_IOCTL, CHANNEL_WRITE } = Opcode;
const STATUS_BUSY = 4, STATUS_FAILED = 1;

/** What comes after a request: packets without their opcode, bytes, an error, or nothing. */
type Answer = Partial<Packet> | Uint8Array | ErrorKind | undefined;
type Answers = (request: Packet, count: number) => readonly Answer[];

const nak = (...payload: number[]) => ({ flags: Flag.NAK, payload: Uint8Array.from(payload) });
const word = (value: number) => Uint8Array.of(value, value >> 8, value >> 16, value >>> 24);

interface Camera {
  readonly port: ScriptedPort;
  readonly clock: VirtualClock;
  readonly asked: number[];
  /** Deadlines of its reads, ms. */
  readonly waited: number[];
}

/** A camera that synchronises, unless `answers` says something else, and then does as `answers` says. */
function camera(answers: Answers): Camera {
  const clock = new VirtualClock(), asked: number[] = [], waited: number[] = [];
  const queue: (Uint8Array | ErrorKind)[] = [];
  const port = new ScriptedPort(clock, []);
  port.write = (bytes) => {
    const [request] = new PacketReader().push(bytes);
    asked.push(request.opcode);
    const count = asked.filter((opcode) => opcode === request.opcode).length;
    for (const one of answers(request, count)) {
      if (one === undefined) continue;
      if (typeof one === "string" || one instanceof Uint8Array) queue.push(one);
      else queue.push(encodePacket({ flags: Flag.ACK, opcode: request.opcode, ...one }));
    }
    return Promise.resolve();
  };
  port.read = async (_length, { timeoutMs }) => {
    waited.push(timeoutMs);
    const next = queue.shift();
    if (next instanceof Uint8Array) return next;
    await clock.sleep(next ? 0 : timeoutMs);
    throw new UnbrickError(next ?? "timeout", "Told by the test.");
  };
  return { port, clock, asked, waited };
}

/** An open session; then `answers` decides. */
async function play<T>(answers: Answers, work: (session: V2Session, all: Camera) => Promise<T>) {
  let isOpen = false;
  const all = camera((request, count) => isOpen ? answers(request, count) : [{}]);
  return await all.clock.run(async () => {
    const session = await V2Session.open(all.port, all.clock, signal);
    isOpen = true;
    all.asked.length = all.waited.length = 0;
    const end: { value?: T; error?: UnbrickError } = await work(session!, all).then(
      (value) => ({ value }),
      (error) => ({ error }),
    );
    return { ...end, asked: all.asked, waited: all.waited, ms: all.clock.elapsed };
  });
}

Deno.test("V2: only silence and a refusal mean that the camera does not speak this protocol", async () => {
  const ends: [Answer, ErrorKind?][] = [[undefined], [nak(2, 0)], ["disconnected", "disconnected"]];
  for (const [answer, kind] of ends) {
    const { port, clock } = camera(() => [answer]);
    const end = clock.run(() => V2Session.open(port, clock, signal));
    if (kind) await assert.rejects(end, { kind });
    else assert.equal(await end, undefined);
  }
});

Deno.test("V2: an answer has its least length; a refusal has its status", async () => {
  const version = (session: V2Session) => session.version();
  const output = (session: V2Session) => session.output();
  const frame = (session: V2Session) => session.frame(8);
  const nine = Uint8Array.of(0, 0, 0, 0, 0, 0, 5, 1, 2);
  const whole = await play(() => [{ payload: nine }], version);
  assert.equal(whole.value, "5.1.2");
  const refused: [Answer, number][] = [
    [{ payload: nine.subarray(1) }, 0],
    [nak(), 0],
    [nak(7), 0],
    [nak(7, 1), 0x107],
  ];
  for (const [answer, status] of refused) {
    const { error } = await play(() => [answer], version);
    assert.equal(error?.message, `The camera refused a request (status ${status}).`);
    assert.deepEqual([error?.kind, error?.data], ["protocol", { status }]);
  }
  // A POLL or a SIZE that is too short: the session begins anew.
  const short = { payload: Uint8Array.of(0xff, 0, 0) };
  const poll = await play(({ opcode }) => [opcode === CHANNEL_POLL ? short : {}], output);
  assert.deepEqual([poll.value, poll.asked], ["", [CHANNEL_POLL, PROTO_SYNC, PROTO_SET_CAPS]]);
  const polled = { payload: word(0xff) };
  const size = await play(
    ({ opcode }) => [opcode === CHANNEL_POLL ? polled : opcode === CHANNEL_SIZE ? short : {}],
    frame,
  );
  assert.deepEqual(size.asked, [
    ...[CHANNEL_POLL, CHANNEL_LOCK, CHANNEL_SIZE],
    ...[PROTO_SYNC, PROTO_SET_CAPS, CHANNEL_UNLOCK],
  ]);
});

Deno.test("V2: events and answers to other requests are passed over; fragments belong together", async () => {
  const version = Uint8Array.of(0, 0, 0, 0, 0, 0, 5, 1, 2);
  const { value, asked } = await play((_, count) =>
    count > 1 ? [{ payload: version }] : [
      { flags: Flag.EVENT, payload: Uint8Array.of(...version.subarray(0, 8), 9) },
      { opcode: CHANNEL_POLL, payload: version.slice().fill(8) },
      concat([
        encodePacket({ opcode: PROTO_VERSION, flags: Flag.FRAGMENT, payload: version.slice(0, 4) }),
        encodePacket({ opcode: PROTO_VERSION, sequence: 255, payload: version.slice(4) }),
      ]),
    ], async (session) => [await session.version(), await session.version()]);
  assert.deepEqual([value, asked], [["5.1.2", "5.1.2"], [PROTO_VERSION, PROTO_VERSION]]);
});

Deno.test("V2: a camera that sends only noise is given up after a second", async () => {
  const { error, waited, ms } = await play(() => [], (session, { port, clock, waited }) => {
    port.read = async (_length, { timeoutMs }) => {
      waited.push(timeoutMs);
      await clock.sleep(250);
      return Uint8Array.of(1, 2, 3);
    };
    return session.version();
  });
  assert.deepEqual([error?.kind, ms, waited], ["timeout", 1000, [1000, 750, 500, 250]]);
  assert.equal(error?.message, "The camera does not answer on its serial port.");
});

Deno.test("V2: an answer has 8192 bytes at the most", async () => {
  for (const [bytes, kind] of [[8192, undefined], [8193, "protocol"]] as const) {
    const fragments = [4000, 4000, bytes - 8000].map((length, at) => ({
      flags: at < 2 ? Flag.FRAGMENT : Flag.ACK,
      payload: new Uint8Array(length),
    }));
    const { error } = await play(() => fragments, (session) => session.version());
    assert.equal(error?.kind, kind);
  }
});

Deno.test("V2: a script that does not start is sent three times, in pieces of 490 bytes", async () => {
  const idle: Answers = ({ opcode }) => [opcode === CHANNEL_POLL ? { payload: word(0) } : {}];
  for (const [length, pieces] of [[490, 1], [491, 2]]) {
    const { error, asked } = await play(idle, (session) => session.start("#".repeat(length)));
    assert.equal(error?.kind, "timeout");
    const changes = asked.filter((opcode) => opcode !== CHANNEL_POLL);
    const attempt = [CHANNEL_IOCTL, ...Array(pieces).fill(CHANNEL_WRITE), CHANNEL_IOCTL];
    assert.deepEqual(changes, [CHANNEL_IOCTL, ...attempt, ...attempt, ...attempt]);
    // 20 questions, 50 ms apart, after each attempt.
    assert.equal(asked.length - changes.length, 1 + 3 * 20);
  }
});

Deno.test("V2: text is read only if there is some; a lost device is no end of a script", async () => {
  const quiet = await play(() => [{ payload: word(8) }], (session) => session.output());
  assert.deepEqual([quiet.value, quiet.asked], ["", [CHANNEL_POLL]]);
  const gone = await play(() => ["disconnected"], (session) => session.output());
  assert.deepEqual([gone.error?.kind, gone.asked], ["disconnected", [CHANNEL_POLL]]);
});

/** Fetches a picture of 8 bytes from a frame of this size, with the picture at its end. */
async function fetched(size: number, bytes = 8, changed: Answers = () => []) {
  const head = { width: 1, height: 1, format: PixelFormat.JPEG, size: bytes, offset: size - bytes };
  const frame = new Uint8Array(Math.max(size, FrameHead.size)).fill(7);
  frame.set(FrameHead.encode(head));
  const pieces: [number, number][] = [];
  const end = await play((request, count) => {
    const { opcode, payload } = request;
    const other = changed(request, count);
    if (other.length > 0) return other;
    if (opcode === CHANNEL_POLL) return [{ payload: word(8) }];
    if (opcode === CHANNEL_SIZE) return [{ payload: word(size) }];
    if (opcode !== CHANNEL_READ) return [{}];
    const [at, length] = new Uint32Array(payload.slice().buffer);
    pieces.push([at, length]);
    return [{ payload: frame.slice(at, at + length) }];
  }, (session) => session.frame(bytes));
  return { ...end, pieces };
}

Deno.test("V2: a frame has its head and at most 64 bytes more than its picture", async () => {
  for (const [size, isRead] of [[27, false], [28, true], [72, true], [73, false]] as const) {
    const { value, pieces, asked } = await fetched(size);
    assert.deepEqual(value, isRead ? new Uint8Array(8).fill(7) : undefined);
    assert.deepEqual(pieces, isRead ? [[0, size]] : []);
    assert.equal(asked.at(-1), CHANNEL_UNLOCK);
  }
  const exact = await fetched(2 * 498, 2 * 498 - 20);
  assert.deepEqual(exact.pieces, [[0, 498], [498, 498]]);
  assert.equal(exact.value?.length, 2 * 498 - 20);
});

Deno.test("V2: a frame that is busy is left; after another fault it is let go, even if that is refused", async () => {
  const at = (opcode: number, ...answers: Answer[]): Answers => (request, count) =>
    request.opcode === opcode && answers[count - 1] ? [answers[count - 1]] : [];
  const busy = await fetched(28, 8, at(CHANNEL_LOCK, nak(STATUS_BUSY, 0)));
  assert.deepEqual([busy.value, busy.error, busy.asked], [
    undefined,
    undefined,
    [CHANNEL_POLL, CHANNEL_LOCK],
  ]);
  const anew = [PROTO_SYNC, PROTO_SET_CAPS, CHANNEL_UNLOCK];
  const failed = await fetched(28, 8, at(CHANNEL_LOCK, nak(STATUS_FAILED, 0)));
  assert.deepEqual([failed.error, failed.asked], [undefined, [
    CHANNEL_POLL,
    CHANNEL_LOCK,
    ...anew,
  ]]);
  const gone = await fetched(28, 8, at(CHANNEL_LOCK, "disconnected"));
  assert.deepEqual([gone.error?.kind, gone.asked], ["disconnected", [CHANNEL_POLL, CHANNEL_LOCK]]);
  for (const [unlock, kind] of [[nak(1, 0)], ["timeout", "timeout"]] as [Answer, ErrorKind?][]) {
    const end = await fetched(28, 8, ({ opcode }) => {
      if (opcode === CHANNEL_LOCK) return [nak(STATUS_FAILED, 0)];
      return opcode === CHANNEL_UNLOCK ? [unlock] : [];
    });
    assert.deepEqual([end.error?.kind, end.asked], [kind, [CHANNEL_POLL, CHANNEL_LOCK, ...anew]]);
  }
});
