import assert from "node:assert/strict";
import { systemClock } from "../../../core/common/clock.ts";
import { isKind, UnbrickError } from "../../../core/common/errors.ts";
import { waitingNamesOf } from "../../../tests/support/ffi/hanging_library.ts";
import { boundedKernel } from "./calls.ts";
import { openWindowsPort } from "./port.ts";
import { type Kernel, kernelSymbols } from "./symbols.ts";

const names = waitingNamesOf(kernelSymbols);
/** Nobody waits for the end of this call. */
const unawaited = new Set(["CloseHandle"]);
/** Calls that only an unfinished transfer needs. */
const ofCancelling = new Set(["CancelIoEx", "GetOverlappedResult"]);
const ERROR_IO_PENDING = 997, WAIT_OBJECT_0 = 0, WAIT_TIMEOUT = 258;
/** The longest deadline of a call, and the time that a busy machine may add, ms. */
const DEADLINE_MS = 6_000, SLACK_MS = 3_000;
const never = () => new Promise<never>(() => {});

/** A Windows on which everything succeeds at once, except for one call that never returns. */
function windows(call: string): Kernel {
  const handle = Deno.UnsafePointer.create(0x40n);
  const moves = (overlapped: Uint8Array) => {
    new DataView(overlapped.buffer).setBigUint64(8, 1n, true); // one byte
    return 0;
  };
  const kernel: Record<string, unknown> = {
    ...Object.fromEntries(names.map((name) => [name, () => Promise.resolve(1)])),
    CreateFileW: () => Promise.resolve(handle),
    CreateEventW: () => handle,
    SetEvent: () => 1,
    closeHandleNow: () => 1,
    GetLastError: () => ERROR_IO_PENDING,
    ReadFile: (...given: Uint8Array[]) => moves(given[4]),
    WriteFile: (...given: Uint8Array[]) => moves(given[4]),
    WaitForMultipleObjects: () =>
      Promise.resolve(ofCancelling.has(call) ? WAIT_TIMEOUT : WAIT_OBJECT_0),
  };
  return { ...kernel, [call]: never } as unknown as Kernel;
}

/** Everything that is done with a port. */
async function use(call: string, signal: AbortSignal): Promise<void> {
  const limit = { subject: "the serial port COM3", port: "1-2", signal };
  const kernel = boundedKernel(windows(call), limit);
  const options = { timeoutMs: 200, signal };
  const port = await openWindowsPort(kernel, "COM3", { baudRate: 55_000 });
  try {
    await port.setBaudRate(9_600);
    await port.setSignals({ dtr: true });
    await port.write(Uint8Array.of(1), options);
    await port.read(1, options);
  } finally {
    await port.close();
  }
}

Deno.test("Windows: whichever call into kernel32 hangs, the work ends by its deadline and names it", async () => {
  const { signal } = new AbortController();
  await use("nothing", signal);
  await Promise.all(names.map(async (call) => {
    const start = systemClock.now();
    const error = await use(call, signal).then(() => undefined, (error) => error);
    assert.ok(systemClock.now() - start < DEADLINE_MS + SLACK_MS, call);
    if (unawaited.has(call)) return assert.equal(error, undefined);
    assert.ok(isKind(error, "timeout"), `${call}: ${error}`);
    assert.deepEqual([error.data.call, error.data.port], [call, "1-2"]);
  }));
});

Deno.test("Windows: whichever call into kernel32 hangs, an abort ends the work within two seconds", async () => {
  await Promise.all(names.map(async (call) => {
    const stop = new AbortController();
    const work = use(call, stop.signal).then(() => undefined, (error) => error);
    await systemClock.sleep(100);
    const start = systemClock.now();
    stop.abort(new UnbrickError("cancelled", "Stopped by the user."));
    await work;
    assert.ok(systemClock.now() - start < 2_000, `${call}: ${systemClock.now() - start} ms`);
  }));
});
