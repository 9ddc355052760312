import type { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";
import type { ByteStream } from "./connection.ts";
import { UsbIpServer } from "./server.ts";

export interface UsbIpListener {
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Default 127.0.0.1, because the protocol has no protection of its own. */
  readonly hostname?: string;
  /** Default 3240, the registered port; 0 takes a free one. */
  readonly port?: number;
  /** Called with defects of models, which the client only sees as EPROTO. */
  readonly onError: (error: unknown) => void;
}

/** Serves a virtual bus over USB/IP on TCP until it is closed. */
export function listen(bus: VirtualBus, options: ListenOptions): UsbIpListener {
  const { hostname = "127.0.0.1", port = 3240, onError } = options;
  const server = new UsbIpServer(bus, onError);
  const listener = Deno.listen({ hostname, port });
  const stop = new AbortController();
  const connections = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      connection.setNoDelay(true);
      const served = server.serve(streamOf(connection), stop.signal)
        .finally(() => connections.delete(served));
      connections.add(served);
    }
  })();
  return {
    port: listener.addr.port,
    async close() {
      listener.close();
      await accepting;
      stop.abort();
      await Promise.all(connections);
    },
  };
}

/**
 * Returns the connection's own streams, except that closing the writable one informs the client at
 * once.
 */
function streamOf(connection: Deno.TcpConn): ByteStream {
  const writable = new WritableStream<Uint8Array>({
    async write(packet) {
      for (let at = 0; at < packet.length;) at += await connection.write(packet.subarray(at));
    },
    close: () => connection.closeWrite(),
  });
  return { readable: connection.readable, writable };
}
