import assert from "node:assert/strict";
import { systemClock } from "../../../core/common/clock.ts";
import { isKind, UnbrickError } from "../../../core/common/errors.ts";
import { FakeKernel32 } from "../../../tests/support/ffi/fake_kernel32.ts";
import { withLibraries } from "../../../tests/support/ffi/fake_library.ts";
import type { SystemPort } from "../system.ts";
import { boundedKernel } from "./calls.ts";
import { openWindowsPort } from "./port.ts";
import { type Kernel, kernelSymbols } from "./symbols.ts";

const { signal } = new AbortController();
const soon = { timeoutMs: 2_000, signal };
const limit = { subject: "the serial port COM3", port: "1-2" };
const settings = { baudRate: 55_000 };

function kernelOf(kernel32: FakeKernel32): Kernel {
  const libraries = { "kernel32.dll": kernel32 };
  const { symbols } = withLibraries(
    libraries,
    () => Deno.dlopen("kernel32.dll", kernelSymbols),
  );
  return boundedKernel(symbols, limit);
}

/** A port that is open, and its Windows with no calls yet. */
async function opened(given: Parameters<typeof openWindowsPort>[2] = settings) {
  const kernel32 = new FakeKernel32();
  const port = await openWindowsPort(kernelOf(kernel32), "COM3", given);
  const opening = kernel32.calls.splice(0);
  return { kernel32, port, opening };
}

/** 28 bytes: length, rate, flags; limits that are kept; 8 data bits, no parity, one stop bit. */
const dcb = (rate: string, flags: string) =>
  `1c000000${rate}${flags}${"ee".repeat(6)}080000${"ee".repeat(7)}`;
const getState = `GetCommState(40, 1c000000${"00".repeat(24)})`;
const setState = (rate: string, flags: string) => `SetCommState(40, ${dcb(rate, flags)})`;

Deno.test("Windows: every call that opens a port, and what each setting changes", async () => {
  const open = await opened();
  assert.deepEqual(open.opening, [
    "CreateFileW(\\\\.\\COM3, c0000000, 0, null, 3, 40000000, null)",
    "SetCommTimeouts(40, fffffffffffffffffeffffff0000000000000000)",
    getState,
    setState("d8d60000", "11100000"),
    "PurgeComm(40, 8)",
  ]);
  const line = async (given: { dtr?: boolean; rts?: boolean }) =>
    (await opened({ ...settings, ...given })).opening[3];
  assert.equal(await line({ dtr: false }), setState("d8d60000", "01100000"));
  assert.equal(await line({ rts: false }), setState("d8d60000", "11000000"));
  assert.equal(await line({ rts: false, dtr: false }), setState("d8d60000", "01000000"));
});

const changes: readonly [(port: SystemPort) => Promise<void>, string[]][] = [
  [(port) => port.setSignals({ dtr: true }), ["EscapeCommFunction(40, 5)"]],
  [(port) => port.setSignals({ dtr: false }), ["EscapeCommFunction(40, 6)"]],
  [(port) => port.setSignals({ rts: true }), ["EscapeCommFunction(40, 3)"]],
  [(port) => port.setSignals({ rts: false }), ["EscapeCommFunction(40, 4)"]],
  [(port) => port.setSignals({}), []],
  [(port) => port.discardInput(), ["PurgeComm(40, 8)"]],
  [(port) => port.setBaudRate(921_600), [getState, setState("00100e00", "11100000")]],
];

Deno.test("Windows: a signal, a rate and the input change with these calls", async () => {
  for (const [change, wanted] of changes) {
    const { kernel32, port } = await opened();
    await change(port);
    assert.deepEqual(kernel32.calls, wanted);
  }
});

Deno.test("Windows: another rate keeps the signals as they were set last", async () => {
  const { kernel32, port } = await opened();
  for (
    const [signals, flags] of [
      [{ dtr: false }, "01100000"],
      [{ rts: false }, "01000000"],
      [{ dtr: true }, "11000000"],
      [{ rts: true }, "11100000"],
    ] as const
  ) {
    await port.setSignals(signals);
    await port.setBaudRate(9_600);
    assert.equal(kernel32.calls.at(-1), setState("80250000", flags));
  }
});

Deno.test("Windows: a read takes what has come, at most what is asked for, in one transfer", async () => {
  const { kernel32, port } = await opened();
  kernel32.receive(1, 2, 3, 4, 5);
  assert.deepEqual(await port.read(3, soon), Uint8Array.of(1, 2, 3));
  assert.deepEqual(await port.read(9, soon), Uint8Array.of(4, 5));
  const reads = kernel32.calls.filter((call) => call.startsWith("ReadFile"));
  assert.deepEqual(reads.map((call) => call.split(", ")[2]), ["3", "2"]);
  assert.equal(kernel32.open, 1);
});

Deno.test("Windows: a read of nothing waits for one byte, and takes what came with it", async () => {
  for (
    const [length, came, taken] of [
      [9, [1, 2, 3], [1, 2, 3]],
      [2, [1, 2, 3], [1, 2]],
      [1, [1, 2, 3], [1]],
      [9, [1], [1]],
    ] as const
  ) {
    const { kernel32, port } = await opened();
    const reading = port.read(length, soon);
    setTimeout(() => kernel32.receive(...came), 5);
    assert.deepEqual(await reading, Uint8Array.of(...taken));
    assert.equal(kernel32.open, 1);
  }
});

