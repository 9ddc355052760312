import type { MbootClient } from "../../../core/protocols/mboot/client/mboot_client.ts";

/** A loader with a piece of flash that does what it is told, and keeps a list of it. */
export class FakeLoader {
  readonly flash: Uint8Array;
  /** `erase 60001000+1000`, `write 60001000+100`, `read 60001000+100`, in order. */
  readonly calls: string[] = [];
  /** Changes what a write puts into the flash. */
  spoil: (bytes: Uint8Array, address: number) => Uint8Array = (bytes) => bytes;
  /** Fuse words. */
  readonly fuses: Record<number, number> = { 6: 0x10 };

  /** @param base address of the piece of flash, whose `size` is in bytes */
  constructor(private readonly base: number, size = 0x4_0000) {
    this.flash = new Uint8Array(size).fill(0xFF);
  }

  load(address: number, bytes: Uint8Array): void {
    this.flash.set(bytes, address - this.base);
  }

  #note(what: string, address: number, length: number): void {
    this.calls.push(`${what} ${address.toString(16)}+${length.toString(16)}`);
  }

  readonly client = {
    readMemory: (address: number, length: number) => {
      this.#note("read", address, length);
      return Promise.resolve(this.flash.slice(address - this.base, address - this.base + length));
    },
    eraseRegion: (address: number, length: number) => {
      this.#note("erase", address, length);
      this.flash.fill(0xFF, address - this.base, address - this.base + length);
      return Promise.resolve();
    },
    writeMemory: (
      address: number,
      bytes: Uint8Array,
      _memory: number,
      onProgress: (done: number) => void,
    ) => {
      this.#note("write", address, bytes.length);
      this.load(address, this.spoil(bytes, address));
      onProgress(bytes.length);
      return Promise.resolve();
    },
    readOnce: (index: number) => Promise.resolve(this.fuses[index] ?? 0),
    externalMemory: () => Promise.resolve({ sizeKiB: 16_384, sectorSize: 4_096 }),
    reset: () => Promise.resolve(void this.calls.push("reset")),
  } as unknown as MbootClient;

  /** Returns the calls since the last time, by default without the reads. */
  taken(...without: readonly string[]): string[] {
    const left = without.length > 0 ? without : ["read"];
    return this.calls.splice(0).filter((call) => !left.includes(call.split(" ")[0]));
  }
}
