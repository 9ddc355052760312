import { throwIfAborted, whenAborted } from "../../../core/common/clock.ts";
import { hex } from "../../../core/common/format.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";
import { openPortError, portLeft } from "./codes.ts";
import type { Kernel } from "./symbols.ts";
import { at, struct, u32, u64 } from "../../../core/common/struct.ts";

/** struct OVERLAPPED of 64-bit Windows. */
const OVERLAPPED = struct("OVERLAPPED", {
  /** An NTSTATUS. */
  Internal: u32,
  /** Bytes moved. */
  InternalHigh: at(8, u64),
  hEvent: at(24, u64),
});
const STATUS_CANCELLED = 0xC000_0120, FIRST_ERROR = 0x8000_0000;
const WAIT_OBJECT_0 = 0, ERROR_IO_PENDING = 997;

/**
 * Memory that Windows may still write to, because a driver did not return a transfer: kept until
 * the process ends.
 */
const lost = new Set<unknown>();

/** Reads and writes that wait on another thread and can be cancelled. */
export class Overlapped {
  constructor(
    private readonly kernel: Kernel,
    private readonly handle: Deno.PointerObject,
    private readonly path: string,
  ) {}

  /**
   * Runs ReadFile or WriteFile.
   * @returns the bytes moved by its end, or by the deadline, when the rest is cancelled
   * @throws UnbrickError `timeout` if it cannot even be cancelled
   */
  async run(
    start: (overlapped: Uint8Array<ArrayBuffer>) => number,
    { timeoutMs, signal }: TransferOptions,
  ): Promise<number> {
    throwIfAborted(signal);
    const { kernel } = this;
    const done = kernel.CreateEventW(null, 1, 0, null);
    const wake = kernel.CreateEventW(null, 1, 0, null);
    const hEvent = Deno.UnsafePointer.value(done);
    const overlapped = OVERLAPPED.encode({ Internal: 0, InternalHigh: 0n, hEvent });
    const forget = whenAborted(signal, () => void kernel.SetEvent(wake));
    let isCancelled = false, isPending = false;
    try {
      if (!start(overlapped)) {
        const code = kernel.GetLastError();
        if (code !== ERROR_IO_PENDING) throw openPortError(code, this.path);
        isPending = true;
        const events = BigUint64Array.of(...[done, wake].map(Deno.UnsafePointer.value));
        const wait = Math.max(0, Math.ceil(timeoutMs));
        const waiting = kernel.WaitForMultipleObjects(2, new Uint8Array(events.buffer), 0, wait);
        const first = await waiting;
        isCancelled = first !== WAIT_OBJECT_0;
        if (isCancelled) await kernel.CancelIoEx(this.handle, overlapped);
        await kernel.GetOverlappedResult(this.handle, overlapped, new Uint8Array(4), 1);
        isPending = false;
      }
      throwIfAborted(signal);
      const { Internal: status, InternalHigh } = OVERLAPPED.decode(overlapped);
      const moved = Number(InternalHigh);
      // Nothing was moved, but not because of the deadline: the device is gone.
      const isEnd = isCancelled && status === STATUS_CANCELLED;
      if ((status < FIRST_ERROR || isEnd) && (moved > 0 || isCancelled)) return moved;
      throw portLeft(this.path, { status: hex(status, 8) });
    } finally {
      forget();
      if (isPending) lost.add([start, overlapped]);
      else for (const event of [done, wake]) kernel.closeHandleNow(event);
    }
  }
}
