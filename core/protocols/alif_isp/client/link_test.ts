import assert from "node:assert/strict";
import type { ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Answer, AnsweringPort } from "../../../../tests/support/protocols/answering_port.ts";
import { Command } from "../packets/command.ts";
import { encodeFrame } from "../packets/frame.ts";
import { IspLink, type Request } from "./link.ts";

/** What counts as a reply, when a wait ends, and what is repeated, without a model. */

const frame = (command: number, ...payload: number[]) =>
  encodeFrame(command, Uint8Array.from(payload));
const ACK = frame(Command.ACK), DATA = frame(Command.DATA_RESPONSE, 1, 2);
const nak = (...payload: number[]) => frame(Command.NAK, ...payload);
const text = (line: string) => new TextEncoder().encode(line);
const damaged = (bytes: Uint8Array) =>
  bytes.map((byte, at) => at === bytes.length - 1 ? byte ^ 1 : byte);
const what = "begin a session";

async function play<T>(
  answers: readonly (readonly Answer[])[],
  work: (link: IspLink, port: AnsweringPort, clock: VirtualClock) => Promise<T>,
  signal = new AbortController().signal,
) {
  const clock = new VirtualClock(), printed: string[] = [], left = [...answers];
  const port = new AnsweringPort(clock, () => left.shift() ?? []);
  const link = new IspLink({ port, clock, signal, onPrint: (line) => printed.push(line) });
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    work(link, port, clock).then((value) => ({ value }), (error) => ({ error }))
  );
  return { ...end, sent: port.sent, ms: clock.elapsed, printed, left: left.length };
}

const exchange = (answers: readonly Answer[], request: Partial<Request> = {}) =>
  play([answers], (link) => link.exchange(Command.START_ISP, { what, ...request }));

Deno.test("only a whole frame of the expected kind and shape is a reply", async () => {
  const payload = Uint8Array.of(1, 2), data = { command: Command.DATA_RESPONSE, payload };
  const accept = ({ length }: Uint8Array) => length === 2;
  const reply = Command.DATA_RESPONSE;
  const cases: [readonly Answer[], Partial<Request>, ms: number][] = [
    [[DATA], {}, 0],
    [[DATA], { reply }, 0],
    [[ACK, 10, DATA], { reply }, 10],
    [[frame(Command.DATA_RESPONSE, 9), 20, DATA], { accept }, 20],
    [[text("[SES] boot\r\n"), DATA.subarray(0, 3), 59, DATA.subarray(3)], {}, 59],
    [[damaged(DATA), 5, DATA], {}, 5],
    [[499, DATA], {}, 499],
    [[1999, DATA], { timeoutMs: 2000 }, 1999],
  ];
  for (const [at, [answers, request, ms]] of cases.entries()) {
    const end = await exchange(answers, request);
    assert.deepEqual([end.value, end.error, end.ms], [data, undefined, ms], `case ${at}`);
    assert.deepEqual(end.sent, ["03 00 FD"]);
  }
});

Deno.test("a part of a frame is given up after 60 ms of silence, but not before the deadline's end", async () => {
  const torn = frame(Command.DATA_RESPONSE, ...new Array(20).fill(9)).subarray(0, 4);
  const found = await exchange([torn, 61, ACK]);
  assert.deepEqual([found.value?.command, found.ms], [Command.ACK, 61]);
  const silent = await exchange([torn]);
  assert.deepEqual([silent.error?.kind, silent.ms], ["timeout", 500]);
  const late = await exchange([480, torn]);
  assert.deepEqual([late.error?.kind, late.ms], ["timeout", 500]);
});

Deno.test("a wait that ends says what arrived instead", async () => {
  const facts = { what, milliseconds: 500, heard: null, damaged: false };
  const cases: [readonly Answer[], Partial<Request>, ErrorKind, string, object][] = [
    [[], {}, "timeout", "gave no answer to the request to begin a session within 500 ms", facts],
    [[text("boot\r\n")], {}, "timeout", "gave no answer", { ...facts, heard: "boot" }],
    [[ACK], { reply: Command.DATA_RESPONSE, timeoutMs: 70 }, "timeout", "within 70 ms", {
      ...facts,
      milliseconds: 70,
    }],
    [[damaged(ACK)], {}, "timeout", "gave only damaged answers to the request to begin a session", {
      ...facts,
      heard: "",
      damaged: true,
    }],
    [
      [DATA],
      { accept: () => false },
      "protocol",
      "The device answered the request to begin a session with 2 bytes that are not a valid answer.",
      { what, bytes: 2 },
    ],
    [[nak(0xF7)], {}, "device-status", "(NAK F7, BAD_DESTINATION_ADDR)", {
      code: 0xF7,
      name: "BAD_DESTINATION_ADDR",
      what,
    }],
    [[nak(0x05, 1, 2, 0, 0)], { reply: Command.ACK }, "device-status", "(NAK 05, unknown code)", {
      ...{ code: 5, name: "unknown code", what, extended: 0x201 },
    }],
    [[nak()], {}, "device-status", "(NAK FF, ERROR)", { code: 0xFF, name: "ERROR", what }],
    [["disconnected"], {}, "disconnected", "Told by the test.", {}],
  ];
  for (const [answers, request, kind, words, data] of cases) {
    const { error } = await exchange(answers, request);
    assert.equal(error?.kind, kind);
    assert.ok(error.message.includes(words), error.message);
    const { heard, ...rest } = error.data, { heard: expected, ...others } = data as typeof facts;
    assert.deepEqual(rest, others);
    if (expected !== "") assert.equal(heard, expected);
  }
});

