import type { PosixCalls } from "../posix/calls.ts";
import { posixError } from "../posix/codes.ts";
import type { LineSetup } from "../posix/port.ts";
import type { DarwinLibrary } from "../posix/symbols.ts";
import { rateRefused } from "../rate.ts";

/** Any rate, as a 32-bit number (alif-isp.md A.2). */
const IOSSIOSPEED = 0x80045402;
/** How long an adapter may hold what it received, as a 64-bit number of microseconds. */
const IOSSDATALAT = 0x80085400;
const LATENCY_US = 1_000n;
/** struct termios: four 64-bit flag words, 20 bytes c_cc, 4 bytes nothing, two 64-bit rates. */
const TERMIOS = {
  size: 72,
  c_cflag: 16,
  c_cc: 32,
  c_ispeed: 56,
  c_ospeed: 64,
} as const;
const VMIN = 16, VTIME = 17;
const CSIZE = 0x300, CS8 = 0x300, CSTOPB = 0x400, CREAD = 0x800, PARENB = 0x1000;
const HUPCL = 0x4000, CLOCAL = 0x8000, CRTSCTS = 0x30000;
const TCSANOW = 0;
/** A rate that tcsetattr knows, before IOSSIOSPEED sets the real one. */
const KNOWN_RATE = 9600n;

/** Lines by termios and, for the rate, IOSSIOSPEED. Never tried on a Mac. */
export function darwinLine(libc: DarwinLibrary, calls: PosixCalls): LineSetup {
  async function setBaudRate(fd: number, path: string, baudRate: number): Promise<void> {
    const rate = new Uint8Array(new Uint32Array([baudRate]).buffer);
    if (await calls.ioctl(fd, IOSSIOSPEED, rate) >= 0) return;
    throw rateRefused(path, baudRate, { errno: calls.errno() });
  }
  return {
    async configure(fd, path, baudRate) {
      const termios = new Uint8Array(TERMIOS.size);
      if (libc.tcgetattr(fd, termios) < 0) throw posixError(calls.errno(), path);
      libc.cfmakeraw(termios);
      const view = new DataView(termios.buffer);
      const kept = view.getUint32(TERMIOS.c_cflag, true) & ~(CSIZE | CSTOPB | PARENB | CRTSCTS);
      view.setBigUint64(TERMIOS.c_cflag, BigInt(kept | CS8 | CREAD | HUPCL | CLOCAL), true);
      termios[TERMIOS.c_cc + VMIN] = 1;
      termios[TERMIOS.c_cc + VTIME] = 0;
      view.setBigUint64(TERMIOS.c_ispeed, KNOWN_RATE, true);
      view.setBigUint64(TERMIOS.c_ospeed, KNOWN_RATE, true);
      if (libc.tcsetattr(fd, TCSANOW, termios) < 0) throw posixError(calls.errno(), path);
      await setBaudRate(fd, path, baudRate);
    },
    setBaudRate,
    async hurry(fd) {
      const latency = new Uint8Array(BigUint64Array.of(LATENCY_US).buffer);
      await calls.ioctl(fd, IOSSDATALAT, latency); // only a matter of speed
    },
  };
}
