import { u32, u64 } from "../../../core/common/struct.ts";
import { wide } from "../../../ffi/serial/windows/symbols.ts";
import type { FakeLibrary } from "./fake_library.ts";

/** A device in Windows' tree; what is missing here is missing there. */
export interface FakeNode {
  readonly instance: string;
  readonly parent?: string;
  /** The first four bytes of the GUID of its interface's class. */
  readonly interface?: string;
  /** The name that opens its interface. */
  readonly path?: string;
  readonly portName?: string;
  readonly product?: string;
  readonly locations?: readonly string[];
}

type Bytes = Uint8Array<ArrayBuffer>;

/** CR_SUCCESS and ERROR_SUCCESS; other results are failures. A flag of a call must be 0, too. */
const SUCCESS = 0, FAILURE = 0x33;
const KEY_READ = 0x20019, HKEY_LOCAL_MACHINE = 0xFFFF_FFFF_8000_0002n;

/** DEVPROPKEYs, 20 bytes: a GUID (its parts little-endian) and a number. */
const INSTANCE_ID = "c84fc3784a10ca4a9ea4524d52996e5700010000",
  BUS_REPORTED_NAME = "7e940b54408bbc45a8a26a0b894cbda204000000",
  LOCATION_PATHS = "4e255ca41cdffd4e802067d146a850e025000000";

/** Returns a REG_MULTI_SZ. */
function texts(all?: readonly string[]): Bytes | undefined {
  return all && Uint8Array.from([...all.flatMap((one) => [...wide(one)]), 0, 0]);
}

const one = (text?: string) => text === undefined ? undefined : wide(text);
const nameOf = (text: Bytes) => new TextDecoder("utf-16le").decode(text).slice(0, -1);

/** Hands over a value as Windows does: only into a buffer that is large enough. */
function hand(value: Bytes | undefined, type: Bytes, out: Bytes, size: Bytes): number {
  const room = u32.read(size, 0);
  if (!value || type.length !== 4 || out.length < room || value.length > room) return FAILURE;
  out.set(value);
  u32.write(size, 0, value.length, "size");
  return SUCCESS;
}

/**
 * Returns a cfgmgr32.dll with these devices and an advapi32.dll with their registry, as strict as
 * the real ones about sizes, rights and flags.
 * @param serialPorts names of all serial ports, also of those that are no devices
 */
export function fakeCfgmgr32(nodes: readonly FakeNode[], serialPorts: readonly string[] = []) {
  /** Open keys of the registry: the device, or undefined for the list of ports. */
  const keys = new Map<bigint, FakeNode | undefined>();
  let opened = 0;
  const openKey = (out: Bytes, node?: FakeNode) => {
    keys.set(BigInt(++opened), node);
    u64.write(out, 0, BigInt(opened), "key");
    return SUCCESS;
  };
  const keyOf = (key: Deno.PointerValue) => keys.get(Deno.UnsafePointer.value(key));
  const pathsOf = (guid: Bytes) =>
    texts(
      nodes.filter((node) => node.interface === guid.toHex()).map(({ path }) => path!),
    )!;

  const cfgmgr32: FakeLibrary = {
    thread: { error: 0 },
    calls: [],
    functions: {
      CM_Get_Device_Interface_List_SizeW: (out: Bytes, guid: Bytes, _: null, flags: number) => {
        u32.write(out, 0, pathsOf(guid).length / 2, "characters");
        return flags;
      },
      CM_Get_Device_Interface_ListW(
        guid: Bytes,
        _: null,
        out: Bytes,
        characters: number,
        flags: number,
      ) {
        const list = pathsOf(guid);
        if (out.length !== 2 * characters || list.length > out.length) return FAILURE;
        out.set(list);
        return flags;
      },
      CM_Get_Device_Interface_PropertyW(
        path: Bytes,
        key: Bytes,
        type: Bytes,
        out: Bytes,
        size: Bytes,
        flags: number,
      ) {
        const node = nodes.find((node) => node.path === nameOf(path));
        const value = key.toHex() === INSTANCE_ID ? one(node?.instance) : undefined;
        return hand(value, type, out, size) || flags;
      },
      CM_Locate_DevNodeW: (out: Bytes, instance: Bytes, flags: number) => {
        const at = nodes.findIndex((node) => node.instance === nameOf(instance));
        if (at < 0) return FAILURE;
        u32.write(out, 0, at + 1, "node");
        return flags;
      },
      CM_Get_Parent: (out: Bytes, node: number, flags: number) => {
        const at = nodes.findIndex(({ instance }) => instance === nodes[node - 1]?.parent);
        if (at < 0) return FAILURE;
        u32.write(out, 0, at + 1, "node");
        return flags;
      },
      CM_Get_Device_IDW: (node: number, out: Bytes, characters: number, flags: number) => {
        const id = one(nodes[node - 1]?.instance);
        if (!id || out.length !== 2 * characters || id.length > out.length) return FAILURE;
        out.set(id);
        return flags;
      },
      CM_Get_DevNode_PropertyW(
        node: number,
        key: Bytes,
        type: Bytes,
        out: Bytes,
        size: Bytes,
        flags: number,
      ) {
        const { product, locations } = nodes[node - 1];
        const name = key.toHex();
        const value = name === BUS_REPORTED_NAME
          ? one(product)
          : name === LOCATION_PATHS
          ? texts(locations)
          : undefined;
        return hand(value, type, out, size) || flags;
      },
      // RegDisposition_OpenExisting is 1, CM_REGISTRY_HARDWARE 0.
      CM_Open_DevNode_Key: (
        node: number,
        access: number,
        profile: number,
        disposition: number,
        out: Bytes,
        flags: number,
      ) =>
        access === KEY_READ && profile === 0 && disposition === 1 && flags === 0
          ? openKey(out, nodes[node - 1])
          : FAILURE,
    },
  };
  const advapi32: FakeLibrary = {
    thread: { error: 0 },
    calls: [],
    functions: {
      RegOpenKeyExW(
        root: Deno.PointerValue,
        name: Bytes,
        options: number,
        access: number,
        out: Bytes,
      ) {
        const isKnown = Deno.UnsafePointer.value(root) === HKEY_LOCAL_MACHINE &&
          nameOf(name) === "HARDWARE\\DEVICEMAP\\SERIALCOMM" && serialPorts.length > 0;
        return isKnown && options === 0 && access === KEY_READ ? openKey(out) : 2;
      },
      RegQueryValueExW(
        key: Deno.PointerValue,
        name: Bytes,
        _: null,
        type: Bytes,
        out: Bytes,
        size: Bytes,
      ) {
        const value = nameOf(name) === "PortName" ? one(keyOf(key)?.portName) : undefined;
        return hand(value, type, out, size);
      },
      RegEnumValueW(
        _key: unknown,
        index: number,
        name: Bytes,
        characters: Bytes,
        _: null,
        type: Bytes,
        out: Bytes,
        size: Bytes,
      ) {
        const value = wide(`\\Device\\Serial${index}`);
        if (name.length !== 2 * u32.read(characters, 0)) return FAILURE;
        name.set(value);
        u32.write(characters, 0, value.length / 2 - 1, "characters");
        return hand(one(serialPorts[index]), type, out, size);
      },
      RegCloseKey: (key: Deno.PointerValue) =>
        keys.delete(Deno.UnsafePointer.value(key)) ? SUCCESS : FAILURE,
    },
  };
  return { cfgmgr32, advapi32, openKeys: () => keys.size };
}
