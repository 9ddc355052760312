import { type Devices, type Registry, wide, wideTexts } from "./symbols.ts";

/** What Windows knows of its devices; each is named by its instance id. */
export interface PlugAndPlay {
  /** Names of all serial ports there are: `COM3`. */
  portNames(): string[];
  /** The serial ports that are devices. */
  ports(): { readonly path: string; readonly instance: string }[];
  /** USB hubs, in Windows' order. */
  hubs(): string[];
  /** What a device hangs on, nearest first. */
  parents(instance: string): string[];
  /** The name that a USB device gives of itself. */
  product(instance: string): string | undefined;
  /** Ways from the computer to the device. */
  locations(instance: string): string[];
}

/** GUID_DEVINTERFACE_COMPORT, GUID_DEVINTERFACE_USB_HUB. */
const COM_PORT = guid("86E0D1E0-8089-11D0-9CE4-08003E301F73");
const USB_HUB = guid("F18A0E88-C30C-11D0-8815-00A0C906BED8");
/** DEVPROPKEYs: a GUID and a number. */
const INSTANCE_ID = propertyKey("78C34FC8-104A-4ACA-9EA4-524D52996E57", 256);
const BUS_REPORTED_NAME = propertyKey("540B947E-8B40-45BC-A8A2-6A0B894CBDA2", 4);
const LOCATION_PATHS = propertyKey("A45C254E-DF1C-4EFD-8020-67D146A850E0", 37);

const HKEY_LOCAL_MACHINE = 0xFFFF_FFFF_8000_0002n;
/** Right to read a registry key. */
const KEY_READ = 0x20019;
const SERIAL_MAP = "HARDWARE\\DEVICEMAP\\SERIALCOMM";
/** Bytes of a property or value at the most, and hubs above a device. Our choices. */
const MAX_TEXT = 4096, MAX_DEPTH = 16;

/** What Windows' configuration manager and registry tell of serial ports and USB hubs. */
export function plugAndPlay(devices: Devices, registry: Registry): PlugAndPlay {
  function locate(instance: string): number | undefined {
    const found = new Uint32Array(1);
    return devices.CM_Locate_DevNodeW(bytesOf(found), wide(instance), 0) === 0
      ? found[0]
      : undefined;
  }

  /** Instance ids of the devices that are there and have an interface of a class. */
  function interfaces(of: Uint8Array<ArrayBuffer>): string[] {
    const length = new Uint32Array(1);
    if (devices.CM_Get_Device_Interface_List_SizeW(bytesOf(length), of, null, 0) !== 0) return [];
    const list = new Uint8Array(2 * length[0]);
    if (devices.CM_Get_Device_Interface_ListW(of, null, list, length[0], 0) !== 0) return [];
    return wideTexts(list).flatMap((name) =>
      texts((type, out, size) =>
        devices.CM_Get_Device_Interface_PropertyW(wide(name), INSTANCE_ID, type, out, size, 0)
      ).slice(0, 1)
    );
  }

  function property(instance: string, key: Uint8Array<ArrayBuffer>): string[] {
    const node = locate(instance);
    if (node === undefined) return [];
    return texts((type, out, size) =>
      devices.CM_Get_DevNode_PropertyW(node, key, type, out, size, 0)
    );
  }

  function portName(instance: string): string | undefined {
    const node = locate(instance);
    const key = new BigUint64Array(1);
    if (node === undefined) return undefined;
    if (devices.CM_Open_DevNode_Key(node, KEY_READ, 0, 1, bytesOf(key), 0) !== 0) return undefined;
    const handle = Deno.UnsafePointer.create(key[0]);
    const [name] = texts((type, out, size) =>
      registry.RegQueryValueExW(handle, wide("PortName"), null, type, out, size)
    );
    registry.RegCloseKey(handle);
    return name;
  }

  return {
    portNames() {
      const key = new BigUint64Array(1);
      const root = Deno.UnsafePointer.create(HKEY_LOCAL_MACHINE);
      if (registry.RegOpenKeyExW(root, wide(SERIAL_MAP), 0, KEY_READ, bytesOf(key)) !== 0) {
        return [];
      }
      const handle = Deno.UnsafePointer.create(key[0]);
      const names: string[] = [];
      for (let at = 0;; at++) {
        const valueName = new Uint8Array(MAX_TEXT);
        const nameLength = bytesOf(Uint32Array.of(MAX_TEXT / 2));
        const found = texts((type, out, size) =>
          registry.RegEnumValueW(handle, at, valueName, nameLength, null, type, out, size)
        );
        if (found.length === 0) break;
        names.push(found[0]);
      }
      registry.RegCloseKey(handle);
      return names;
    },
    ports: () =>
      interfaces(COM_PORT).flatMap((instance) => {
        const path = portName(instance);
        return path === undefined ? [] : [{ path, instance }];
      }),
    hubs: () => interfaces(USB_HUB),
    parents(instance) {
      const found: string[] = [];
      const node = Uint32Array.of(locate(instance) ?? 0);
      const id = new Uint8Array(MAX_TEXT);
      while (found.length < MAX_DEPTH) {
        if (devices.CM_Get_Parent(bytesOf(node), node[0], 0) !== 0) break;
        if (devices.CM_Get_Device_IDW(node[0], id, MAX_TEXT / 2, 0) !== 0) break;
        found.push(wideTexts(id)[0]);
      }
      return found;
    },
    product: (instance) => property(instance, BUS_REPORTED_NAME)[0],
    locations: (instance) => property(instance, LOCATION_PATHS),
  };
}

/** The texts that a call hands over with their type and size in bytes; none if it fails. */
function texts(
  call: (
    type: Uint8Array<ArrayBuffer>,
    out: Uint8Array<ArrayBuffer>,
    size: Uint8Array<ArrayBuffer>,
  ) => number,
): string[] {
  const out = new Uint8Array(MAX_TEXT), size = Uint32Array.of(MAX_TEXT);
  if (call(new Uint8Array(4), out, bytesOf(size)) !== 0) return [];
  return wideTexts(out.subarray(0, size[0]));
}

function bytesOf(words: Uint32Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>) {
  return new Uint8Array(words.buffer);
}

/** 16 bytes: a 32-bit and two 16-bit numbers, little-endian, then 8 bytes. */
function guid(text: string): Uint8Array<ArrayBuffer> {
  const [a, b, c, d, e] = text.split("-");
  const reversed = (part: string) => Uint8Array.fromHex(part).reverse();
  return Uint8Array.from(
    [a, b, c].flatMap((one) => [...reversed(one)])
      .concat([...Uint8Array.fromHex(d + e)]),
  );
}

function propertyKey(id: string, number: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...guid(id), ...bytesOf(Uint32Array.of(number))]);
}
