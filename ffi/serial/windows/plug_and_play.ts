import { type Devices, type Registry, wide, wideTexts } from "./symbols.ts";

/** What Windows knows about its devices; each has an instance id. */
export interface PlugAndPlay {
  /** Returns the names of all serial ports: `COM3`. */
  portNames(): Promise<string[]>;
  /** Returns the serial ports that are devices. */
  ports(): Promise<{ readonly path: string; readonly instance: string }[]>;
  /** Returns the interfaces of HID devices, with the names that open them. */
  hidInterfaces(): Promise<{ readonly path: string; readonly instance: string }[]>;
  /** Returns the USB hubs, in Windows' order. */
  hubs(): Promise<string[]>;
  /** Returns the devices above a device, nearest first. */
  parents(instance: string): Promise<string[]>;
  /** Returns the product name that a USB device reports. */
  product(instance: string): Promise<string | undefined>;
  /** Returns the location paths of a device. */
  locations(instance: string): Promise<string[]>;
}

/** GUID_DEVINTERFACE_COMPORT, GUID_DEVINTERFACE_HID, GUID_DEVINTERFACE_USB_HUB. */
const COM_PORT = guid("86E0D1E0-8089-11D0-9CE4-08003E301F73");
const HID = guid("4D1E55B2-F16F-11CF-88CB-001111000030");
const USB_HUB = guid("F18A0E88-C30C-11D0-8815-00A0C906BED8");
/** DEVPROPKEYs: a GUID and a number. */
const INSTANCE_ID = propertyKey("78C34FC8-104A-4ACA-9EA4-524D52996E57", 256);
const BUS_REPORTED_NAME = propertyKey("540B947E-8B40-45BC-A8A2-6A0B894CBDA2", 4);
const LOCATION_PATHS = propertyKey("A45C254E-DF1C-4EFD-8020-67D146A850E0", 37);

const HKEY_LOCAL_MACHINE = 0xFFFF_FFFF_8000_0002n;
/** Right to read a registry key. */
const KEY_READ = 0x20019;
const SERIAL_MAP = "HARDWARE\\DEVICEMAP\\SERIALCOMM";
/** Most bytes of a property or value, and most hubs above a device. Chosen by unbrick. */
const MAX_TEXT = 4096, MAX_DEPTH = 16;

/**
 * Returns what Windows' configuration manager and registry contain about serial ports and USB hubs.
 */
