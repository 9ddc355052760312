import { asUnbrickError, UnbrickError } from "../../../core/common/errors.ts";
import type { UsbBus } from "../../../core/transport/usb/device.ts";
import { readString } from "../../../core/transport/usb/strings.ts";
import { HidAwareBus } from "../../../ffi/hidapi/bus.ts";
import { hidCamera } from "./hid_camera.ts";

/**
 * Calls everything that unbrick uses in the hidapi of ARGS[0], in the order of a run, and prints as
 * JSON which calls failed and how. Ctrl-C stops it as it stops unbrick.
 */

const stop = new AbortController();
const stopped = new UnbrickError("cancelled", "Stopped by the user.");
Deno.addSignalListener("SIGINT", () => stop.abort(stopped));
const { signal } = stop;
const options = { timeoutMs: 2_000, signal };
const nothing = {
  list: async () => [],
  changed: async () => false,
  close: async () => {},
} as unknown as UsbBus;

let failure: UnbrickError | undefined;
const bus = new HidAwareBus(nothing, () => Deno.args[0], signal);
try {
  const device = await bus.open(hidCamera("20-1.3"));
  for (const index of [1, 2, 3]) await readString(device, index, options);
  await device.interruptOut(1, Uint8Array.of(1, 2, 3), options);
  await device.interruptIn(0x81, 64, options);
  await device.close();
} catch (error) {
  failure = asUnbrickError(error);
} finally {
  await bus.close();
}
console.log(JSON.stringify({ kind: failure?.kind, message: failure?.message, ...failure?.data }));
Deno.exit(0);
