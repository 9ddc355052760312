import assert from "node:assert/strict";
import { i32, u32, u64 } from "../../../core/common/struct.ts";
import type { FakeLibrary } from "./fake_library.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Numbers that Linux and macOS do not share, from their headers. */
export const systems = {
  linux: { library: "libc.so.6", errno: "__errno_location", EAGAIN: 11, TIOCOUTQ: 0x5411n },
  darwin: {
    library: "/usr/lib/libSystem.B.dylib",
    errno: "__error",
    EAGAIN: 35,
    TIOCOUTQ: 0x40047473n,
  },
} as const;

/** The port's descriptor, and the next one: beyond the first words of an fd_set. */
const PORT = 69, NEXT = 101;
/** Requests of Linux that hand over settings, with what they hand over. */
const TCGETS2 = 0x802C542An, TCSETS2 = 0x402C542Bn, TCSETSW2 = 0x402C542Cn, TIOCGSERIAL = 0x541En;
const ENOENT = 2, EBADF = 9;

/** The C library of Linux or macOS with one serial port. */
export class FakeLibc implements FakeLibrary {
  readonly #errno = new Int32Array(1);
  readonly calls: string[] = [];
  /** Functions that fail, and their errno; an ioctl also by its number. */
  readonly refused: Record<string, number> = {};
  received: number[] = [];
  /** The device is gone: a read ends with zero bytes. */
  isGone = false;
  readonly sent: number[] = [];
  /** Bytes that can be queued, and those that are queued each time that somebody asks. */
  room = Infinity;
  queued: number[] = [];
  /** What tcgetattr, TCGETS2 and TIOCGSERIAL hand over. */
  termios = new Uint8Array(72).fill(0xFF);
  serial = new Uint8Array(72).fill(0xC1);
  /** The rate that the adapter of Linux really uses; undefined: the requested one. */
  rate?: number;
  readonly #open = new Set<number>();
  #descriptors = NEXT;
  /** Those that wait for the port or a pipe. */
  readonly #waiting = new Set<() => void>();

  constructor(readonly system: keyof typeof systems, readonly path: string) {}

