import { wine, wineSystem } from "./chroot.ts";
import { windowsPath } from "./paths.ts";

/** USB devices that exist only in Wine's registry (host-systems.md 1.6). */

const USB = "HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Enum\\USB";
const STRING = 0x12, STRING_LIST = 0x2012, UINT32 = 7;
const PARTS = "{a45c254e-df1c-4efd-8020-67d146a850e0}";

interface Invented {
  readonly instance: string;
  readonly service?: string;
  readonly problem?: number;
  readonly location: string;
}

const hub = "PCIROOT(0)#PCI(1400)#USBROOT(0)";
const devices: readonly Invented[] = [
  { instance: "ROOT_HUB30\\4&15F8BA2A&0&0", service: "USBHUB3", location: hub },
  { instance: "VID_0483&PID_DF11\\3572335A3137", problem: 28, location: `${hub}#USB(3)` },
  { instance: "VID_0000&PID_0002\\5&1234&0&4", problem: 43, location: `${hub}#USB(4)` },
];

/** Does something while the devices exist. */
export async function withDevices(work: () => Promise<void>): Promise<void> {
  const file = "/try/devices.reg";
  const text = `Windows Registry Editor Version 5.00\r\n\r\n${devices.map(keysOf).join("")}`;
  const units = Uint16Array.from(`\uFEFF${text}`, (letter) => letter.charCodeAt(0));
  await Deno.writeFile(wineSystem.outside(file), new Uint8Array(units.buffer));
  try {
    await wine(["regedit", "/S", windowsPath(file)]);
    await work();
  } finally {
    await wine(["reg", "delete", USB, "/f"]);
  }
}

/** Returns the keys of a device. */
function keysOf({ instance, service, problem, location }: Invented): string {
  const key = `${USB}\\${instance}`;
  const property = (set: string, number: number, type: number, bytes: Uint8Array) => {
    const name = `${key}\\Properties\\${set}\\${number.toString(16).padStart(4, "0")}`;
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(",");
    return `[${name}]\r\n@=hex(ffff${type.toString(16).padStart(4, "0")}):${digits}\r\n\r\n`;
  };
  const wide = (text: string) =>
    new Uint8Array(Uint16Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
  return [
    `[${key}]\r\n"ClassGUID"="{36fc9e60-c465-11cf-8056-444553540000}"\r\n\r\n`,
    property(PARTS, 37, STRING_LIST, wide(`${location}\0\0`)),
    service === undefined ? "" : property(PARTS, 6, STRING, wide(`${service}\0`)),
    problem === undefined ? "" : property(
      "{4340a6c5-93fa-4706-972c-7b648008a5a7}",
      3,
      UINT32,
      Uint8Array.of(problem, 0, 0, 0),
    ),
  ].join("");
}
