import { ByteReader } from "./byte_reader.ts";

/** A connection to a client, for example a Deno.TcpConn. */
export interface ByteStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** The server's side of a connection. After its end, nothing more is sent. */
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

  /** Informs the client before it stops reading: a pending read may keep a socket open. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#writer.close().catch(() => {}); // the client may already have closed it
    await this.reader.cancel();
  }
}

/** It is normal that a client ends its connection at any time. */
export function ignoreConnectionLoss(error: unknown): void {
  const { BadResource, BrokenPipe, ConnectionReset, Interrupted } = Deno.errors;
  const losses = [BadResource, BrokenPipe, ConnectionReset, Interrupted];
  if (!losses.some((loss) => error instanceof loss)) throw error;
}