  readonly thread = ((errno) => ({
    get error() {
      return errno[0];
    },
    set error(code) {
      errno[0] = code;
    },
  }))(this.#errno);

  /** The number of descriptors that are open. */
  get open(): number {
    return this.#open.size;
  }

  receive(...bytes: number[]): void {
    this.received.push(...bytes);
    this.#changed();
  }

  hangUp(): void {
    this.isGone = true;
    this.#changed();
  }

  readonly functions = this.#refusable({
    __errno_location: () => this.#ofSystem("linux"),
    __error: () => this.#ofSystem("darwin"),
    open: (path: Bytes) => {
      if (new TextDecoder().decode(path) !== `${this.path}\0`) return this.#refuse(ENOENT);
      this.#open.add(PORT);
      return PORT;
    },
    close: (fd: number) => {
      assert.ok(this.#open.delete(fd), `${fd} is not open`);
      this.#changed();
      return 0;
    },
    pipe: (ends: Int32Array) => {
      ends.set([this.#descriptors, this.#descriptors + 1]);
      for (const end of ends) this.#open.add(end);
      this.#descriptors += 2;
      return 0;
    },
    read: (fd: number, buffer: Bytes, size: bigint) => {
      assert.equal(buffer.length, Number(size));
      if (!this.#open.has(fd)) return BigInt(this.#refuse(EBADF));
      if (this.isGone) return 0n;
      if (this.received.length === 0) return BigInt(this.#refuse(systems[this.system].EAGAIN));
      const bytes = this.received.splice(0, buffer.length);
      buffer.set(bytes);
      return BigInt(bytes.length);
    },
    write: (_fd: number, bytes: Bytes, size: bigint) => {
      const count = Math.min(Number(size), this.room);
      if (count === 0) return BigInt(this.#refuse(systems[this.system].EAGAIN));
      this.room -= count;
      this.sent.push(...bytes.subarray(0, count));
      return BigInt(count);
    },
    flock: () => 0,
    tcflush: () => 0,
    tcgetattr: (_fd: number, termios: Bytes) => {
      termios.set(this.termios);
      return 0;
    },
    tcsetattr: () => 0,
    cfmakeraw: (termios: Bytes) => {
      for (const at of [0, 8, 24]) u64.write(termios, at, 0n, "a flag"); // not c_cflag
    },
    ioctl: (_fd: number, request: bigint, argument: Bytes | null) => {
      const code = this.refused[`ioctl ${request.toString(16)}`];
      if (code !== undefined) return this.#refuse(code);
      if (request === TCGETS2) {
        argument!.set(this.termios.subarray(0, 44));
        if (this.rate !== undefined) u32.write(argument!, 40, this.rate, "c_ospeed");
      }
      if (request === TCSETS2 || request === TCSETSW2) this.termios.set(argument!);
      if (request === TIOCGSERIAL) argument!.set(this.serial);
      if (request === systems[this.system].TIOCOUTQ) {
        i32.write(argument!, 0, this.queued.shift() ?? 0, "queued");
      }
      return 0;
    },
    poll: (polled: Bytes, count: bigint, timeoutMs: number) => {
      assert.equal(polled.length, 8 * Number(count));
      const wanted = Array.from({ length: Number(count) }, (_, at) => ({
        fd: i32.read(polled, 8 * at),
        events: u32.read(polled, 8 * at + 4), // the lower half; the results above it are zero
      }));
      return this.#wait(
        timeoutMs,
        () => wanted.some(({ fd, events }) => this.#isReady(fd, events)),
      );
    },
    select: (
      count: number,
      read: Uint32Array,
      write: Uint32Array,
      _: null,
      time: BigInt64Array,
    ) => {
      const has = (set: Uint32Array, fd: number) => (set[fd >> 5] >>> (fd & 31) & 1) === 1;
      assert.deepEqual([read.byteLength, write.byteLength, time.byteLength], [128, 128, 16]);
      const all = Array.from({ length: 1024 }, (_, fd) => fd);
      assert.ok(all.slice(count).every((fd) => !has(read, fd) && !has(write, fd)), "beyond nfds");
      assert.ok(time[1] < 1_000_000n, "EINVAL");
      const isReady = () =>
        all.some((fd) =>
          has(read, fd) && this.#isReady(fd, 1) || has(write, fd) && this.#isReady(fd, 4)
        );
      return this.#wait(Number(time[0]) * 1000 + Number(time[1]) / 1000, isReady);
    },
  });

  #ofSystem(system: keyof typeof systems): Deno.PointerValue {
    assert.equal(this.system, system);
    return Deno.UnsafePointer.of(this.#errno);
  }

  /** POLLIN is 1, POLLOUT 4; a pipe can be read when its other end is closed. */
  #isReady(fd: number, events: number): boolean {
    if (fd !== PORT) return events === 1 && !this.#open.has(fd + 1);
    return events === 1 ? this.isGone || this.received.length > 0 : events === 4 && this.room > 0;
  }

  #wait(ms: number, isReady: () => boolean): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const end = (result: number) => {
      clearTimeout(timer);
      this.#waiting.delete(look);
      resolve(result);
    };
    const look = () => isReady() && end(1);
    const timer = setTimeout(() => end(0), ms);
    this.#waiting.add(look);
    look();
    return promise;
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }

  #refuse(code: number): -1 {
    this.#errno[0] = code;
    return -1;
  }

  #refusable(functions: FakeLibrary["functions"]): FakeLibrary["functions"] {
    const entries = Object.entries(functions).map(([name, run]) => {
      return [name, (...given: unknown[]) => {
        const code = this.refused[name];
        if (code === undefined) return run(...given);
        const result = this.#refuse(code);
        return name === "read" || name === "write" ? BigInt(result) : result;
      }];
    });
    return Object.fromEntries(entries);
  }
}
