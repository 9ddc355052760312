import assert from "node:assert/strict";
import { isKind, UnbrickError } from "../../../core/common/errors.ts";
import { waitingNamesOf } from "../../../tests/support/ffi/hanging_library.ts";
import { onVirtualSystemClock } from "../../../tests/support/ffi/virtual_system_clock.ts";
import { boundedKernel } from "./calls.ts";
import { openWindowsPort } from "./port.ts";
import { type Kernel, kernelSymbols } from "./symbols.ts";

const names = waitingNamesOf(kernelSymbols);
/** Nobody waits for the end of this call. */
const unawaited = new Set(["CloseHandle"]);
/** Calls that only an unfinished transfer needs. */
const ofCancelling = new Set(["CancelIoEx", "GetOverlappedResult"]);
const ERROR_IO_PENDING = 997, WAIT_OBJECT_0 = 0, WAIT_TIMEOUT = 258;
/** The longest deadline of a call, and how long closing may take afterwards, ms. */
const DEADLINE_MS = 6_000, CLOSE_MS = 1_000;
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
  for (const call of names) {
    await onVirtualSystemClock(async (clock) => {
      const error = await use(call, signal).then(() => undefined, (error) => error);
      assert.ok(clock.elapsed <= DEADLINE_MS + CLOSE_MS, `${call}: ${clock.elapsed} ms`);
      if (unawaited.has(call)) return assert.equal(error, undefined);
      assert.ok(isKind(error, "timeout"), `${call}: ${error}`);
      assert.deepEqual([error.data.call, error.data.port], [call, "1-2"]);
    });
  }
});

Deno.test("Windows: whichever call into kernel32 hangs, an abort ends the work within two seconds", async () => {
  for (const call of names) {
    await onVirtualSystemClock(async (clock) => {
      const stop = new AbortController();
      const work = use(call, stop.signal).then(() => undefined, (error) => error);
      await clock.sleep(100);
      stop.abort(new UnbrickError("cancelled", "Stopped by the user."));
      const error = await work;
      assert.ok(clock.elapsed < 100 + 2_000, `${call}: ${clock.elapsed} ms`);
      if (!unawaited.has(call)) assert.ok(isKind(error, "cancelled"), `${call}: ${error}`);
    });
  }
});
