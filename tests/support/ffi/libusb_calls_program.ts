import { abortError } from "../../../core/common/clock.ts";
import { asUnbrickError, UnbrickError } from "../../../core/common/errors.ts";
import { LibusbBus } from "../../../ffi/libusb/bus.ts";
import { Context } from "../../../ffi/libusb/context.ts";
import { REQUEST } from "./fake_libusb.ts";
import { PORT } from "./hanging_libusb.ts";

/**
 * Calls everything that unbrick uses in the libusb of ARGS[0], in the order of a run, and prints as
 * JSON which calls failed and how. Ctrl-C stops it as it stops unbrick.
 */

const stop = new AbortController();
const stopped = new UnbrickError("cancelled", "Stopped by the user.");
Deno.addSignalListener("SIGINT", () => stop.abort(stopped));
const { signal } = stop;
const options = { timeoutMs: 500, signal };
const setup = { bmRequestType: 0x40, bRequest: REQUEST.LOAD, wValue: 0, wIndex: 0 };

async function work(bus: LibusbBus): Promise<void> {
  const info = (await bus.list()).find(({ portPath }) => portPath === PORT)!;
  const device = await bus.open(info);
  await device.claim(0);
  await device.setAlternate(0, 1);
  await device.controlIn(setup, 8, options);
  const unwanted = new AbortController();
  const held = { ...setup, bRequest: REQUEST.HOLD };
  const holding = device.controlIn(held, 8, { timeoutMs: 60_000, signal: unwanted.signal });
  await bus.changed({ timeoutMs: 150, signal });
  unwanted.abort();
  await holding.catch((error) => {
    if (asUnbrickError(error).kind !== "cancelled") throw error;
  });
  await device.reset();
  await device.release(0);
  await device.close();
  await bus.changed({ timeoutMs: 150, signal });
  if (signal.aborted) throw abortError(signal);
}

let failure: UnbrickError | undefined;
try {
  const bus = new LibusbBus(await Context.open(Deno.args[0], signal));
  try {
    await work(bus);
  } finally {
    await bus.close();
  }
} catch (error) {
  failure = asUnbrickError(error);
}
console.log(JSON.stringify({ kind: failure?.kind, message: failure?.message, ...failure?.data }));
Deno.exit(0);
