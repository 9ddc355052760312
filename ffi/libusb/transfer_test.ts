import assert from "node:assert/strict";
import { InFlight } from "./in_flight.ts";
import type { EventPump } from "./event_pump.ts";
import { TRANSFER } from "./layout.ts";
import type { Symbols } from "./symbols.ts";
import { CONTROL, Transfer } from "./transfer.ts";

Deno.test("no call is under way with a transfer that has ended, even if it is aborted at that moment", async () => {
  const memory = new Uint8Array(TRANSFER.size);
  const stop = new AbortController();
  let running = 0;
  const usb = {
    libusb_alloc_transfer: () => Deno.UnsafePointer.of(memory),
    libusb_submit_transfer: () => Promise.resolve(0),
    libusb_cancel_transfer: () => {
      running++;
      return new Promise((resolve) => setTimeout(() => resolve(running--), 20));
    },
  } as unknown as Symbols;
  // The round of events in which it ends; the abort comes right after those who wait are told.
  const pump = {
    come(look: () => boolean) {
      memory.set(new Uint8Array(4), TRANSFER.offsets.status);
      assert.ok(look());
      queueMicrotask(() => queueMicrotask(() => stop.abort()));
      return Promise.resolve();
    },
  } as unknown as EventPump;
  const transfer = new Transfer(usb, pump, 64);
  const outcome = await transfer.run({
    handle: Deno.UnsafePointer.of(memory)!,
    type: CONTROL,
    endpoint: 0,
    length: 8,
    timeoutMs: 100,
    signal: stop.signal,
    subject: "a device",
    port: "1-1",
  });
  assert.deepEqual(outcome, { status: 0, actualLength: 0 });
  assert.ok(stop.signal.aborted);
  assert.equal(running, 0, "its memory would be freed under the call");
});

Deno.test("what begins while the rest ends is waited for, too", async () => {
  const inFlight = new InFlight();
  let isOver = false;
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const first = inFlight.track(pause(5));
  void first.then(() => inFlight.track(pause(20).then(() => void (isOver = true))));
  await inFlight.settled();
  assert.ok(isOver);
});
