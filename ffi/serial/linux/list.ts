import { basename, dirname } from "node:path/posix";
import type { SerialPortInfo } from "../../../core/transport/serial/port.ts";
import type { Sysfs } from "./sysfs.ts";
import { byNumbers } from "../../../core/common/number_order.ts";

/** The part of sysfs that lists need. */
type Tree = Omit<Sysfs, "hasRights">;

const TTYS = "/sys/class/tty";
/** Attribute `type` of a UART that does not exist (PORT_UNKNOWN). */
const NO_UART = "0";

/** Lists the serial ports that the kernel shows, without virtual terminals and ptys. */
export async function listLinuxPorts(
  sysfs: Tree,
  root = "",
): Promise<SerialPortInfo[]> {
  const names = (await sysfs.names(root + TTYS)).sort(byNumbers);
  const ports = await Promise.all(names.map((name) => describe(sysfs, `${root}${TTYS}`, name)));
  return ports.filter((port) => port !== undefined);
}

async function describe(
  sysfs: Tree,
  ttys: string,
  name: string,
): Promise<SerialPortInfo | undefined> {
  const device = await sysfs.resolve(`${ttys}/${name}/device`);
  if (device === undefined) return undefined;
  const path = `/dev/${name}`;
  const usb = await describeUsb(sysfs, device);
  if (usb) return { path, usb };
  const type = await sysfs.attribute(`${ttys}/${name}/type`);
  return type === undefined || type === NO_UART ? undefined : { path };
}

/** Returns the USB device of a sysfs folder: the first folder above it with an idVendor. */
async function describeUsb(sysfs: Tree, device: string): Promise<SerialPortInfo["usb"]> {
  for (let folder = device; folder !== dirname(folder); folder = dirname(folder)) {
    const read = (name: string) => sysfs.attribute(`${folder}/${name}`);
    const idVendor = await read("idVendor");
    if (idVendor === undefined) continue;
    const [idProduct, serial, product] = await Promise.all(
      ["idProduct", "serial", "product"].map(read),
    );
    return {
      vendorId: parseInt(idVendor, 16),
      productId: parseInt(idProduct ?? "0", 16),
      ...(serial !== undefined && { serial }),
      ...(product !== undefined && { product }),
      // Named by bus and ports, `1-1.3`, with the same numbers as in libusb.
      portPath: basename(folder),
    };
  }
}
