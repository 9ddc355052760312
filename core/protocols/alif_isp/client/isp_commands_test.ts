import assert from "node:assert/strict";
import type { ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Answer, AnsweringPort } from "../../../../tests/support/protocols/answering_port.ts";
import { Command } from "../packets/command.ts";
import { encodeFrame } from "../packets/frame.ts";
import { IspClient } from "./isp_client.ts";

/** Shapes of answers, streams, deadlines and limits of the commands, without a model. */

const signal = new AbortController().signal;
const frame = (command: number, payload: readonly number[] = []) =>
  encodeFrame(command, Uint8Array.from(payload));
const ACK = frame(Command.ACK);
const data = (...payload: number[]) => frame(Command.DATA_RESPONSE, payload);
const ascii = (line: string) => [...new TextEncoder().encode(line)];

async function play<T>(
  answers: readonly (readonly Answer[])[],
  work: (client: IspClient) => Promise<T>,
  baudRate?: number,
) {
  const clock = new VirtualClock(), left = [...answers];
  const port = new AnsweringPort(clock, () => left.shift() ?? []);
  const client = new IspClient({ port, clock, signal, baudRate });
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    work(client).then((value) => ({ value }), (error) => ({ error }))
  );
  return { ...end, sent: port.sent, ms: clock.elapsed, baudRate: client.baudRate };
}

Deno.test("an answer of another shape is asked for again, and is then an error", async () => {
  const zeros = (length: number) => data(...Array<number>(length).fill(0));
  const cases: [(client: IspClient) => Promise<unknown>, right: Uint8Array, wrong: Uint8Array[]][] =
    [
      [(client) => client.revision(), zeros(133), [zeros(132), zeros(134)]],
      [(client) => client.enquiry(), data(2, ...Array(12).fill(0)), [
        data(2),
        data(3, 0, 0, 0, 0, 0, 0, 0, 0),
      ]],
      [(client) => client.cpuStatus(), zeros(12), [zeros(13)]],
      [(client) => client.readLine(0), zeros(16), [zeros(15), zeros(17)]],
      [
        (client) => client.banner(),
        data(...ascii(" ~"), 0, 1),
        [
          data(),
          data(0),
          data(...ascii("a\x7fb")),
          data(...ascii("a\x1fb")),
          data(...ascii("a\n"), 0),
          data(...ascii("a\n")),
        ],
      ],
    ];
  for (const [work, right, wrong] of cases) {
    assert.equal((await play([[right]], work)).error, undefined);
    for (const one of wrong) {
      const again = await play([[one], [right]], work);
      assert.deepEqual([again.error, again.sent.length], [undefined, 2]);
      const never = await play([[one], [one], [one]], work);
      assert.deepEqual([never.error?.kind, never.sent.length], ["protocol", 3]);
    }
  }
  const banner = await play([[data(...ascii("no NUL"))]], (client) => client.banner());
  assert.equal(banner.value, "no NUL");
});

Deno.test("a line that is read in order is asked for once", async () => {
  for (const [keepInput, count] of [[true, 1], [false, 3]] as const) {
    const { error, sent } = await play([], (client) => client.readLine(0x20, keepInput));
    assert.deepEqual([error?.kind, sent.length], ["timeout", count]);
    assert.match(error!.message, /request to read its memory at offset 0x00000020/);
  }
});

const entry = (kind: number) => [kind, ...Array<number>(47).fill(65)];
const table = (kind: number) => [kind, ...Array<number>(24).fill(65)];

Deno.test("a list ends with its last entry or without one, and has 64 others at the most", async () => {
  const count = async (client: IspClient) => (await client.tocInfo()).length;
  const toc = (...frames: readonly (readonly number[])[]) =>
    play([frames.map((one) => data(...one))], count);
  assert.equal((await toc([0xA8])).value, 0);
  assert.equal((await toc(entry(0xA8))).value, 1);
  assert.equal((await toc(entry(0xA7), entry(0xA7), [0xA8])).value, 2);
  assert.equal((await toc(...Array(64).fill(entry(0xA7)), [0xA8])).value, 64);
  const tables = await play(
    [[data(...table(0xA5)), data(...table(0xA6))]],
    async (client) => (await client.mramTables()).length,
  );
  assert.equal(tables.value, 2);
  // One byte less than the shortest entry is none.
  const ended = await play([[data(0xA6, ...table(0).slice(2))]], (client) => client.mramTables());
  assert.deepEqual(ended.value, []);
  const facts = { what: "list its table of contents", command: "GET" };
  const broken: [readonly (readonly number[])[], number | null][] = [
    [Array(65).fill(entry(0xA7)), 0xA7],
    [[entry(0xA7), entry(0x11)], 0x11],
    [[entry(0xA7), []], null],
  ];
  for (const [frames, byte] of broken) {
    const { error } = await toc(...frames);
    assert.deepEqual([error?.kind, error?.data], ["protocol", { ...facts, byte }]);
    assert.equal(
      error?.message,
      "The Secure Enclave did not finish its answer to the request to list its table of contents.",
    );
  }
});