Deno.test("what the enclave prints is passed on, and is no reply", async () => {
  const print = frame(Command.PRINT_DATA, ...text("hello\0"));
  const { value, printed } = await exchange([print, print, ACK]);
  assert.deepEqual([value?.command, printed], [Command.ACK, ["hello", "hello"]]);
});

Deno.test("input of before is discarded, unless it is to be used in order", async () => {
  for (const keepInput of [false, true]) {
    const { value } = await play([[ACK]], async (link, port) => {
      port.say(DATA);
      return await link.exchange(Command.START_ISP, { what, keepInput });
    });
    assert.equal(value?.command, keepInput ? Command.DATA_RESPONSE : Command.ACK);
  }
  // What is left of an earlier read is discarded, too.
  const { value } = await play([[Uint8Array.of(...ACK, ...DATA)], [ACK]], async (link) => {
    await link.exchange(Command.START_ISP, { what });
    return await link.exchange(Command.START_ISP, { what });
  });
  assert.equal(value?.command, Command.ACK);
});

Deno.test("a question is asked three times at most, after silence, if its answer was lost", async () => {
  const lost: [readonly Answer[], number][] = [
    [[], 500],
    [[damaged(ACK)], 500],
    [[nak(0xFA)], 0],
    [[DATA], 500],
  ];
  const ask = (link: IspLink) =>
    link.ask(Command.START_ISP, { what, accept: ({ length }) => length === 0 });
  for (const [answers, ms] of lost) {
    // Each silence that is waited for is 60 ms long, the one after the late answer, too.
    const once = await play([answers, [ACK]], ask);
    assert.deepEqual([once.value?.command, once.sent.length], [Command.ACK, 2]);
    assert.equal(once.ms, ms + 60 + 60);
    const twice = await play([answers, answers, [ACK]], ask);
    assert.deepEqual([twice.error, twice.sent.length, twice.ms], [
      undefined,
      3,
      2 * (ms + 60) + 60,
    ]);
    const never = await play([answers, answers, answers, [ACK]], ask);
    assert.deepEqual([never.sent.length, never.left], [3, 1]);
    assert.ok(never.error);
  }
  const first = await play([[ACK]], ask);
  assert.deepEqual([first.value?.command, first.ms], [Command.ACK, 0]);
  for (const answer of [nak(0xF7), "disconnected"] as const) {
    const { error, sent } = await play([[answer], [ACK]], ask);
    assert.deepEqual([error !== undefined, sent.length], [true, 1]);
  }
});

Deno.test("silence is waited for, at most 400 ms; the frames until then are told", async () => {
  const settle = (quietMs?: number) => async (link: IspLink, port: AnsweringPort) => {
    await port.write(ACK);
    return (await link.settle(quietMs)).map(({ command }) => command);
  };
  const { ACK: A, DATA_RESPONSE: D } = Command;
  const cases: [readonly Answer[], number | undefined, number[], ms: number][] = [
    [[], undefined, [], 60],
    [[], 30, [], 30],
    [[20, ACK], 30, [A], 50],
    [[20, ACK], undefined, [A], 80],
    [[30, ACK, 59, DATA], undefined, [A, D], 149],
    [[61, ACK], undefined, [], 60],
    [[50, text("x"), 50, text("y"), 81, ACK], undefined, [], 180],
    [Array(20).fill([50, ACK]).flat(), undefined, Array(8).fill(A), 400],
    [Array(20).fill([50, text("x")]).flat(), undefined, [], 400],
  ];
  for (const [at, [answers, quietMs, frames, ms]] of cases.entries()) {
    const end = await play([answers], settle(quietMs));
    assert.deepEqual([end.value, end.ms], [frames, ms], `case ${at}`);
  }
});

Deno.test("after a stop nothing is sent", async () => {
  const { error, sent } = await play(
    [[ACK]],
    (link) => link.exchange(Command.START_ISP, { what }),
    AbortSignal.abort(),
  );
  assert.deepEqual([error?.kind, sent], ["cancelled", []]);
});
