import { whenAborted } from "../../../core/common/clock.ts";
import { UnbrickError } from "../../../core/common/errors.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";
import { type PosixCalls, withErrno } from "./calls.ts";
import { type CommonLibrary, cString } from "./symbols.ts";
import { text } from "../../../core/common/text.ts";

/** Returns the calls that need only the C library. */
export function commonCalls(
  libc: CommonLibrary,
): Omit<PosixCalls, "numbers" | "ioctl" | "wait"> {
  return {
    errno: () => new Deno.UnsafePointerView(libc.errno()!).getInt32(),
    open: (path, flags) => {
      const name = cString(path);
      return withErrno(() => libc.open(name, flags), () => libc.openNow(name, flags));
    },
    close: (fd) => libc.close(fd),
    read: async (fd, buffer) => {
      const size = BigInt(buffer.length);
      return Number(
        await withErrno(() => libc.read(fd, buffer, size), () => libc.readNow(fd, buffer, size)),
      );
    },
    write: async (fd, bytes) => {
      const size = BigInt(bytes.length);
      return Number(
        await withErrno(() => libc.write(fd, bytes, size), () => libc.writeNow(fd, bytes, size)),
      );
    },
    flock: (fd, operation) =>
      withErrno(() => libc.flock(fd, operation), () => libc.flockNow(fd, operation)),
    tcflush: (fd, queue) =>
      withErrno(() => libc.tcflush(fd, queue), () => libc.tcflushNow(fd, queue)),
    tcgetattr: (fd, termios) =>
      withErrno(() => libc.tcgetattr(fd, termios), () => libc.tcgetattrNow(fd, termios)),
    tcsetattr: (fd, when, termios) =>
      withErrno(
        () => libc.tcsetattr(fd, when, termios),
        () => libc.tcsetattrNow(fd, when, termios),
      ),
  };
}

/**
 * Waits with `wait(wake, timeoutMs)`, which must end at an event on the descriptor `wake`: the read
 * end of a pipe that is closed when the signal aborts.
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
  let waking: Promise<unknown> | undefined;
  const forget = whenAborted(signal, () => waking = libc.close(held));
  try {
    await wait(wake, Math.max(0, Math.ceil(timeoutMs)));
  } finally {
    forget();
    await Promise.all([waking ?? libc.close(held), libc.close(wake)]);
  }
}
