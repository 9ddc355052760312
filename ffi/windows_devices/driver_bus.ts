import { isKind, UnbrickError } from "../../core/common/errors.ts";
import { usbId } from "../../core/common/format.ts";
import type {
  TransferOptions,
  UsbBus,
  UsbDevice,
  UsbDeviceInfo,
} from "../../core/transport/usb/device.ts";
import { describeDevice } from "../libusb/describe_device.ts";
import { atMostOnceASecond } from "../system/at_most_once_a_second.ts";
import { boundDevices, isSilent, leftOut, placeOf, withDriver } from "./bound.ts";
import { driverProblem } from "./driver_problem.ts";
import { withNotStarted } from "./not_started.ts";
import type { WindowsDevice } from "./setup_api.ts";

/** Windows' device tree. */
export interface DeviceTree {
  devices(): Promise<readonly WindowsDevice[]>;
  /** Returns the hubs, in Windows' order. */
  hubs(): Promise<readonly string[]>;
}

/**
 * The bus of Windows: libusb's devices with the drivers bound to them, and the devices without a
 * usable driver, which libusb does not list. Opening one of those names the problem.
 */
export class DriverAwareBus implements UsbBus {
  readonly #tree: () => Promise<readonly [readonly WindowsDevice[], readonly string[]]>;
  readonly #ofLibusb = new WeakMap<UsbDeviceInfo, UsbDeviceInfo>();

  constructor(private readonly bus: UsbBus, tree: DeviceTree) {
    const nothing = [[], []] as const;
    this.#tree = atMostOnceASecond(
      async () => [await tree.devices(), await tree.hubs()] as const,
      nothing,
    );
  }

  async list(): Promise<readonly UsbDeviceInfo[]> {
    const listed = await this.#explained(this.bus.list());
    const [all, hubs] = await this.#tree();
    const bound = boundDevices(all, hubs);
    const known = listed.map((info) => {
      const seen = withDriver(info, bound);
      this.#ofLibusb.set(seen, info);
      return seen;
    });
    return [...known, ...leftOut(listed, bound)];
  }

  changed(options: TransferOptions): Promise<boolean> {
    return this.#explained(this.bus.changed(options));
  }

  async silentPorts(): Promise<readonly string[]> {
    const [all, hubs] = await this.#tree();
    return all.filter(isSilent).map((device) => placeOf(device, all, hubs));
  }

  async open(info: UsbDeviceInfo): Promise<UsbDevice> {
    const known = this.#ofLibusb.get(info);
    if (!known && info.driver) throw withoutDriver(info);
    try {
      return await this.bus.open(known ?? info);
    } catch (error) {
      if (!isKind(error, "driver") || !info.driver) throw error;
      throw withoutDriver(info, error);
    }
  }

  close(): Promise<void> {
    return this.bus.close();
  }

  /** Waits for libusb. If it hangs, the error says which devices may be the cause. */
  async #explained<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw withNotStarted(error, ...await this.#tree());
    }
  }
}

function withoutDriver(info: UsbDeviceInfo, cause?: UnbrickError): UnbrickError {
  const { portPath, driver, descriptor: { idVendor, idProduct } } = info;
  const { service, problem } = driver!;
  return new UnbrickError("driver", driverProblem(driver!, describeDevice(info)), {
    ...cause?.data,
    port: portPath,
    usbId: usbId(idVendor, idProduct),
    service,
    problem,
  }, { cause });
}
