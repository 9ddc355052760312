import { UnbrickError } from "../../../core/common/errors.ts";
import type { PosixCalls } from "../posix/calls.ts";
import { posixError } from "../posix/codes.ts";
import type { LineSetup } from "../posix/port.ts";
import { bytes, struct, u32, u8 } from "../../../core/common/struct.ts";
import { text } from "../../../core/common/text.ts";

/** ioctl numbers of x64 and arm64 (alif-isp.md A.2). */
const TCGETS2 = 0x802C542A, TCSETS2 = 0x402C542B, TCSETSW2 = 0x402C542C;
const TIOCGSERIAL = 0x541E, TIOCSSERIAL = 0x541F;

/** struct termios2. */
export const TERMIOS2 = struct("termios2", {
  c_iflag: u32,
  c_oflag: u32,
  c_cflag: u32,
  c_lflag: u32,
  c_line: u8,
  c_cc: bytes(19),
  /** Bits a second. */
  c_ispeed: u32,
  /** Bits a second. */
  c_ospeed: u32,
});
const VTIME = 5, VMIN = 6;
/** Flags: any rate as a number; 8 data bits; receiver on; DTR off at close; no modem. */
const BOTHER = 0o010000, CS8 = 0o60, CREAD = 0o200, HUPCL = 0o2000, CLOCAL = 0o4000;

/** struct serial_struct of 64-bit Linux. */
const SERIAL = struct("serial_struct", { before: bytes(16), flags: u32, after: bytes(52) });
/**
 * For an FTDI chip: latency timer of 1 ms. The only flag besides speeds that every user may set.
 */
const ASYNC_LOW_LATENCY = 1 << 13;

/** How far the adapter's own rate may be from the requested one, as a fraction. */
const RATE_TOLERANCE = 0.03;

/** Sets up lines with termios2, which accepts any rate. */
export function linuxLine(calls: PosixCalls): LineSetup {
  async function set(
    request: number,
    fd: number,
    path: string,
    baudRate: number,
  ): Promise<void> {
    const c_cc = new Uint8Array(19);
    c_cc[VTIME] = 0;
    c_cc[VMIN] = 1;
    const termios = TERMIOS2.encode({
      ...{ c_iflag: 0, c_oflag: 0, c_lflag: 0, c_line: 0, c_cc },
      c_cflag: BOTHER | CS8 | CREAD | HUPCL | CLOCAL,
      ...{ c_ispeed: baudRate, c_ospeed: baudRate },
    });
    if (await calls.ioctl(fd, request, termios) < 0) throw posixError(calls.errno(), path);
    if (await calls.ioctl(fd, TCGETS2, termios) < 0) throw posixError(calls.errno(), path);
    requireRate(path, baudRate, TERMIOS2.decode(termios).c_ospeed);
  }
  return {
    // Takes effect at once: a terminal echoes until it is raw, and with a device that never stops
    // sending, waiting for the echo would never end.
    configure: (fd, path, baudRate) => set(TCSETS2, fd, path, baudRate),
    setBaudRate: (fd, path, baudRate) => set(TCSETSW2, fd, path, baudRate),
    async hurry(fd) {
      const serial = new Uint8Array(SERIAL.size);
      if (await calls.ioctl(fd, TIOCGSERIAL, serial) < 0) return; // a driver without such settings
      const { flags, ...rest } = SERIAL.decode(serial);
      SERIAL.write(serial, 0, { ...rest, flags: (flags | ASYNC_LOW_LATENCY) >>> 0 });
      await calls.ioctl(fd, TIOCSSERIAL, serial); // it only affects speed
    },
  };
}

function requireRate(path: string, wanted: number, actual: number): void {
  if (Math.abs(actual / wanted - 1) <= RATE_TOLERANCE) return;
  throw new UnbrickError(
    "driver",
    text`The serial adapter ${path} cannot use ${wanted} baud. The nearest rate is ${actual}.`,
    { path, baudRate: wanted, nearest: actual },
  );
}
