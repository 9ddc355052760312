import assert from "node:assert/strict";
import type { UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import type { UsbDeviceInfo } from "../../../transport/usb/device.ts";
import { parseConfiguration } from "../../../transport/usb/descriptors.ts";
import { ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { SerialBootSession } from "./session.ts";

/** What a session never selects, where it stops, and how it numbers its blocks, without a model. */

const status = (state: string) => `00 00 00 00 ${state} 00`;
const IDLE = ["02", status("02")], DOWNLOADED = status("05");

/** One interface with its alternate settings; protocol 1 is firmware that can switch to DFU. */
function device(replies: readonly string[], protocol = 2, version = 0x0110) {
  const bytes = Uint8Array.of(
    ...[9, 2, 27, 0, 1, 1, 2, 0xC0, 0x32],
    ...[9, 4, 0, 0, 0, 0xFE, 1, protocol, 6],
    ...[9, 0x21, 0x0F, 0xFF, 0, 0, 4, version & 0xFF, version >> 8],
  );
  const configurations = [parseConfiguration(bytes)!];
  return new ScriptedDevice({ configurations } as Partial<UsbDeviceInfo>, replies);
}

async function play<T>(
  one: ScriptedDevice,
  work: (session: SerialBootSession, stop: AbortController, clock: VirtualClock) => Promise<T>,
) {
  const clock = new VirtualClock(), stop = new AbortController();
  const names = new Map([[0, "@FSBL /0x01/1*512Ke"], [1, "@OTP /0xF2/1*752Be"], [
    2,
    "@virtual /0xF1/1*512Be",
  ]]);
  const options = { device: one, clock, signal: stop.signal, names, blockSize: 4 };
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    SerialBootSession.start(options).then((session) => work(session, stop, clock))
      .then((value) => ({ value }), (error) => ({ error }))
  );
  return { ...end, sent: one.sent.slice(3) };
}

const options = { what: "accept it", deadline: () => 1000 };

Deno.test("a device that is not in DFU mode is refused before any request", async () => {
  const runtime = device([], 1);
  const { error } = await play(runtime, () => Promise.resolve());
  assert.equal(error?.message, "The device has no DFU interface.");
  assert.deepEqual([error?.kind, runtime.sent], ["protocol", []]);
});

Deno.test("fuses and the secure element are never selected, and what is not there cannot be", async () => {
  for (const id of [0xF2, 0xF3, 0xF4, 0xF5, 0xF6]) {
    const { error, sent } = await play(device(IDLE), (session) => {
      assert.equal(session.has(id), false);
      return session.download(id, new Uint8Array(4), options);
    });
    assert.deepEqual([error?.kind, error?.data, sent], ["bug", { id }, []]);
    assert.match(error!.message, /0xF[2-6] must never be selected/);
  }
  const { error } = await play(device(IDLE), (session) => {
    assert.equal(session.has(1), true);
    return session.download(3, new Uint8Array(4), options);
  });
  assert.equal(error?.message, "The camera offers no partition 0x03.");
  assert.deepEqual([error?.kind, error?.data], ["protocol", { id: 3 }]);
});

Deno.test("a download stops between its blocks, and a question is not asked after a stop", async () => {
  const download = await play(
    device([...IDLE, DOWNLOADED]),
    (session, stop) =>
      session.download(1, new Uint8Array(8), { ...options, onBlock: () => stop.abort() }),
  );
  assert.equal(download.error?.kind, "cancelled");
  assert.equal(download.sent.filter((one) => one.startsWith("21 01")).length, 1);
  const question = await play(device(IDLE), (session, stop) => {
    stop.abort();
    return session.getPhase();
  });
  assert.deepEqual([question.error?.kind, question.sent], ["cancelled", []]);
});

Deno.test("blocks count from 0, of DfuSe from 2; each tells its time and the bytes so far", async () => {
  for (const [version, first] of [[0x0110, 0], [0x011A, 2]] as const) {
    const replies = [...IDLE, DOWNLOADED, status("04"), status("04"), DOWNLOADED, status("02")];
    const blocks: [number, number][] = [], asked: number[] = [];
    const { error, sent } = await play(device(replies, 2, version), async (session) => {
      await session.download(1, new Uint8Array(6), {
        what: "accept it",
        deadline: (offset) => (asked.push(offset), 1000),
        onBlock: (...all) => blocks.push(all),
      });
      await session.complete(6, "end it");
    });
    assert.equal(error, undefined);
    // The second block is asked for at once, and again after 2 ms.
    assert.deepEqual([blocks, asked], [[[4, 0], [6, 2]], [0, 4]]);
    const numbers = sent.filter((one) => one.startsWith("21 01")).map((one) =>
      Number(one.slice(6, 8))
    );
    assert.deepEqual(numbers, [first, first + 1, first + 2]);
  }
});
