import { bytes, constant, struct, u32, u64 } from "../../core/common/struct.ts";
import { propertyKey } from "../serial/windows/plug_and_play.ts";
import { wide, wideTexts } from "../serial/windows/symbols.ts";
import type { SetupApi } from "./symbols.ts";

/** A USB device, a hub or a device that failed to enumerate, as Windows knows it. */
export interface WindowsDevice {
  /** `USB\VID_0483&PID_DF11\3572335A3137` */
  readonly instance: string;
  /** The name of the driver's service, `WINUSB`; "" if there is none. */
  readonly service: string;
  /** Who made the driver. */
  readonly provider?: string;
  /** The problem code of Device Manager; 0 if there is none. */
  readonly problem: number;
  readonly hardwareIds: readonly string[];
  readonly locations: readonly string[];
}

/** SP_DEVINFO_DATA of 64-bit Windows (host-systems.md 1.3). */
export const DeviceInfo = struct("SP_DEVINFO_DATA", {
  cbSize: constant(u32, 32),
  ClassGuid: bytes(16),
  DevInst: u32,
  Reserved: u64,
});

/** DEVPROPKEYs (host-systems.md 1.3). */
const PARTS = "A45C254E-DF1C-4EFD-8020-67D146A850E0";
const HARDWARE_IDS = propertyKey(PARTS, 3);
const SERVICE = propertyKey(PARTS, 6);
const LOCATION_PATHS = propertyKey(PARTS, 37);
const PROBLEM_CODE = propertyKey("4340A6C5-93FA-4706-972C-7B648008A5A7", 3);
const PROVIDER = propertyKey("A8B865DD-2E3D-4094-AD97-E593A70C75D6", 9);

const DIGCF_PRESENT = 2, DIGCF_ALLCLASSES = 4;
const INVALID_HANDLE = 0xFFFF_FFFF_FFFF_FFFFn;
/** Most devices, and most bytes of a property. Chosen by unbrick. */
const MAX_DEVICES = 512, MAX_BYTES = 4096;

/** Returns the USB devices that are connected; none if Windows does not tell. */
export async function usbDevices(setup: SetupApi): Promise<WindowsDevice[]> {
  const flags = DIGCF_PRESENT | DIGCF_ALLCLASSES;
  const set = await setup.SetupDiGetClassDevsW(null, wide("USB"), null, flags);
  if (!set || Deno.UnsafePointer.value(set) === INVALID_HANDLE) return [];
  const found: WindowsDevice[] = [];
  try {
    while (found.length < MAX_DEVICES) {
      const info = DeviceInfo.encode({ ClassGuid: new Uint8Array(16), DevInst: 0, Reserved: 0n });
      if (await setup.SetupDiEnumDeviceInfo(set, found.length, info) === 0) return found;
      found.push(await describe(setup, set, info));
    }
  } finally {
    await setup.SetupDiDestroyDeviceInfoList(set);
  }
  return found;
}

async function describe(
  setup: SetupApi,
  set: Deno.PointerObject,
  info: Uint8Array<ArrayBuffer>,
): Promise<WindowsDevice> {
  const property = async (key: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => {
    const out = new Uint8Array(MAX_BYTES), type = new Uint8Array(4), needed = new Uint8Array(4);
    const call = setup.SetupDiGetDevicePropertyW(set, info, key, type, out, MAX_BYTES, needed, 0);
    return await call === 0 ? new Uint8Array() : out.subarray(0, u32.read(needed, 0));
  };
  const texts = async (key: Uint8Array<ArrayBuffer>) => wideTexts(await property(key));
  const id = new Uint8Array(MAX_BYTES);
  await setup.SetupDiGetDeviceInstanceIdW(set, info, id, MAX_BYTES / 2, new Uint8Array(4));
  const [provider] = await texts(PROVIDER);
  const problem = await property(PROBLEM_CODE);
  return {
    instance: wideTexts(id)[0] ?? "",
    service: (await texts(SERVICE))[0] ?? "",
    ...(provider && { provider }),
    problem: problem.length === 4 ? u32.read(problem, 0) : 0,
    hardwareIds: await texts(HARDWARE_IDS),
    locations: await texts(LOCATION_PATHS),
  };
}
