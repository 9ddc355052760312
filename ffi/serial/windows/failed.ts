import { describeUsb, isRootHub } from "./list.ts";
import type { PlugAndPlay } from "./plug_and_play.ts";

/** The ports of Windows with devices that failed to enumerate (host-systems.md 1.4). */
export async function windowsSilentPorts(devices: PlugAndPlay): Promise<string[]> {
  const rootHubs = (await devices.hubs()).filter(isRootHub);
  const ports: string[] = [];
  for (const instance of await devices.failed()) {
    ports.push((await describeUsb(devices, instance, rootHubs))?.portPath ?? instance);
  }
  return ports;
}
