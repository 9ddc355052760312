import { UnbrickError } from "../../../common/errors.ts";
import { parts } from "../../../protocols/alif_isp/packets/memory_map.ts";
import type { SerialBus, SerialPortInfo } from "../../../transport/serial/port.ts";
import type { Context } from "../../context.ts";
import type { Given } from "../options.ts";
import { savedPort } from "./config_files.ts";

/** Finds the serial port of the enclave. */

/** Opens the serial ports. @throws UnbrickError `driver` if this system has none */
export async function serialBus(context: Context): Promise<SerialBus> {
  const bus = await context.openSerialBus?.();
  if (bus) return bus;
  throw new UnbrickError("driver", "This system gives no access to serial ports.");
}

/**
 * Returns `--port`, or the port in isp_config_data.cfg, or the only adapter that can be an AE3's.
 */
export async function choosePort(
  bus: SerialBus,
  given: Given,
  folder: string,
): Promise<SerialPortInfo> {
  const ports = await bus.list();
  const wanted = given.value("--port");
  if (wanted !== undefined) {
    const names = [wanted, wanted.toUpperCase(), linkTarget(wanted)];
    const found = ports.find(({ path }) => names.includes(path));
    if (found) return found;
    const known = ports.map(({ path }) => path).join(", ") || "none";
    throw new UnbrickError("not-found", `There is no serial port ${wanted}; there is: ${known}.`, {
      port: wanted,
    });
  }
  const candidates = ports.filter(({ usb }) =>
    parts.some((one) => one.vendorId === usb?.vendorId && one.productId === usb.productId)
  );
  const saved = savedPort(folder);
  const [only, ...others] = candidates;
  const remembered = ports.find(({ path }) => path === saved);
  if (remembered && !given.has("--discover")) return remembered;
  if (!only) {
    throw new UnbrickError(
      "not-found",
      "No serial adapter of an AE3 is there (0403:6015 or 1A86:55D3): set the camera's recovery " +
        "switch to on while it is unplugged, then plug it in.",
    );
  }
  if (others.length === 0) return only;
  const paths = candidates.map(({ path }) => path).join(", ");
  throw new UnbrickError(
    "consent-needed",
    `${candidates.length} serial adapters may be an AE3's (${paths}): choose one with --port.`,
    { ports: paths },
  );
}

/** Returns the target of `/dev/serial/by-id/…`; undefined for another name. */
function linkTarget(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}
