import assert from "node:assert/strict";
import { u32, u64 } from "../../../core/common/struct.ts";
import type { FakeLibrary } from "./fake_library.ts";

const PORT = 0x40n, INVALID_HANDLE = 0xFFFF_FFFF_FFFF_FFFFn;
const ERROR_IO_PENDING = 997, ERROR_NOT_FOUND = 1168, WAIT_TIMEOUT = 258;
const STATUS_CANCELLED = 0xC000_0120;

type Bytes = Uint8Array<ArrayBuffer>;

/** A read or write that has not ended. */
interface Pending {
  readonly overlapped: Bytes;
  readonly buffer: Bytes;
  readonly isRead: boolean;
  moved: number;
}

/** A kernel32.dll with one serial port, COM3. */
export class FakeKernel32 implements FakeLibrary {
  readonly thread = { error: 0 };
  readonly calls: string[] = [];
  /** Functions that fail, and their error codes. */
  readonly refused: Record<string, number> = {};
  received: number[] = [];
  readonly sent: number[] = [];
  /** Bytes that the port can still send. */
  room = Infinity;
  /** As another program has left it. */
  readonly dcb = new Uint8Array(28).fill(0xEE);
  #pending?: Pending;
  /** Events by their handles: those that wait for them, or true if set. */
  readonly #events = new Map<bigint, true | (() => void)[]>();
  #isOpen = false;
  #handles = 0x100n;

  /** The number of handles that are open. */
  get open(): number {
    return this.#events.size + Number(this.#isOpen);
  }

  /** Receives bytes from the device. */
  receive(...bytes: number[]): void {
    this.received.push(...bytes);
    if (this.#pending?.isRead) this.#finish(this.#deliver(this.#pending), 0);
  }

  /** The device is unplugged: its driver ends what runs with this status. */
  fail(status: number): void {
    this.#finish(this.#pending!, status);
  }

  readonly functions = this.#refusable({
    CreateFileW: () => {
      assert.ok(!this.#isOpen);
      this.#isOpen = true;
      return Deno.UnsafePointer.create(PORT);
    },
    CloseHandle: (handle: Deno.PointerValue) => {
      const value = Deno.UnsafePointer.value(handle);
      if (value !== PORT) assert.ok(this.#events.delete(value), "no such handle");
      else this.#isOpen = false;
      return 1;
    },
    GetLastError: () => this.thread.error,
    CreateEventW: () => {
      this.#events.set(++this.#handles, []);
      return Deno.UnsafePointer.create(this.#handles);
    },
    SetEvent: (event: Deno.PointerValue) => {
      this.#set(Deno.UnsafePointer.value(event));
      return 1;
    },
    WaitForMultipleObjects: async (count: number, objects: Bytes, _all: number, ms: number) => {
      assert.equal(objects.length, 8 * count);
      const events = Array.from({ length: count }, (_, at) => u64.read(objects, 8 * at));
      const done = Promise.withResolvers<number>();
      const timer = setTimeout(() => done.resolve(WAIT_TIMEOUT), ms);
      events.forEach((event, at) => {
        const waiting = this.#events.get(event)!;
        if (waiting === true) done.resolve(at);
        else waiting.push(() => done.resolve(at));
      });
      return await done.promise.finally(() => clearTimeout(timer));
    },
    ReadFile: (_handle: unknown, buffer: Bytes, length: number, _: null, overlapped: Bytes) => {
      const pending = { overlapped, buffer: buffer.subarray(0, length), isRead: true, moved: 0 };
      return this.#start(pending, this.received.length > 0);
    },
    WriteFile: (_handle: unknown, buffer: Bytes, length: number, _: null, overlapped: Bytes) => {
      const moved = Math.min(length, this.room);
      this.room -= moved;
      this.sent.push(...buffer.subarray(0, moved));
      return this.#start({ overlapped, buffer, isRead: false, moved }, moved === length);
    },
    GetOverlappedResult: (_handle: unknown, overlapped: Bytes, moved: Bytes) => {
      assert.notEqual(this.#pending?.overlapped, overlapped, "this would wait for ever");
      u32.write(moved, 0, Number(u64.read(overlapped, 8)), "moved");
      return 1;
    },
    CancelIoEx: (_handle: unknown, overlapped: Bytes) => {
      if (this.#pending?.overlapped !== overlapped) return this.#refuse(ERROR_NOT_FOUND);
      this.#finish(this.#pending, STATUS_CANCELLED);
      return 1;
    },
    GetCommState: (_handle: unknown, dcb: Bytes) => {
      if (u32.read(dcb, 0) !== 28) return this.#refuse(87);
      dcb.set(this.dcb.subarray(4), 4);
      return 1;
    },
    SetCommState: (_handle: unknown, dcb: Bytes) => {
      this.dcb.set(dcb);
      return 1;
    },
    SetCommTimeouts: () => 1,
    EscapeCommFunction: () => 1,
    ClearCommError: (_handle: unknown, _errors: Bytes, comstat: Bytes) => {
      assert.equal(comstat.length, 12);
      u32.write(comstat, 4, this.received.length, "cbInQue");
      return 1;
    },
    PurgeComm: (_handle: unknown, flags: number) => {
      if (flags & 8) this.received = [];
      return 1;
    },
  });

  #start(pending: Pending, isDone: boolean): number {
    assert.equal(pending.overlapped.length, 32);
    this.#pending = pending;
    if (!isDone) return this.#refuse(ERROR_IO_PENDING);
    this.#finish(pending.isRead ? this.#deliver(pending) : pending, 0);
    return 1;
  }

  #deliver(pending: Pending): Pending {
    const bytes = this.received.splice(0, pending.buffer.length);
    pending.buffer.set(bytes);
    pending.moved = bytes.length;
    return pending;
  }

  #finish({ overlapped, moved }: Pending, status: number): void {
    this.#pending = undefined;
    u32.write(overlapped, 0, status, "Internal");
    u64.write(overlapped, 8, BigInt(moved), "InternalHigh");
    this.#set(u64.read(overlapped, 24));
  }

  #set(event: bigint): void {
    const waiting = this.#events.get(event);
    assert.ok(waiting, "no such event");
    this.#events.set(event, true);
    if (waiting !== true) { for (const tell of waiting) tell(); }
  }

  #refuse(error: number): 0 {
    this.thread.error = error;
    return 0;
  }

  #refusable(functions: FakeLibrary["functions"]): FakeLibrary["functions"] {
    const entries = Object.entries(functions).map(([name, run]) => {
      return [name, (...given: unknown[]) => {
        const error = this.refused[name];
        if (error === undefined) return run(...given);
        this.#refuse(error);
        return name === "CreateFileW" ? Deno.UnsafePointer.create(INVALID_HANDLE) : 0;
      }];
    });
    return Object.fromEntries(entries);
  }
}
