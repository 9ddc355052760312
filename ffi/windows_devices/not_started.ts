import { UnbrickError } from "../../core/common/errors.ts";
import { listAnd, plural, sentences, text } from "../../core/common/text.ts";
import { placeOf } from "./bound.ts";
import { didNotStart } from "./driver_problem.ts";
import type { WindowsDevice } from "./setup_api.ts";

/**
 * Adds to the error of a libusb that hangs which devices may be the cause: those that Windows could
 * not start. One of them stops libusb, which asks all of them (host-systems.md 3.1).
 * @param hubs the root hubs in the order in which libusb counts them
 */
export function withNotStarted(
  error: unknown,
  all: readonly WindowsDevice[],
  hubs: readonly string[],
): unknown {
  if (!(error instanceof UnbrickError) || error.kind !== "timeout") return error;
  const ports = all.filter(didNotStart).map((device) => placeOf(device, all, hubs));
  if (ports.length === 0) return error;
  const names = listAnd(ports);
  const cause = plural(
    ports.length,
    text`Windows could not start the USB device on port ${names}.`,
    text`Windows could not start the USB devices on the ports ${names}.`,
  );
  const data = ports.length === 1 ? { ...error.data, port: ports[0] } : error.data;
  return new UnbrickError("timeout", sentences(error.text, cause), data, { cause: error });
}
