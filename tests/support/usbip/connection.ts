import { ByteReader } from "./byte_reader.ts";

/** A connection to a client, for example a Deno.TcpConn. */
export interface ByteStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** The server's end of a connection. Nothing is sent after its end, whoever still wants to. */
export class Connection {
  readonly reader: ByteReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #isEnded = false;

  constructor(stream: ByteStream) {
    this.reader = new ByteReader(stream.readable);
    this.#writer = stream.writable.getWriter();
  }

  async send(packet: Uint8Array): Promise<void> {
    if (this.#isEnded) return;
    await this.#writer.write(packet).catch(ignoreConnectionLoss);
  }

  /** Tells the client before it stops reading: a read that waits may keep a socket open. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#writer.close().catch(() => {}); // the client may be gone already
    await this.reader.cancel();
  }
}

/** A client that ends its connection in the middle is nothing unusual. */
export function ignoreConnectionLoss(error: unknown): void {
  const { BadResource, BrokenPipe, ConnectionReset, Interrupted } = Deno.errors;
  const losses = [BadResource, BrokenPipe, ConnectionReset, Interrupted];
  if (!losses.some((loss) => error instanceof loss)) throw error;
}
