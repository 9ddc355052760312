import { type PosixCalls, withErrno } from "../posix/calls.ts";
import { commonCalls, wakeable } from "../posix/common.ts";
import type { LinuxLibrary } from "../posix/symbols.ts";
import { i16, i32, struct } from "../../../core/common/struct.ts";

/** Events of poll(2). */
const POLLIN = 1, POLLOUT = 4;

const POLLFD = struct("pollfd", { fd: i32, events: i16, revents: i16 });
const POLLED = struct("two pollfd", { port: POLLFD, wake: POLLFD });

/** The system calls of Linux. */
export function linuxCalls(libc: LinuxLibrary): PosixCalls {
  return {
    ...commonCalls(libc),
    numbers: {
      O_NOCTTY: 0o400,
      O_NONBLOCK: 0o4000,
      O_CLOEXEC: 0o2000000,
      TCIFLUSH: 0,
      TCOFLUSH: 1,
      TCIOFLUSH: 2,
      TIOCEXCL: 0x540C,
      TIOCMBIS: 0x5416,
      TIOCMBIC: 0x5417,
      TIOCOUTQ: 0x5411,
      EAGAIN: 11,
    },
    ioctl: (fd, request, argument) => {
      const number = BigInt(request);
      return withErrno(
        () => libc.ioctl(fd, number, argument),
        () => libc.ioctlNow(fd, number, argument),
      );
    },
    wait: (fd, what, options) =>
      wakeable(libc, options, async (wake, timeoutMs) => {
        const polled = POLLED.encode({
          port: { fd, events: what === "read" ? POLLIN : POLLOUT, revents: 0 },
          wake: { fd: wake, events: POLLIN, revents: 0 },
        });
        await libc.poll(polled, 2n, timeoutMs);
      }),
  };
}