Deno.test("Windows: a wait is as long as the deadline, rounded up", async () => {
  for (
    const [timeoutMs, wait] of [
      [1.2, "2"],
      [-5, "0"],
      [2_000, "7d0"],
    ] as const
  ) {
    const { kernel32, port } = await opened();
    const reading = port.read(4, { timeoutMs, signal });
    await systemClock.sleep(10);
    if (timeoutMs > 10) kernel32.receive(7);
    assert.deepEqual(await reading, timeoutMs > 10 ? Uint8Array.of(7) : undefined);
    const waits = kernel32.calls.filter((call) => call.startsWith("WaitFor"));
    assert.deepEqual(waits, [
      `WaitForMultipleObjects(2, 01010000000000000201000000000000, 0, ${wait})`,
    ]);
    assert.equal(kernel32.open, 1);
  }
});

Deno.test("Windows: a deadline cancels the read, and an abort too, at once", async () => {
  const { kernel32, port } = await opened();
  assert.equal(await port.read(4, { timeoutMs: 5, signal }), undefined);
  assert.equal(kernel32.calls.filter((call) => call.startsWith("CancelIoEx(40, ")).length, 1);
  const stop = new AbortController();
  const reading = port.read(4, { timeoutMs: 60_000, signal: stop.signal });
  await systemClock.sleep(5);
  stop.abort(new UnbrickError("cancelled", "Enough."));
  await assert.rejects(reading, /Enough/);
  const before = kernel32.calls.length;
  await assert.rejects(port.read(4, { ...soon, signal: stop.signal }), /Enough/);
  assert.ok(kernel32.calls.slice(before).every((call) => call.startsWith("ClearCommError")));
  assert.equal(kernel32.open, 1);
});

Deno.test("Windows: a write is whole, or its rest is thrown away", async () => {
  const { kernel32, port } = await opened();
  assert.equal(await port.write(Uint8Array.of(1, 2, 3), soon), true);
  assert.deepEqual([kernel32.sent, kernel32.calls.at(-1)?.startsWith("PurgeComm")], [
    [1, 2, 3],
    false,
  ]);
  kernel32.room = 2;
  assert.equal(await port.write(Uint8Array.of(4, 5, 6), { timeoutMs: 5, signal }), false);
  assert.deepEqual([kernel32.sent, kernel32.calls.at(-1)], [[1, 2, 3, 4, 5], "PurgeComm(40, 5)"]);
  kernel32.calls.length = 0;
  await assert.rejects(port.write(Uint8Array.of(7), { ...soon, signal: AbortSignal.abort() }));
  assert.deepEqual(kernel32.calls, ["PurgeComm(40, 5)"]);
});

Deno.test("Windows: closing throws away what is not sent, and never fails", async () => {
  const { kernel32, port } = await opened();
  kernel32.refused.PurgeComm = 31;
  await port.close();
  assert.deepEqual(kernel32.calls, ["PurgeComm(40, 5)", "CloseHandle(40)"]);
  assert.equal(kernel32.open, 0);
});

Deno.test("Windows: a device that leaves ends a transfer as disconnected, with the status", async () => {
  for (const status of [0xC000_009D, 0xC000_0120, 0x8000_0000, 0]) {
    const { kernel32, port } = await opened();
    const reading = port.read(4, soon);
    await systemClock.sleep(5);
    kernel32.fail(status);
    const error = await reading.catch((error) => error);
    assert.ok(isKind(error, "disconnected"), `${status}: ${error}`);
    assert.equal(error.data.status, `0x${status.toString(16).toUpperCase().padStart(8, "0")}`);
    assert.equal(kernel32.open, 1);
  }
});

/** What is done with an open port, and the call that refuses it. */
const uses: Readonly<Record<string, (port: SystemPort) => Promise<unknown>>> = {
  GetCommState: (port) => port.setBaudRate(9_600),
  SetCommState: (port) => port.setBaudRate(9_600),
  EscapeCommFunction: (port) => port.setSignals({ rts: true }),
  PurgeComm: (port) => port.discardInput(),
  ClearCommError: (port) => port.read(1, soon),
  ReadFile: (port) => port.read(1, soon),
  WriteFile: (port) => port.write(Uint8Array.of(1), soon),
};

Deno.test("Windows: a call that fails with an open port says why; without access the device is gone", async () => {
  for (const [call, use] of Object.entries(uses)) {
    for (
      const [code, kind] of [[5, "disconnected"], [31, "disconnected"], [50, "driver"]] as const
    ) {
      const { kernel32, port } = await opened();
      kernel32.refused[call] = code;
      const error = await use(port).then(() => undefined, (error) => error);
      assert.ok(isKind(error, kind), `${call} ${code}: ${error}`);
      assert.equal(error.data.code, code);
    }
  }
});

Deno.test("Windows: a call that fails only on its own thread has succeeded the second time", async () => {
  for (const [call, use] of Object.entries(uses)) {
    if (/File$/.test(call)) continue;
    const { kernel32, port } = await opened();
    kernel32.receive(1);
    kernel32.refused[call] = 31;
    queueMicrotask(() => delete kernel32.refused[call]);
    await use(port);
  }
});

Deno.test("Windows: a port that cannot be opened or set up is closed again", async () => {
  for (
    const [call, code, kind] of [
      ["CreateFileW", 2, "not-found"],
      ["CreateFileW", 5, "busy"],
      ["SetCommTimeouts", 31, "disconnected"],
      ["GetCommState", 31, "disconnected"],
      ["SetCommState", 87, "driver"],
      ["PurgeComm", 5, "disconnected"],
    ] as const
  ) {
    const kernel32 = new FakeKernel32();
    kernel32.refused[call] = code;
    const error = await openWindowsPort(kernelOf(kernel32), "COM3", settings)
      .then(() => undefined, (error) => error);
    assert.ok(isKind(error, kind), `${call}: ${error}`);
    assert.equal(error.data.code, code);
    assert.equal(kernel32.open, 0);
  }
});
