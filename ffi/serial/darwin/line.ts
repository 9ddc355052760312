import type { PosixCalls } from "../posix/calls.ts";
import { posixError } from "../posix/codes.ts";
import type { LineSetup } from "../posix/port.ts";
import type { DarwinLibrary } from "../posix/symbols.ts";
import { rateRefused } from "../rate.ts";
import { at, bytes, struct, u64 } from "../../../core/common/struct.ts";

/** Any rate, as a 32-bit number (alif-isp.md A.2). */
const IOSSIOSPEED = 0x80045402;
/** How long an adapter may hold received bytes, as a 64-bit number of microseconds. */
const IOSSDATALAT = 0x80085400;
const LATENCY_US = 1_000n;
/** struct termios. */
const TERMIOS = struct("termios", {
  c_iflag: u64,
  c_oflag: u64,
  c_cflag: u64,
  c_lflag: u64,
  c_cc: bytes(20),
  /** Bits a second. */
  c_ispeed: at(56, u64),
  /** Bits a second. */
  c_ospeed: u64,
});
const VMIN = 16, VTIME = 17;
const CSIZE = 0x300, CS8 = 0x300, CSTOPB = 0x400, CREAD = 0x800, PARENB = 0x1000;
const HUPCL = 0x4000, CLOCAL = 0x8000, CRTSCTS = 0x30000;
const TCSANOW = 0;
/** A rate that tcsetattr accepts, before IOSSIOSPEED sets the real one. */
const KNOWN_RATE = 9600n;

/** Sets up lines with termios and, for the rate, IOSSIOSPEED. Never tried on a Mac. */
export function darwinLine(libc: DarwinLibrary, calls: PosixCalls): LineSetup {
  async function setBaudRate(fd: number, path: string, baudRate: number): Promise<void> {
    const rate = new Uint8Array(new Uint32Array([baudRate]).buffer);
    if (await calls.ioctl(fd, IOSSIOSPEED, rate) >= 0) return;
    throw rateRefused(path, baudRate, { errno: calls.errno() });
  }
  return {
    async configure(fd, path, baudRate) {
      const termios = new Uint8Array(TERMIOS.size);
      if (await calls.tcgetattr(fd, termios) < 0) throw posixError(calls.errno(), path);
      libc.cfmakeraw(termios);
      const set = TERMIOS.decode(termios);
      const kept = set.c_cflag & ~BigInt(CSIZE | CSTOPB | PARENB | CRTSCTS);
      const c_cflag = kept | BigInt(CS8 | CREAD | HUPCL | CLOCAL);
      set.c_cc[VMIN] = 1;
      set.c_cc[VTIME] = 0;
      TERMIOS.write(termios, 0, { ...set, c_cflag, c_ispeed: KNOWN_RATE, c_ospeed: KNOWN_RATE });
      if (await calls.tcsetattr(fd, TCSANOW, termios) < 0) throw posixError(calls.errno(), path);
      await setBaudRate(fd, path, baudRate);
    },
    setBaudRate,
    async hurry(fd) {
      const latency = new Uint8Array(BigUint64Array.of(LATENCY_US).buffer);
      await calls.ioctl(fd, IOSSDATALAT, latency); // it only affects speed
    },
  };
}
