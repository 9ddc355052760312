import type { Clock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import { Changes } from "./changes.ts";
import type { TransferOptions, UsbBus, UsbDevice, UsbDeviceInfo } from "./device.ts";
import { HostState } from "./host_state.ts";
import { MemoryDevice } from "./memory_device.ts";
import type { VirtualBus } from "./virtual_bus.ts";

/**
 * The host side of a virtual bus in the same process; ffi/libusb is the counterpart for real
 * devices. Several of these may share one bus, as several programs do; they share what the
 * operating system stores for a device (its configuration and claims).
 */
export class MemoryBus implements UsbBus {
  readonly #open = new Set<MemoryDevice>();
  readonly #unsubscribe: () => void;
  readonly #changes: Changes;

  /** @param clock measures the deadlines of transfers. */
  constructor(private readonly bus: VirtualBus, private readonly clock: Clock) {
    this.#changes = new Changes(clock);
    void this.#enumerate();
    this.#unsubscribe = bus.onChange(() => {
      void this.#enumerate();
      this.#changes.note();
    });
  }

  async list(): Promise<readonly UsbDeviceInfo[]> {
    this.#changes.listed();
    return (await this.#enumerate()).map(({ info }) => info);
  }

  silentPorts(): Promise<readonly string[]> {
    return Promise.resolve([...this.bus.silentPorts]);
  }

  changed(options: TransferOptions): Promise<boolean> {
    return this.#changes.wait(options);
  }

  async open(info: UsbDeviceInfo): Promise<UsbDevice> {
    const attachment = this.bus.attachments.find(({ address, portPath }) =>
      address === info.address && portPath === info.portPath
    );
    if (!attachment) {
      throw new UnbrickError("disconnected", `The device on port ${info.portPath} left the bus.`, {
        port: info.portPath,
      });
    }
    const state = await HostState.of(attachment, this.clock);
    const device = new MemoryDevice(
      attachment,
      state,
      this.clock,
      (closed) => this.#open.delete(closed),
    );
    this.#open.add(device);
    return device;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await Promise.all([...this.#open].map((device) => device.close()));
  }

  /** Returns the attached devices, all of them enumerated. */
  async #enumerate(): Promise<readonly HostState[]> {
    const { attachments } = this.bus;
    const states = await Promise.all(attachments.map((one) => HostState.of(one, this.clock)));
    return states.filter((_, at) => !attachments[at].gone);
  }
}
