import type { UsbDeviceInfo } from "../../core/transport/usb/device.ts";
import { DeviceDescriptor } from "../../core/transport/usb/descriptors.ts";
import { isRootHub, parseInstance, portPathOf } from "../serial/windows/list.ts";
import type { WindowsDevice } from "./setup_api.ts";

/** What Windows' device tree says about the devices that libusb lists, and about others. */

/** A connected USB device with ids. */
export interface BoundDevice {
  readonly vendorId: number;
  readonly productId: number;
  /** `1-1.3`; the instance id if Windows does not tell the place. */
  readonly portPath: string;
  readonly device: WindowsDevice;
}

/** CM_PROB_FAILED_POST_START. */
const FAILED_POST_START = 43;

/**
 * Returns true for a device that Windows could not ask what it is. The product id in its instance
 * differs between versions of Windows (host-systems.md 1.4).
 */
export function isSilent({ instance, problem }: WindowsDevice): boolean {
  return /^USB\\VID_0000&/i.test(instance) && problem === FAILED_POST_START;
}

/**
 * Returns the place of a device.
 * @param hubs the root hubs in the order in which libusb counts them
 */
export function placeOf(
  device: WindowsDevice,
  all: readonly WindowsDevice[],
  hubs: readonly string[],
): string {
  const [above] = device.locations.map((path) => path.replace(/#USB\(\d+\).*$/, ""));
  const root = all.find(({ instance, locations }) =>
    isRootHub(instance) && locations.includes(above)
  );
  const known = hubs.length > 0 ? hubs : all.map(({ instance }) => instance).filter(isRootHub);
  const number = known.findIndex((hub) => hub.toUpperCase() === root?.instance.toUpperCase());
  return portPathOf(number, device.locations) ?? device.instance;
}

/** Returns the devices with ids; without hubs, and without the parts of composite devices. */
export function boundDevices(
  all: readonly WindowsDevice[],
  hubs: readonly string[],
): BoundDevice[] {
  return all.flatMap((device) => {
    const ids = parseInstance(device.instance);
    if (!ids || ids.vendorId === 0 || /^USBHUB/i.test(device.service)) return [];
    const { vendorId, productId } = ids;
    return [{ vendorId, productId, portPath: placeOf(device, all, hubs), device }];
  });
}

/** Returns a device of libusb's list with its driver, if it is known which one it is. */
export function withDriver(info: UsbDeviceInfo, bound: readonly BoundDevice[]): UsbDeviceInfo {
  const alike = bound.filter((one) => hasIds(one, info));
  const own = alike.length === 1 ? alike[0] : alike.find((one) => one.portPath === info.portPath);
  return own ? { ...info, driver: driverOf(own) } : info;
}

/**
 * Returns the devices that libusb leaves out: those without a driver, or with a problem that keeps
 * them from being configured (host-systems.md 1.1).
 */
export function leftOut(
  listed: readonly UsbDeviceInfo[],
  bound: readonly BoundDevice[],
): UsbDeviceInfo[] {
  return bound.filter(({ device }) => device.service === "" || device.problem !== 0)
    .filter((one) => {
      const alike = listed.filter((info) => hasIds(one, info));
      const all = bound.filter((other) => hasIds(other, alike[0]));
      return !alike.some(({ portPath }) => portPath === one.portPath) &&
        alike.length < Math.max(all.length, 1);
    })
    .map(deviceInfo);
}

function hasIds({ vendorId, productId }: BoundDevice, info: UsbDeviceInfo | undefined): boolean {
  return info?.descriptor.idVendor === vendorId && info.descriptor.idProduct === productId;
}

const driverOf = ({ device: { service, provider, problem } }: BoundDevice) => ({
  service,
  problem,
  ...(provider && { provider }),
});

/** Describes a device that nobody has asked: only its ids and its place are known. */
function deviceInfo(bound: BoundDevice): UsbDeviceInfo {
  const blank = new Uint8Array(DeviceDescriptor.size);
  blank.set([DeviceDescriptor.size, 1]);
  return {
    bus: 0,
    address: 0,
    portPath: bound.portPath,
    speed: "unknown",
    descriptor: {
      ...DeviceDescriptor.decode(blank),
      idVendor: bound.vendorId,
      idProduct: bound.productId,
    },
    configurations: [],
    driver: driverOf(bound),
  };
}
