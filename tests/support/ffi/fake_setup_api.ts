import { u32 } from "../../../core/common/struct.ts";
import { wide } from "../../../ffi/serial/windows/symbols.ts";
import { DeviceInfo } from "../../../ffi/windows_devices/setup_api.ts";
import type { SetupApi } from "../../../ffi/windows_devices/symbols.ts";

/** A device in Windows' tree; what is missing here is missing there. */
export interface FakeDevice {
  readonly instance: string;
  readonly service?: string;
  readonly provider?: string;
  readonly problem?: number;
  readonly hardwareIds?: readonly string[];
  readonly locations?: readonly string[];
}

/** The first four bytes and the number of each DEVPROPKEY, and where its value comes from. */
const properties: Readonly<Record<string, (device: FakeDevice) => Uint8Array | undefined>> = {
  "4e255ca4/3": ({ hardwareIds }) => texts(hardwareIds),
  "4e255ca4/6": ({ service }) => service === undefined ? undefined : wide(service),
  "4e255ca4/37": ({ locations }) => texts(locations),
  "c5a64043/3": ({ problem }) =>
    problem === undefined ? undefined : new Uint8Array(Uint32Array.of(problem).buffer),
  "dd65b8a8/9": ({ provider }) => provider === undefined ? undefined : wide(provider),
};

/** Returns a REG_MULTI_SZ. */
function texts(all?: readonly string[]): Uint8Array | undefined {
  return all && Uint8Array.from([...all.flatMap((one) => [...wide(one)]), 0, 0]);
}

/** Returns a setupapi.dll with these devices, which is as strict as the real one about sizes. */
export function fakeSetupApi(devices: readonly FakeDevice[]) {
  const set = Deno.UnsafePointer.create(0x5e7n)!;
  let opened = 0;
  const deviceOf = (info: Uint8Array) => devices[DeviceInfo.decode(info).DevInst - 1];
  const api: SetupApi = {
    SetupDiGetClassDevsW: async (_class, enumerator, _window, flags) => {
      const name = new TextDecoder("utf-16le").decode(enumerator!);
      if (name !== "USB\0" || flags !== 6) return null;
      opened++;
      return set;
    },
    SetupDiEnumDeviceInfo: async (_set, index, info) => {
      const bytes = info as Uint8Array;
      if (u32.read(bytes, 0) !== 32 || bytes.length !== 32 || !devices[index]) return 0;
      u32.write(bytes, 20, index + 1, "DevInst");
      return 1;
    },
    SetupDiGetDeviceInstanceIdW: async (_set, info, out, characters, needed) => {
      const id = wide(deviceOf(info as Uint8Array).instance);
      u32.write(needed as Uint8Array, 0, id.length / 2, "needed");
      if (id.length / 2 > characters) return 0;
      (out as Uint8Array).set(id);
      return 1;
    },
    SetupDiGetDevicePropertyW: async (_set, info, key, type, out, size, needed) => {
      const bytes = key as Uint8Array;
      const name = `${bytes.slice(0, 4).toHex()}/${u32.read(bytes, 16)}`;
      const value = properties[name]?.(deviceOf(info as Uint8Array));
      if (!value || (type as Uint8Array).length !== 4 || value.length > size) return 0;
      (out as Uint8Array).set(value);
      u32.write(needed as Uint8Array, 0, value.length, "needed");
      return 1;
    },
    SetupDiDestroyDeviceInfoList: async () => {
      opened--;
      return 1;
    },
  };
  return { api, opened: () => opened };
}
