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
  /** What is on it was there before the station. */
  readonly wasThereAtStart: boolean;
  elsewhere(): readonly DetectedDevice[];
}

/**
 * One port of the bus as if it were all there is: a run that gets this finder can see, and open, only
 * what is on this port. Listing it asks the watch's memory, never the bus.
 */
export class StationPort extends DeviceFinder {
  readonly path: string;
  readonly wasThereAtStart: boolean;
  /** The detected devices of the last look. */
  latest: readonly DetectedDevice[] = [];
  /** Number of the watch's look that last found something else here than the one before. */
  changedAt = 0;
  /** `changedAt` when the camera came that is, or was, worked on here; undefined once it is gone. */
  occupiedSince: number | undefined;
  /** When the port was last left empty, by the clock; undefined if something is on it. */
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

  /** What is on the port now. */
  get infos(): readonly UsbDeviceInfo[] {
    return this.#one.infos;
  }

  /** From the watch: what is on the port now. */
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

/** The bus with one port. */
class OnePort implements UsbBus {
  infos: readonly UsbDeviceInfo[] = [];
  readonly #changes: Changes;

  constructor(private readonly path: string, private readonly bus: UsbBus, clock: Clock) {
    this.#changes = new Changes(clock);
  }

  /** @returns true if that is something else than before */
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
