import { asUnbrickError, UnbrickError } from "../../../core/common/errors.ts";
import { linuxSerial } from "../../../ffi/serial/linux/mod.ts";
import { serialBusOf } from "../../../ffi/serial/mod.ts";
import { linuxFiles } from "../../../ffi/system/linux.ts";
import { Pty } from "./pty.ts";

/**
 * Does ARGS[1] with the C library ARGS[0] (`port`: everything that unbrick does with a serial port;
 * `list`; `files`: all questions to the kernel), and prints as JSON which calls failed and how.
 * Ctrl-C stops it as it stops unbrick.
 */

const [library, what] = Deno.args;
const stop = new AbortController();
const stopped = new UnbrickError("cancelled", "Stopped by the user.");
Deno.addSignalListener("SIGINT", () => stop.abort(stopped));
const { signal } = stop;
const options = { timeoutMs: 500, signal };
const bus = serialBusOf(linuxSerial(signal, library), signal);

const works: Readonly<Record<string, () => Promise<void>>> = {
  async port() {
    const pty = new Pty();
    const usb = { vendorId: 1, productId: 2, portPath: "1-1.3" };
    const port = await bus.open({ path: pty.path, usb }, { baudRate: 55_000 });
    try {
      await port.setBaudRate(9_600);
      await port.discardInput();
      await port.write(Uint8Array.of(1), options);
      pty.send(Uint8Array.of(2));
      await port.read(1, options);
    } finally {
      await port.close();
    }
  },
  async list() {
    await bus.list();
  },
  async files() {
    const files = linuxFiles(signal, library);
    await files.names("/proc/self/fd");
    await files.resolve("/proc/self/exe");
    await files.attribute("/proc/self/comm");
    await files.mayUse("/dev/null");
  },
};

const failure = await works[what]().then(() => undefined, asUnbrickError);
console.log(JSON.stringify({ kind: failure?.kind, message: failure?.message, ...failure?.data }));
Deno.exit(0);
