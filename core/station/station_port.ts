import type { Clock } from "../common/clock.ts";
import { DeviceFinder, type Look, type Recogniser } from "../device/finder.ts";
import { connectionKey } from "../device/name_reader.ts";
import type { DetectedDevice } from "../device/detected_device.ts";
import { UnbrickError } from "../common/errors.ts";
import { Changes } from "../transport/usb/changes.ts";
import type { TransferOptions, UsbBus, UsbDevice, UsbDeviceInfo } from "../transport/usb/device.ts";
import { text } from "../common/text.ts";

export interface StationPortOptions {
  /** `1-1.3` */
  readonly path: string;
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly families: readonly Recogniser[];
  /** True if its device was present before the station started. */
  readonly wasThereAtStart: boolean;
  elsewhere(): readonly DetectedDevice[];
}

/**
 * Presents one port as if it were the whole bus: a run with this finder can see and open only the
 * devices on this port. Listing uses the result of the bus watch and never the bus itself.
 */
export class StationPort extends DeviceFinder {
  readonly path: string;
  readonly wasThereAtStart: boolean;
  /** The detected devices of the last look. */
  latest: readonly DetectedDevice[] = [];
  /** Number of the look at which the devices on this port last changed. */
  changedAt = 0;
  /** Value of `changedAt` when the current camera appeared; undefined after it is removed. */
  occupiedSince: number | undefined;
  /** Clock time at which the port became empty; undefined if it is not empty. */
  emptySince: number | undefined;
  readonly #clock: Clock;
  readonly #one: OnePort;
  readonly #elsewhere: () => readonly DetectedDevice[];

  constructor({ path, bus, clock, families, wasThereAtStart, elsewhere }: StationPortOptions) {
    const one = new OnePort(path, bus, clock);
    super(one, families, clock);
    this.#clock = clock;
    this.#one = one;
    this.#elsewhere = elsewhere;
    this.path = path;
    this.wasThereAtStart = wasThereAtStart;
  }

  /** The devices on the port now. */
  get infos(): readonly UsbDeviceInfo[] {
    return this.#one.infos;
  }

  /** Sets the devices on the port; called by the bus watch. */
  setDevices(infos: readonly UsbDeviceInfo[], look: number): void {
    if (!this.#one.setDevices(infos)) return;
    this.changedAt = look;
    this.emptySince = infos.length === 0 ? this.#clock.now() : undefined;
  }

  override async look(signal: AbortSignal): Promise<Look> {
    const look = await super.look(signal);
    this.latest = look.detectedDevices;
    return { ...look, elsewhere: this.#elsewhere() };
  }
}

/** A bus with only one port. */
class OnePort implements UsbBus {
  infos: readonly UsbDeviceInfo[] = [];
  readonly #changes: Changes;

  constructor(private readonly path: string, private readonly bus: UsbBus, clock: Clock) {
    this.#changes = new Changes(clock);
  }

  /** @returns true if the devices have changed */
  setDevices(infos: readonly UsbDeviceInfo[]): boolean {
    const keys = (all: readonly UsbDeviceInfo[]) => all.map(connectionKey).join("\n");
    const isOther = keys(infos) !== keys(this.infos);
    this.infos = infos;
    if (isOther) this.#changes.note();
    return isOther;
  }

  list(): Promise<readonly UsbDeviceInfo[]> {
    this.#changes.listed();
    return Promise.resolve(this.infos);
  }

  changed(options: TransferOptions): Promise<boolean> {
    return this.#changes.wait(options);
  }

  async silentPorts(): Promise<readonly string[]> {
    return (await this.bus.silentPorts?.() ?? []).filter((port) => port === this.path);
  }

  open(info: UsbDeviceInfo): Promise<UsbDevice> {
    if (info.portPath === this.path) return this.bus.open(info);
    const message =
      text`The run on port ${this.path} tried to use the device on port ${info.portPath}.`;
    return Promise.reject(
      new UnbrickError("bug", message, { port: this.path, wanted: info.portPath }),
    );
  }

  /** The bus belongs to the station. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
