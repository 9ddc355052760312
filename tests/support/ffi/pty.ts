import { TERMIOS2 } from "../../../ffi/serial/linux/line.ts";
/** Pseudo terminals, whose slave is used as a serial port in tests. Linux only. */

const symbols = {
  openpty: {
    parameters: ["buffer", "buffer", "buffer", "pointer", "pointer"],
    result: "i32",
  },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

const TCGETS2 = 0x802C542An;
const F_SETFL = 4, O_NONBLOCK = 0o4000;

/** The master's side of a pty: it acts as the device. */
export class Pty {
  readonly #libc = Deno.dlopen("libc.so.6", symbols);
  readonly #master: number;
  /** The path of the slave. */
  readonly path: string;

  constructor() {
    const fds = new Int32Array(2), name = new Uint8Array(256);
    if (this.#c.openpty(fds.subarray(0, 1), fds.subarray(1), name, null, null) !== 0) {
      throw new Error("openpty failed");
    }
    this.#master = fds[0];
    this.path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    this.#c.fcntl(this.#master, F_SETFL, O_NONBLOCK);
    this.#c.close(fds[1]);
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    const sent = Number(this.#c.write(this.#master, bytes, BigInt(bytes.length)));
    if (sent !== bytes.length) throw new Error(`the pty took ${sent} of ${bytes.length} bytes`);
  }

  /** Returns what the slave has sent. */
  received(): Uint8Array {
    const buffer = new Uint8Array(65536);
    const length = Number(this.#c.read(this.#master, buffer, BigInt(buffer.length)));
    return buffer.slice(0, Math.max(0, length));
  }

  /** Returns the struct termios2 that the slave has set: flags, rates. */
  settings(): { c_cflag: number; c_lflag: number; c_iflag: number; c_oflag: number; rate: number } {
    const termios = new Uint8Array(TERMIOS2.size);
    if (this.#c.ioctl(this.#master, TCGETS2, termios) !== 0) throw new Error("TCGETS2 failed");
    const { c_iflag, c_oflag, c_cflag, c_lflag, c_ospeed: rate } = TERMIOS2.decode(termios);
    return { c_iflag, c_oflag, c_cflag, c_lflag, rate };
  }

  /** Disconnects the device. */
  close(): void {
    this.#c.close(this.#master);
    this.#libc.close();
  }

  get #c() {
    return this.#libc.symbols;
  }
}
