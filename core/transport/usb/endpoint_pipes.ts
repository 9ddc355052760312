import { concat } from "../../common/bytes.ts";
import { abortError } from "../../common/clock.ts";

/**
 * The device side of interrupt endpoints, for device models: what the peripheral does with packets.
 */

interface HostRead {
  readonly length: number;
  readonly parts: Uint8Array[];
  total: number;
  resolve(bytes: Uint8Array): void;
}

/**
 * An IN endpoint. The host is held (NAK) until there is a packet; a transfer ends with a packet
 * that is shorter than wMaxPacketSize, or when the host has all it asked for. A packet that is
 * longer than the remaining space is delivered whole, so that the bus detects the overflow.
 */
export class InPipe {
  readonly #packets: { readonly bytes: Uint8Array; readonly taken?: () => void }[] = [];
  readonly #reads: HostRead[] = [];

  constructor(readonly wMaxPacketSize: number) {}

  /** Gives bytes to the peripheral; resolves when the host has collected the last packet. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((taken) => {
      const packets = packetsOf(bytes, this.wMaxPacketSize);
      packets.forEach((packet, at) =>
        this.#packets.push({ bytes: packet, taken: at === packets.length - 1 ? taken : undefined })
      );
      this.#pump();
    });
  }

  /** Serves one transfer of the host. */
  read(length: number, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortError(signal));
      const onAbort = () => {
        this.#reads.splice(this.#reads.indexOf(read), 1);
        reject(abortError(signal));
      };
      const read: HostRead = {
        length,
        parts: [],
        total: 0,
        resolve: (bytes) => {
          signal.removeEventListener("abort", onAbort);
          resolve(bytes);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#reads.push(read);
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#reads.length > 0 && this.#packets.length > 0) {
      const read = this.#reads[0];
      const { bytes, taken } = this.#packets.shift()!;
      read.parts.push(bytes);
      read.total += bytes.length;
      taken?.();
      if (bytes.length < this.wMaxPacketSize || read.total >= read.length) {
        this.#reads.shift();
        read.resolve(joined(read.parts));
      }
    }
  }
}

interface HostWrite {
  readonly packets: Uint8Array[];
  resolve(): void;
}

/**
 * An OUT endpoint. The host is held (NAK) while the firmware has no buffer posted. A reception ends
 * with a short packet or when its buffer is full: after a host transfer that is a multiple of
 * wMaxPacketSize and does not fill the buffer, the firmware still waits for more.
 */
export class OutPipe {
  readonly #writes: HostWrite[] = [];
  #receive:
    | { length: number; parts: Uint8Array[]; total: number; resolve(b: Uint8Array): void }
    | undefined;

  constructor(readonly wMaxPacketSize: number) {}

  /** Posts a buffer of `length` bytes for the firmware; resolves with what arrived in it. */
  receive(length: number): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.#receive = { length, parts: [], total: 0, resolve };
      this.#pump();
    });
  }

  /** Serves one transfer of the host; resolves when its last packet was accepted. */
  write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortError(signal));
      const onAbort = () => {
        this.#writes.splice(this.#writes.indexOf(write), 1);
        reject(abortError(signal));
      };
      const write: HostWrite = {
        packets: packetsOf(bytes, this.wMaxPacketSize),
        resolve: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#writes.push(write);
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#receive && this.#writes.length > 0) {
      const receive = this.#receive, write = this.#writes[0];
      const packet = write.packets.shift()!;
      receive.parts.push(packet);
      receive.total += packet.length;
      if (packet.length < this.wMaxPacketSize || receive.total >= receive.length) {
        this.#receive = undefined;
        receive.resolve(joined(receive.parts));
      }
      if (write.packets.length === 0) {
        this.#writes.shift();
        write.resolve();
      }
    }
  }
}

/** Splits a transfer into packets; an empty transfer is one empty packet. */
function packetsOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const packets = [];
  for (let at = 0; at < bytes.length; at += size) packets.push(bytes.slice(at, at + size));
  return packets.length > 0 ? packets : [bytes];
}

/** Joins packets, which are copies already. */
function joined(packets: readonly Uint8Array[]): Uint8Array {
  return packets.length === 1 ? packets[0] : concat(packets);
}
