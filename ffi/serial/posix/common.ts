import { UnbrickError } from "../../../core/common/errors.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";
import { type PosixCalls, withErrno } from "./calls.ts";
import { type CommonLibrary, cString } from "./symbols.ts";
import { text } from "../../../core/common/text.ts";

/** The calls that need nothing but the C library. */
export function commonCalls(
  libc: CommonLibrary,
): Pick<PosixCalls, "errno" | "open" | "close" | "read" | "write" | "flock" | "tcflush"> {
  return {
    errno: () => new Deno.UnsafePointerView(libc.errno()!).getInt32(),
    open: (path, flags) => {
      const name = cString(path);
      return withErrno(() => libc.open(name, flags), () => libc.openNow(name, flags));
    },
    close: (fd) => libc.close(fd),
    read: (fd, buffer) => Number(libc.read(fd, buffer, BigInt(buffer.length))),
    write: (fd, bytes) => Number(libc.write(fd, bytes, BigInt(bytes.length))),
    flock: (fd, operation) => libc.flock(fd, operation),
    tcflush: (fd, queue) => libc.tcflush(fd, queue),
  };
}

/** The longest single wait; the caller looks at its deadline and waits again. */
const MAX_WAIT_MS = 60_000;

/**
 * Waits by `wait(wake, timeoutMs)`, which must end when something happens to the descriptor `wake`:
 * the reading end of a pipe that is closed when the signal aborts.
 */
export async function wakeable(
  libc: CommonLibrary,
  { timeoutMs, signal }: TransferOptions,
  wait: (wake: number, timeoutMs: number) => Promise<unknown>,
): Promise<void> {
  if (signal.aborted) return;
  const ends = new Int32Array(2);
  if (libc.pipe(ends) !== 0) {
    throw new UnbrickError("driver", text`The operating system has no file descriptors left.`);
  }
  const [wake, held] = ends;
  const onAbort = () => void libc.closeNow(held);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await wait(wake, Math.min(Math.max(0, Math.ceil(timeoutMs)), MAX_WAIT_MS));
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!signal.aborted) libc.closeNow(held);
    libc.closeNow(wake);
  }
}
