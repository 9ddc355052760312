import { concat } from "../../../core/common/bytes.ts";

/** Reads exact numbers of bytes from a stream of chunks. */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Returns the next `length` bytes; undefined if the stream ends before. */
  async read(length: number): Promise<Uint8Array | undefined> {
    const chunks = [this.#rest];
    let have = this.#rest.length;
    while (have < length) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      chunks.push(new Uint8Array(value));
      have += value.length;
    }
    const all = chunks.length === 1 ? this.#rest : concat(chunks);
    this.#rest = all.subarray(length);
    return all.subarray(0, length);
  }

  /** Ends the stream; a pending read returns undefined. */
  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => {}); // the other side may already have closed it
  }
}
