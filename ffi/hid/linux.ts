import { hidrawNodes } from "../../core/device/hidraw.ts";
import { holders } from "../../core/device/holders.ts";
import type { SystemFiles } from "../../core/device/system_files.ts";
import type { HidHolder } from "./guard.ts";

/**
 * Finds the program that uses a HID device through the kernel's hidraw driver, as far as this user
 * is allowed to see: once for each connection of a device, because it takes a while. A program that
 * claimed it through usbfs need not be searched for: libusb's claim is refused then.
 */
export function hidrawHolder(files: SystemFiles, self: number): HidHolder {
  const free = new Set<string>();
  return async ({ bus, address, portPath }) => {
    const stay = `${bus}/${address}`;
    if (free.has(stay)) return undefined;
    const nodes = new Set(await hidrawNodes(portPath, files));
    const [holder] = [...(await holders(nodes, files, self)).values()].flat();
    if (holder) return `${holder.name} (process ${holder.pid})`;
    free.add(stay);
  };
}
