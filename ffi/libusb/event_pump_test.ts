import assert from "node:assert/strict";
import { EventPump } from "./event_pump.ts";
import type { Symbols } from "./symbols.ts";

Deno.test("a call that wakes the pump uses libusb's context: the pump runs until that call has returned", async () => {
  const woken = Promise.withResolvers<void>();
  const usb = {
    libusb_interrupt_event_handler: () => woken.promise,
    libusb_handle_events_timeout_completed: () => Promise.resolve(0),
  } as unknown as Symbols;
  const pump = new EventPump(usb, {} as Deno.PointerObject);
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
  const pump = new EventPump(usb, {} as Deno.PointerObject);
  await pump.drain();
  await pump.close(20);
  assert.ok(pump.isRunning);
});
