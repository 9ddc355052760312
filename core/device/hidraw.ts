import type { SystemFiles } from "./system_files.ts";

const DEVICES = "/sys/bus/usb/devices";

/**
 * Returns the files through which Linux' hidraw driver offers a HID device: `/dev/hidraw0`, from
 * `1-1.3:1.0/0003:1FC9:0135.0001/hidraw/hidraw0`.
 * @param portPath `1-1.3`
 */
export async function hidrawNodes(portPath: string, files: SystemFiles): Promise<string[]> {
  const nodes: string[] = [];
  for (const name of await files.names(DEVICES)) {
    if (!name.startsWith(`${portPath}:`)) continue;
    const folder = `${DEVICES}/${name}`;
    const instances = (await files.names(folder)).filter((one) => /^[0-9A-F]{4}:/i.test(one));
    for (const instance of instances) {
      const raw = await files.names(`${folder}/${instance}/hidraw`);
      nodes.push(...raw.map((node) => `/dev/${node}`));
    }
  }
  return nodes;
}
