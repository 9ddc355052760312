import assert from "node:assert/strict";
import { abortError } from "../../../common/clock.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { SdpClient, type SdpOptions } from "./sdp_client.ts";

/** Leftovers, deadlines, and files of whole reports, against a script without a model. */

const signal = new AbortController().signal;
const SILENT: Reply = { fails: "timeout" };
const HAB_OPEN = "03 56 78 78 56";
const status = (word: string) => `04 ${word} ${"00 ".repeat(60)}`;
const WRITTEN = status("12 8a 8a 12"), STORED = status("88 88 88 88");

async function play<T>(
  replies: readonly (string | Reply)[],
  work: (client: SdpClient) => Promise<T>,
  options: Partial<SdpOptions> = {},
) {
  const device = new ScriptedDevice({}, replies);
  const end: { value?: T; error?: UnbrickError } = await SdpClient.open(device, {
    signal,
    ...options,
  }).then(work).then((value) => ({ value }), (error) => ({ error }));
  const { sent, deadlines, left } = device;
  return { ...end, sent, deadlines, left };
}

const status33 = (client: SdpClient) => client.errorStatus();
const ASKED = [HAB_OPEN, status("33 33 33 33")];

Deno.test("leftovers are read until the ROM is silent, at most 70; a lost device is an error", async () => {
  for (const count of [0, 1, 69]) {
    const end = await play([...Array(count).fill("04 01"), SILENT, ...ASKED], status33);
    assert.deepEqual([end.value, end.left], [{ habMode: "open", word: 0x3333_3333 }, 0]);
    assert.deepEqual(end.deadlines, [...Array(count + 1).fill(20), 2000, 5000, 5000]);
  }
  const full = await play([...Array(70).fill("04 01"), ...ASKED], status33);
  assert.deepEqual([full.value?.habMode, full.left], ["open", 0]);
  const gone = await play([{ fails: "disconnected" }, ...ASKED], status33);
  assert.deepEqual([gone.error?.kind, gone.sent], ["disconnected", []]);
});

Deno.test("the deadlines of a command, an answer and a jump, unless the caller has one for all", async () => {
  const works: [readonly string[], (client: SdpClient) => Promise<unknown>, number[], number][] = [
    [ASKED, status33, [2000, 5000, 5000], 3],
    [ASKED, (client) => client.errorStatus(300), [2000, 300, 5000], 3],
    [[HAB_OPEN, STORED], (client) => client.writeFile(0, new Uint8Array(9)), [
      2000,
      2000,
      5000,
      5000,
    ], 4],
    [[HAB_OPEN], (client) => client.jumpAddress(0), [2000, 10_000, 10_000], 3],
  ];
  for (const [replies, work, own, count] of works) {
    const usual = await play([SILENT, ...replies], work);
    assert.deepEqual([usual.error, usual.deadlines.slice(1)], [undefined, own]);
    const given = await play([SILENT, ...replies], work, { timeoutMs: 77 });
    assert.deepEqual(given.deadlines.slice(1), Array(count).fill(77));
  }
});

Deno.test("an answer that does not come in time is named; another failure stays what it is", async () => {
  const write = (client: SdpClient) => client.writeRegister(0x2000_0010, 1);
  for (const replies of [[SILENT], [HAB_OPEN, SILENT]]) {
    const { error } = await play([SILENT, ...replies], write);
    assert.equal(
      error?.message,
      "The ROM did not answer write-register 0x20000010 within 5000 ms.",
    );
    const facts = { command: "write-register 0x20000010", milliseconds: 5000 };
    assert.deepEqual([error?.kind, error?.data], ["timeout", facts]);
    assert.equal((error?.cause as UnbrickError).kind, "timeout");
  }
  const { error } = await play([SILENT, { fails: "disconnected" }], write);
  assert.deepEqual([error?.kind, error?.message], ["disconnected", "Failed by the script."]);
});

Deno.test("a file of whole reports is sent without an empty one, and tells how far it is", async () => {
  for (const [length, expected] of [[1024, [1024]], [1025, [1024, 1025]]] as const) {
    const done: number[] = [];
    const { sent, error } = await play(
      [SILENT, HAB_OPEN, STORED],
      (client) => client.writeFile(0, new Uint8Array(length).fill(9), (bytes) => done.push(bytes)),
    );
    assert.deepEqual([error, done, sent.length - 1], [undefined, expected, expected.length]);
  }
});

Deno.test("device configuration data is announced, sent and acknowledged", async () => {
  const dcd = (client: SdpClient) => client.writeDcd(0x2000_0100, Uint8Array.of(1, 2, 3));
  const { sent, value } = await play([SILENT, HAB_OPEN, WRITTEN], dcd);
  assert.equal(sent[0], "21 09 01 02 00 00 01 0a 0a 20 00 01 00 00 00 00 00 03 00 00 00 00 00");
  assert.ok(sent[1].startsWith("21 09 02 02 00 00 02 01 02 03 00"));
  assert.deepEqual(value, { habMode: "open", word: 0x128a_8a12 });
  const refused = await play([SILENT, HAB_OPEN, STORED], dcd);
  assert.equal(refused.error?.kind, "device-status");
  assert.equal(refused.error?.data.command, "dcd-file 0x20000100");
});

Deno.test("a jump that is answered by a report without a word is refused as well", async () => {
  for (const replies of [["04"], [HAB_OPEN, "04"]]) {
    const { error } = await play([SILENT, ...replies], (client) => client.jumpAddress(0));
    assert.deepEqual([error?.kind, error?.data.word], ["device-status", 0]);
  }
});

Deno.test("four reports of a file are under way together; one that fails ends the others", async () => {
  const file = new Uint8Array(6 * 1024).map((_, at) => at >> 10);
  const write = async (keepsOrder: boolean, failing: number) => {
    const device = Object.assign(new ScriptedDevice({}, [SILENT, HAB_OPEN, STORED]), {
      keepsOrder,
    });
    const send = device.controlOut.bind(device);
    const ends: string[] = [], done: number[] = [];
    let underWay = 0, most = 0;
    device.controlOut = async (setup, data, options) => {
      await send(setup, data, options);
      if (data[0] !== 2) return;
      most = Math.max(most, ++underWay);
      const ended = Promise.withResolvers<void>();
      options.signal.addEventListener("abort", () => ended.reject(abortError(options.signal)));
      setTimeout(() => {
        if (data[1] === failing) ended.reject(new UnbrickError("stalled", "No."));
        ended.resolve();
      });
      await ended.promise.then(() => ends.push(`${data[1]}`), (error) => {
        ends.push(`${data[1]} ${error.kind}`);
        throw error;
      }).finally(() => underWay--);
    };
    const client = await SdpClient.open(device, { signal });
    const error: UnbrickError | undefined = await client.writeFile(0, file, (n) => done.push(n))
      .then(() => undefined, (error) => error);
    assert.equal(underWay, 0);
    return { kind: error?.kind, ends, most, done: done.map((bytes) => bytes / 1024) };
  };
  for (const [keepsOrder, most] of [[true, 4], [false, 1]] as const) {
    const well = await write(keepsOrder, NaN);
    assert.deepEqual(well, {
      ...{ kind: undefined, most, ends: [..."012345"], done: [1, 2, 3, 4, 5, 6] },
    });
  }
  const failed = await write(true, 1);
  assert.deepEqual([failed.kind, failed.done], ["stalled", [1]]);
  assert.deepEqual(failed.ends.filter((end) => !/stalled/.test(end)), ["0"]);
  assert.deepEqual((await write(false, 1)).ends, ["0", "1 stalled"]);
});
