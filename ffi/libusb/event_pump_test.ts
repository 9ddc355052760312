import assert from "node:assert/strict";
import { EventPump } from "./event_pump.ts";
import type { Symbols } from "./symbols.ts";

Deno.test("a call that wakes the pump uses libusb's context: the pump runs until that call has returned", async () => {
  const woken = Promise.withResolvers<void>();
  const usb = {
    libusb_interrupt_event_handler: () => woken.promise,
    libusb_handle_events_timeout_completed: () => Promise.resolve(0),
  } as unknown as Symbols;
  const pump = new EventPump(usb, {} as Deno.PointerObject, "linux");
  await pump.drain();
  assert.ok(pump.isRunning, "the context would be freed under the call");
  let isClosed = false;
  const closing = pump.close(5_000).then(() => isClosed = true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(!isClosed);
  woken.resolve();
  await closing;
  assert.ok(!pump.isRunning);
});

Deno.test("a waking call that hangs does not delay the end, and keeps its context", async () => {
  const usb = {
    libusb_interrupt_event_handler: () => new Promise<void>(() => {}),
    libusb_handle_events_timeout_completed: () => Promise.resolve(0),
  } as unknown as Symbols;
  const pump = new EventPump(usb, {} as Deno.PointerObject, "linux");
  await pump.drain();
  await pump.close(20);
  assert.ok(pump.isRunning);
});

/** A pump whose rounds end when the test says so, and how long each should wait. */
function heldPump(system: "linux" | "windows" = "linux") {
  const rounds: { end(code: number): void }[] = [];
  const waits: string[] = [];
  const usb = {
    libusb_interrupt_event_handler: () => Promise.resolve(),
    libusb_handle_events_timeout_completed: (_: unknown, wait: Deno.PointerObject) => {
      const length = system === "windows" ? 8 : 16;
      waits.push(new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(wait, length)).toHex());
      const { promise, resolve } = Promise.withResolvers<number>();
      rounds.push({ end: resolve });
      return promise;
    },
  } as unknown as Symbols;
  return { pump: new EventPump(usb, {} as Deno.PointerObject, system), rounds, waits };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("a round waits for 100 ms in the system's struct timeval", async () => {
  for (
    const [system, wait] of [["linux", "0".repeat(16) + "a086010000000000"], [
      "windows",
      "00000000a0860100",
    ]] as const
  ) {
    const { pump, rounds, waits } = heldPump(system);
    const round = pump.round();
    rounds[0].end(0);
    await round;
    assert.deepEqual(waits, [wait]);
  }
});

Deno.test("rounds go on, one at a time, until what is waited for is there or is not wanted any more", async () => {
  const { pump, rounds } = heldPump();
  let isThere = false, looks = 0;
  const wait = pump.until(() => (looks++, isThere));
  const other = pump.until(() => false);
  assert.equal(rounds.length, 1);
  rounds[0].end(0);
  await pause(5);
  assert.deepEqual([rounds.length, looks], [2, 1]);
  other.stop();
  await other.done;
  isThere = true;
  rounds[1].end(0);
  await wait.done;
  await pause(5);
  assert.deepEqual([rounds.length, looks, pump.isRunning], [2, 2, false]);
});

Deno.test("while a round hangs, waits are given up when they want to be, and no second one begins", async () => {
  const { pump, rounds } = heldPump();
  let isLate = false;
  const wait = pump.until(() => true, () => isLate);
  let isDone = false;
  void wait.done.then(() => isDone = true);
  assert.deepEqual([pump.isRunning, pump.isHung], [true, false]);
  await pause(300);
  assert.ok(!isDone);
  isLate = true;
  await wait.done;
  await pump.round();
  await pause(900);
  assert.deepEqual([rounds.length, pump.isHung], [1, true]);
  rounds[0].end(0);
  await pause(5);
  assert.deepEqual([pump.isRunning, pump.isHung], [false, false]);
});

Deno.test("after a round that failed there is a pause, but not after one that was interrupted", async () => {
  for (const [code, isPaused] of [[-1, true], [-10, false], [0, false], [1, false]] as const) {
    const { pump, rounds } = heldPump();
    const wait = pump.until(() => rounds.length > 1);
    rounds[0].end(code);
    await pause(0);
    assert.equal(rounds.length === 1, isPaused, `${code}`);
    while (rounds.length < 2) await pause(5);
    rounds[1].end(0);
    await wait.done;
  }
});

Deno.test("closing ends all waits; afterwards nothing is called and nothing waits", async () => {
  const { pump, rounds } = heldPump();
  const wait = pump.until(() => false);
  const closing = pump.close(5_000);
  await pause(5);
  rounds[0].end(0);
  await Promise.all([closing, wait.done]);
  const late = pump.until(() => false);
  await late.done;
  late.stop();
  await pump.drain();
  assert.equal(rounds.length, 1);
});

Deno.test("what an earlier round has brought needs no event any more", async () => {
  const { pump, rounds } = heldPump();
  await pump.come(() => true, () => false);
  assert.equal(rounds.length, 0);
  let woken = 0;
  pump.wake = () => woken++;
  const other = pump.until(() => true);
  const come = pump.come(() => true, () => false);
  assert.equal(woken, 1, "the running round may bring nothing more");
  rounds[0].end(0);
  await Promise.all([other.done, come]);
  await pump.close(100);
});

Deno.test("the next round waits for transfers that are being submitted, but not for one that hangs", async () => {
  const { pump, rounds } = heldPump();
  const submitted = Promise.withResolvers<void>();
  pump.awaitSubmission(submitted.promise);
  const first = pump.round();
  await pause(20);
  assert.equal(rounds.length, 0);
  submitted.resolve();
  await pause(0);
  assert.equal(rounds.length, 1);
  rounds[0].end(0);
  await first;

  pump.awaitSubmission(new Promise(() => {}));
  const second = pump.round();
  await pause(250);
  assert.equal(rounds.length, 2);
  rounds[1].end(0);
  await second;

  const third = pump.round();
  assert.equal(rounds.length, 3, "it delays one round only");
  rounds[2].end(0);
  await third;

  pump.awaitSubmission(new Promise(() => {}));
  const last = pump.round();
  await pump.close(0);
  await last;
  await pause(250);
  assert.equal(rounds.length, 3, "none begins after the end");
});
