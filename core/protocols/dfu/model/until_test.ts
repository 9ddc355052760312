import assert from "node:assert/strict";
import { never, until } from "./until.ts";

/** A signal that counts who listens to it. */
function host() {
  const abort = new AbortController();
  const { signal } = abort;
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (name: string, listener: EventListener) => {
    listeners.add(listener);
    addEventListener.call(signal, name, listener);
  };
  signal.removeEventListener = (name: string, listener: EventListener) => {
    listeners.delete(listener);
    removeEventListener.call(signal, name, listener);
  };
  return { abort, signal, listeners };
}

Deno.test("the wait settles with its promise, and listens no longer", async () => {
  const { signal, listeners } = host();
  assert.equal(await until(Promise.resolve(5), signal), 5);
  await assert.rejects(until(Promise.reject(new Error("no")), signal), /no/);
  await Promise.resolve();
  assert.equal(listeners.size, 0);
});

Deno.test("the wait rejects with the reason of its signal, before and during it", async () => {
  const { abort, signal, listeners } = host();
  const waiting = assert.rejects(until(never, signal), /unplugged/);
  assert.equal(listeners.size, 1);
  abort.abort(new Error("unplugged"));
  await waiting;
  await assert.rejects(until(Promise.resolve(1), signal), /unplugged/);
  assert.equal(listeners.size, 1, "nobody listens to a signal that is over");
});