Deno.test("how long each command may take", async () => {
  const cases: [(client: IspClient) => Promise<unknown>, ms: number][] = [
    [(client) => client.start(), 3 * 500 + 2 * 60],
    [(client) => client.stop(), 3 * 500 + 2 * 60],
    [(client) => client.tocInfo(), 3 * 500 + 2 * 60],
    [(client) => client.mramTables(), 3 * 10_000 + 2 * 60],
    [(client) => client.burn(0x8000_0000, 16), 20_000],
    [(client) => client.data(new Uint8Array(240)), 500],
    [(client) => client.done(), 10_000],
    [(client) => client.done(70_000), 70_000],
    [(client) => client.verify(1), 500],
    [(client) => client.setBaudRate(921_600), 500],
  ];
  for (const [work, expected] of cases) {
    const { error, ms } = await play([], work);
    assert.deepEqual([error?.kind, ms], ["timeout", expected]);
    assert.match(error!.message, /gave no answer to the request to (?!undefined)/);
  }
  const list = await play([[data(...table(0xA5))]], (client) => client.mramTables());
  assert.deepEqual([list.error?.kind, list.ms], ["timeout", 10_000]);
});

Deno.test("a piece of an image has 240 bytes at the most", async () => {
  const { error, sent } = await play([[ACK]], (client) => client.data(new Uint8Array(241)));
  assert.ok(error as unknown instanceof RangeError);
  assert.deepEqual([error?.message, sent], ["241 bytes in one frame", []]);
  assert.equal(
    (await play([[ACK]], (client) => client.data(new Uint8Array(240)))).error,
    undefined,
  );
});

Deno.test("a reset needs no acknowledgement, but a refusal is one; then the enclave's own rate is used", async () => {
  const reset = (client: IspClient) => client.reset();
  const cases: [Answer[], ErrorKind?][] = [
    [[ACK]],
    [[]],
    [[frame(Command.NAK, [0xF4])], "device-status"],
    [["disconnected"], "disconnected"],
  ];
  for (const [answers, kind] of cases) {
    const fast = await play([answers], reset, 921_600);
    assert.equal(fast.error?.kind, kind);
    assert.deepEqual(fast.sent, ["03 09 F4", ...(kind ? [] : ["55000 baud"])]);
  }
  assert.deepEqual((await play([[ACK]], reset)).sent, ["03 09 F4"]);
});

Deno.test("the rate changes only if it is another one, and then the line settles", async () => {
  const cases: [number, number, string[], number][] = [
    [55_000, 1000, [], 0],
    [921_600, 1000, ["921600 baud"], 1000],
    [921_600, 0, ["921600 baud"], 0],
  ];
  for (const [rate, settleMs, sent, ms] of cases) {
    const end = await play([], (client) => client.useBaudRate(rate, settleMs));
    assert.deepEqual([end.sent, end.ms, end.baudRate], [sent, ms, rate]);
  }
});

Deno.test("the log: its lines without their levels, as far as it arrives", async () => {
  const size = (length: number) => data(0, 0, 0, 0, ...[length, 0, 0, 0], 0, 0, 0, 0);
  const info = data(16, 0, 0, 0, ...Array(8).fill(0));
  const log = (...answers: readonly Answer[]) => play([[info], answers], (client) => client.log());
  assert.equal(
    (await log(data(...ascii("1one\0\0")), data(...ascii("2two\x003")), ACK)).value,
    "one\ntwo\n",
  );
  assert.equal((await log(data(...ascii("é1")), data(...ascii("x")))).value?.endsWith("1x"), true);
  assert.equal((await log()).error?.kind, "timeout");
  assert.equal((await log(ACK)).value, "");
  const whole = await log(...Array(70).fill(data(...ascii("a"))));
  assert.equal(whole.value, "a".repeat(64));
  for (const none of [size(9), data(16, 0, 0)]) {
    const { value, sent } = await play(
      [[none], [data(...ascii("a")), ACK]],
      (client) => client.log(),
    );
    assert.deepEqual([value, sent.length], ["", 1]);
  }
});