export function plugAndPlay(devices: Devices, registry: Registry): PlugAndPlay {
  async function locate(instance: string): Promise<number | undefined> {
    const found = new Uint32Array(1);
    return await devices.CM_Locate_DevNodeW(bytesOf(found), wide(instance), 0) === 0
      ? found[0]
      : undefined;
  }

  /** Returns the interfaces of a class by name, with the instance ids of their devices. */
  async function interfaces(
    of: Uint8Array<ArrayBuffer>,
  ): Promise<{ path: string; instance: string }[]> {
    const length = new Uint32Array(1);
    const sizing = devices.CM_Get_Device_Interface_List_SizeW(bytesOf(length), of, null, 0);
    if (await sizing !== 0) return [];
    const list = new Uint8Array(2 * length[0]);
    const listing = devices.CM_Get_Device_Interface_ListW(of, null, list, length[0], 0);
    if (await listing !== 0) return [];
    const found: { path: string; instance: string }[] = [];
    for (const path of wideTexts(list)) {
      const [instance] = await texts((type, out, size) =>
        devices.CM_Get_Device_Interface_PropertyW(wide(path), INSTANCE_ID, type, out, size, 0)
      );
      if (instance !== undefined) found.push({ path, instance });
    }
    return found;
  }

  async function property(instance: string, key: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const node = await locate(instance);
    if (node === undefined) return new Uint8Array();
    return await answer((type, out, size) =>
      devices.CM_Get_DevNode_PropertyW(node, key, type, out, size, 0)
    );
  }

  async function portName(instance: string): Promise<string | undefined> {
    const node = await locate(instance);
    const key = new BigUint64Array(1);
    if (node === undefined) return undefined;
    const opening = devices.CM_Open_DevNode_Key(node, KEY_READ, 0, 1, bytesOf(key), 0);
    if (await opening !== 0) return undefined;
    const handle = Deno.UnsafePointer.create(key[0]);
    const [name] = await texts((type, out, size) =>
      registry.RegQueryValueExW(handle, wide("PortName"), null, type, out, size)
    );
    await registry.RegCloseKey(handle);
    return name;
  }

  return {
    async portNames() {
      const key = new BigUint64Array(1);
      const root = Deno.UnsafePointer.create(HKEY_LOCAL_MACHINE);
      const opening = registry.RegOpenKeyExW(root, wide(SERIAL_MAP), 0, KEY_READ, bytesOf(key));
      if (await opening !== 0) return [];
      const handle = Deno.UnsafePointer.create(key[0]);
      const names: string[] = [];
      for (let at = 0;; at++) {
        const valueName = new Uint8Array(MAX_TEXT);
        const nameLength = bytesOf(Uint32Array.of(MAX_TEXT / 2));
        const found = await texts((type, out, size) =>
          registry.RegEnumValueW(handle, at, valueName, nameLength, null, type, out, size)
        );
        if (found.length === 0) break;
        names.push(found[0]);
      }
      await registry.RegCloseKey(handle);
      return names;
    },
    async ports() {
      const ports: { path: string; instance: string }[] = [];
      for (const { instance } of await interfaces(COM_PORT)) {
        const path = await portName(instance);
        if (path !== undefined) ports.push({ path, instance });
      }
      return ports;
    },
    hidInterfaces: () => interfaces(HID),
    hubs: async () => (await interfaces(USB_HUB)).map(({ instance }) => instance),
    async parents(instance) {
      const found: string[] = [];
      const node = Uint32Array.of(await locate(instance) ?? 0);
      const id = new Uint8Array(MAX_TEXT);
      while (found.length < MAX_DEPTH) {
        if (await devices.CM_Get_Parent(bytesOf(node), node[0], 0) !== 0) break;
        if (await devices.CM_Get_Device_IDW(node[0], id, MAX_TEXT / 2, 0) !== 0) break;
        found.push(wideTexts(id)[0]);
      }
      return found;
    },
    product: async (instance) => wideTexts(await property(instance, BUS_REPORTED_NAME))[0],
    locations: async (instance) => wideTexts(await property(instance, LOCATION_PATHS)),
  };
}

/** Returns the texts from a call that delivers type and size in bytes; none if it fails. */
async function texts(call: Call): Promise<string[]> {
  return wideTexts(await answer(call));
}

type Call = (
  type: Uint8Array<ArrayBuffer>,
  out: Uint8Array<ArrayBuffer>,
  size: Uint8Array<ArrayBuffer>,
) => Promise<number>;

/** The bytes that a call hands over with their type and size; none if it fails. */
async function answer(call: Call): Promise<Uint8Array> {
  const out = new Uint8Array(MAX_TEXT), size = Uint32Array.of(MAX_TEXT);
  if (await call(new Uint8Array(4), out, bytesOf(size)) !== 0) return new Uint8Array();
  return out.subarray(0, size[0]);
}

function bytesOf(words: Uint32Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>) {
  return new Uint8Array(words.buffer);
}

/**
 * Returns a GUID, 16 bytes: a 32-bit and two 16-bit numbers, little-endian, then 8 bytes.
 */
function guid(text: string): Uint8Array<ArrayBuffer> {
  const [a, b, c, d, e] = text.split("-");
  const reversed = (part: string) => Uint8Array.fromHex(part).reverse();
  return Uint8Array.from(
    [a, b, c].flatMap((one) => [...reversed(one)])
      .concat([...Uint8Array.fromHex(d + e)]),
  );
}

/** Returns a DEVPROPKEY: a GUID and a number (host-systems.md 1.3). */
export function propertyKey(id: string, number: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...guid(id), ...bytesOf(Uint32Array.of(number))]);
}
