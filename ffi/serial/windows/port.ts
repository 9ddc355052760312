import type { SerialSettings } from "../../../core/transport/serial/port.ts";
import type { TransferOptions } from "../../../core/transport/usb/device.ts";
import { bounded } from "../../native/bounded.ts";
import { rateRefused } from "../rate.ts";
import type { SystemPort } from "../system.ts";
import { succeeds } from "./calls.ts";
import { openPortError, windowsError } from "./codes.ts";
import { emptyDcb, setLine, timeouts } from "./line.ts";
import { Overlapped } from "./overlapped.ts";
import { type Kernel, wide } from "./symbols.ts";

/** Rights and flags of CreateFile. */
const GENERIC_READ = 0x8000_0000, GENERIC_WRITE = 0x4000_0000;
const OPEN_EXISTING = 3, FILE_FLAG_OVERLAPPED = 0x4000_0000;
const INVALID_HANDLE = 0xFFFF_FFFF_FFFF_FFFFn;
const ERROR_INVALID_PARAMETER = 87;
/** Functions of EscapeCommFunction. */
const SETRTS = 3, CLRRTS = 4, SETDTR = 5, CLRDTR = 6;
/** Flags of PurgeComm: end writes and discard their bytes; discard received bytes. */
const PURGE_TX = 1 | 4, PURGE_RX = 8;

/** How long closing may take, ms. */
const CLOSE_MS = 1_000;

/** Opens `COM3`. Meanwhile no other program can open it. */
export async function openWindowsPort(
  kernel: Kernel,
  path: string,
  { baudRate, dtr = true, rts = true }: SerialSettings,
): Promise<SystemPort> {
  const name = wide(`\\\\.\\${path}`);
  const access = GENERIC_READ | GENERIC_WRITE;
  const open = [name, access >>> 0, 0, null, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, null] as const;
  let handle = opened(await kernel.CreateFileW(...open));
  // The reason of a failure belongs to the thread, so the call is repeated on this one.
  handle ??= opened(kernel.createFileNow(...open));
  if (!handle) throw windowsError(kernel.GetLastError(), path);
  const port = new WindowsPort(kernel, handle, path, { baudRate, dtr, rts });
  try {
    await port.configure();
    await port.discardInput();
    return port;
  } catch (error) {
    await port.close();
    throw error;
  }
}

function opened(handle: Deno.PointerValue): Deno.PointerObject | undefined {
  return handle && Deno.UnsafePointer.value(handle) !== INVALID_HANDLE ? handle : undefined;
}

class WindowsPort implements SystemPort {
  readonly #overlapped: Overlapped;

  constructor(
    private readonly kernel: Kernel,
    private readonly handle: Deno.PointerObject,
    private readonly path: string,
    private line: Required<SerialSettings>,
  ) {
    this.#overlapped = new Overlapped(kernel, handle, path);
  }

  async configure(): Promise<void> {
    const { kernel, handle } = this;
    const isSet = await succeeds(
      kernel.SetCommTimeouts(handle, timeouts()),
      () => kernel.setCommTimeoutsNow(handle, timeouts()),
    );
    if (!isSet) throw this.#error();
    await this.#setLine();
  }

  async read(maxLength: number, options: TransferOptions): Promise<Uint8Array | undefined> {
    const waiting = await this.#received();
    if (waiting > 0) return await this.#readSome(Math.min(waiting, maxLength), options);
    const first = await this.#readSome(1, options);
    const more = first ? Math.min(await this.#received(), maxLength - 1) : 0;
    const rest = more > 0 ? await this.#readSome(more, options) : undefined;
    return first && rest ? Uint8Array.of(...first, ...rest) : first;
  }

  async write(bytes: Uint8Array, options: TransferOptions): Promise<boolean> {
    const sent = bytes.slice();
    const start = (overlapped: Uint8Array<ArrayBuffer>) =>
      this.kernel.WriteFile(this.handle, sent, sent.length, null, overlapped);
    try {
      if (await this.#overlapped.run(start, options) === sent.length) return true;
    } catch (error) {
      await this.#throwAwayUnsent();
      throw error;
    }
    await this.#throwAwayUnsent();
    return false;
  }

  async setBaudRate(baudRate: number): Promise<void> {
    this.line = { ...this.line, baudRate };
    await this.#setLine();
  }

  async setSignals({ dtr, rts }: { dtr?: boolean; rts?: boolean }): Promise<void> {
    if (dtr !== undefined) await this.#escape(dtr ? SETDTR : CLRDTR);
    if (rts !== undefined) await this.#escape(rts ? SETRTS : CLRRTS);
    this.line = {
      ...this.line,
      ...(dtr !== undefined && { dtr }),
      ...(rts !== undefined && { rts }),
    };
  }

  async discardInput(): Promise<void> {
    const { kernel, handle } = this;
    const isDone = await succeeds(
      kernel.PurgeComm(handle, PURGE_RX),
      () => kernel.purgeCommNow(handle, PURGE_RX),
    );
    if (!isDone) throw this.#error();
  }

  async close(): Promise<void> {
    const closing = this.#throwAwayUnsent().then(() => this.kernel.CloseHandle(this.handle));
    // A driver whose device is gone may keep its last handle for a while.
    await bounded(closing, { call: "CloseHandle", ms: CLOSE_MS }).catch(() => {});
  }

  async #throwAwayUnsent(): Promise<void> {
    await this.kernel.PurgeComm(this.handle, PURGE_TX).catch(() => {});
  }

  /** Returns the number of received bytes that were not read yet. */
  async #received(): Promise<number> {
    const errors = new Uint8Array(4), comstat = new Uint32Array(3);
    const out = new Uint8Array(comstat.buffer);
    const { kernel, handle } = this;
    const isRead = await succeeds(
      kernel.ClearCommError(handle, errors, out),
      () => kernel.clearCommErrorNow(handle, errors, out),
    );
    if (!isRead) throw this.#error();
    return comstat[1];
  }

  /**
   * Reads `length` bytes; undefined if none arrived in time. Windows and Wine wait in the same way.
   */
  async #readSome(length: number, options: TransferOptions): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(length);
    const moved = await this.#overlapped.run(
      (overlapped) => this.kernel.ReadFile(this.handle, buffer, length, null, overlapped),
      options,
    );
    return moved > 0 ? buffer.subarray(0, moved) : undefined;
  }

  async #setLine(): Promise<void> {
    const dcb = emptyDcb();
    const { kernel, handle } = this;
    const isRead = await succeeds(
      kernel.GetCommState(handle, dcb),
      () => kernel.getCommStateNow(handle, dcb),
    );
    if (!isRead) throw this.#error();
    setLine(dcb, this.line);
    const isSet = await succeeds(
      kernel.SetCommState(handle, dcb),
      () => kernel.setCommStateNow(handle, dcb),
    );
    if (isSet) return;
    const code = this.kernel.GetLastError();
    // Every adapter supports everything else in the DCB.
    if (code === ERROR_INVALID_PARAMETER) {
      throw rateRefused(this.path, this.line.baudRate, { code });
    }
    throw openPortError(code, this.path);
  }

  async #escape(code: number): Promise<void> {
    const { kernel, handle } = this;
    const isDone = await succeeds(
      kernel.EscapeCommFunction(handle, code),
      () => kernel.escapeNow(handle, code),
    );
    if (!isDone) throw this.#error();
  }

  #error() {
    return openPortError(this.kernel.GetLastError(), this.path);
  }
}
