import { type PosixCalls, withErrno } from "../posix/calls.ts";
import { commonCalls, wakeable } from "../posix/common.ts";
import type { DarwinLibrary } from "../posix/symbols.ts";

/** struct fd_set: 1024 bits in 32-bit words. */
const FD_SET_SIZE = 128;
/** The registers between the two places of a variable argument (posix/symbols.ts). */
const NONE = [0n, 0n, 0n, 0n, 0n] as const;

/** The system calls of macOS. */
export function darwinCalls(libc: DarwinLibrary): PosixCalls {
  return {
    ...commonCalls(libc),
    numbers: {
      O_NOCTTY: 0x20000,
      O_NONBLOCK: 0x4,
      O_CLOEXEC: 0x1000000,
      TCIFLUSH: 1,
      TCOFLUSH: 2,
      TCIOFLUSH: 3,
      TIOCEXCL: 0x2000740D,
      TIOCMBIS: 0x8004746C,
      TIOCMBIC: 0x8004746B,
      TIOCOUTQ: 0x40047473,
      EAGAIN: 35,
    },
    ioctl: (fd, request, argument) => {
      const number = BigInt(request);
      return withErrno(
        () => libc.ioctl(fd, number, argument, ...NONE, argument),
        () => libc.ioctlNow(fd, number, argument, ...NONE, argument),
      );
    },
    // poll() of macOS does not support every device file; select() does.
    wait: (fd, what, options) =>
      wakeable(libc, options, async (wake, timeoutMs) => {
        const time = new BigInt64Array([
          BigInt(Math.floor(timeoutMs / 1000)),
          BigInt(timeoutMs % 1000 * 1000),
        ]);
        const read = fdSet(what === "read" ? [fd, wake] : [wake]);
        const write = fdSet(what === "write" ? [fd] : []);
        await libc.select(Math.max(fd, wake) + 1, read, write, null, time);
      }),
  };
}

function fdSet(descriptors: readonly number[]): Uint32Array<ArrayBuffer> {
  const set = new Uint32Array(FD_SET_SIZE / 4);
  for (const fd of descriptors) set[fd >> 5] |= 1 << (fd & 31);
  return set;
}
