import type { Clock } from "../common/clock.ts";
import { BoundCamera } from "../device/bound_camera.ts";
import type { Expectation, SessionKind } from "../device/camera_access.ts";
import { type DetectedDevice, type Mode, portOf } from "../device/detected_device.ts";
import { type DeviceSummary, summarise } from "../device/device_summary.ts";
import type { DeviceFinder, Look } from "../device/finder.ts";
import type { UnitId } from "../device/unit_id.ts";
import type { Board } from "../family/board.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { UsbBus } from "../transport/usb/device.ts";
import type { NewRunEvent } from "./events.ts";
import type { HardwareAction } from "./hardware_action.ts";
import { HardwareRequests } from "./hardware_requests.ts";
import { Newest } from "./newest.ts";
import type { Operator } from "./operator.ts";
import type { RunProgress } from "./progress.ts";
import { type MemoryRange, type OnRead, type ReadBack, ReadBacks } from "./read_back.ts";
import type { Step } from "./step.ts";
import { list, text, type Words } from "../common/text.ts";
import type { StepContext } from "./step_context.ts";

export interface RunContextOptions {
  readonly board: Board;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly finder: DeviceFinder;
  /** If omitted, this host has no serial ports. */
  readonly serial?: SerialBus;
  readonly operator: Operator;
  /** The only port the run may use (`--port`). */
  readonly port?: string;
  /** Deadline for hardware actions, ms (`--timeout`). */
  readonly hardwareDeadlineMs: number;
  readonly progress: RunProgress;
  emit(event: NewRunEvent): void;
}

/** What `progress` reports. */
interface StepProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: "bytes" | "milliseconds";
}

/** The context for the steps of one run: its camera, and methods that emit events. */
export class RunContext implements StepContext {
  /** What `read` jobs have output, by name. */
  readonly outputs = new Map<string, Uint8Array>();
  /** Sentences about which board this is. */
  readonly evidence: Words[] = [];
  /** Makes the proofs that memory was read back. */
  readonly readBacks = new ReadBacks(() => this.receivedBytes);
  readonly #options: RunContextOptions;
  readonly #camera: BoundCamera;
  readonly #hardware: HardwareRequests;
  readonly #progress: Newest<StepProgress>;
  /** The total of the last progress, and how many tenths of it were done. */
  #total = 0;
  #tenth = 0;
  /** The camera as the last look found it. */
  #found: DetectedDevice | undefined;
  /** The device of the last `connected` event. */
  #connected: DeviceSummary | undefined;
  /** The last `seen` event, as text. */
  #seen = "";
  #step!: Step;
  #title: Words = "";

  constructor(options: RunContextOptions) {
    const deadlineMs = options.hardwareDeadlineMs;
    this.#options = options;
    this.#progress = new Newest(options.clock, (progress) => this.#emitProgress(progress));
    this.#camera = new BoundCamera({
      ...options,
      deadlineMs,
      choose: (fits) => this.#choose(fits),
      onFound: (device) => this.#emitConnected(device),
      onUnproven: (device) => this.#noteUnproven(device),
      onLook: (look, isOver) => this.#emitSeen(look, isOver),
    });
    this.#hardware = new HardwareRequests({ ...options, camera: this.#camera, deadlineMs });
  }

  /** @param title the title of progress events from now on */
  beginStep(step: Step, title: Words): void {
    this.#step = step;
    this.#title = title;
  }

  /** The camera as it last appeared. */
  get camera(): DeviceSummary | undefined {
    return this.#connected;
  }

  /** Bytes that the camera has sent in this run. */
  get receivedBytes(): number {
    return this.#camera.receivedBytes;
  }

  get unitIds(): readonly UnitId[] {
    return this.#camera.unitIds;
  }

  get board(): Board {
    return this.#camera.board;
  }

  get clock(): Clock {
    return this.#camera.clock;
  }

  get signal(): AbortSignal {
    return this.#camera.signal;
  }

  get usb(): UsbBus {
    return this.#camera.usb;
  }

  get serial(): SerialBus {
    return this.#camera.serial;
  }

  detected(modes: readonly Mode[]): Promise<DetectedDevice | undefined> {
    return this.#camera.detected(modes);
  }

  async waitFor(expectation: Expectation): Promise<DetectedDevice> {
    const { what: waitingFor, deadlineMs = this.#options.hardwareDeadlineMs } = expectation;
    this.#options.emit({ type: "waiting", waitingFor, deadlineMs });
    try {
      return await this.#camera.waitFor(expectation);
    } finally {
      this.#options.emit({ type: "awaited", waitingFor });
    }
  }

  waitGone(device: DetectedDevice, deadlineMs: number): Promise<void> {
    return this.#camera.waitGone(device, deadlineMs);
  }

  use<S, T>(kind: SessionKind<S>, work: (session: S) => Promise<T>): Promise<T> {
    return this.#camera.use(kind, work);
  }

  learned<T extends object>(make: () => T): T {
    return this.#camera.learned(make);
  }

  remember(id: UnitId): void {
    this.#camera.remember(id);
  }

  request(actions: readonly HardwareAction[], expectation: Expectation): Promise<DetectedDevice> {
    return this.#hardware.request(actions, expectation);
  }

  requestWhile<T>(
    actions: readonly HardwareAction[],
    awaited: { readonly what: string; readonly deadlineMs?: number },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#hardware.requestWhile(actions, awaited, work);
  }

  readBack(
    ranges: readonly MemoryRange[],
    read: (onRead: OnRead) => Promise<void>,
  ): Promise<ReadBack> {
    return this.readBacks.read(ranges, read);
  }

  progress(done: number, total: number, unit: "bytes" | "milliseconds" = "bytes"): void {
    if (total !== this.#total) this.flushProgress(); // other work, so that this was the last of its kind
    const tenth = Math.floor(10 * done / total), isNext = tenth !== this.#tenth;
    this.#total = total;
    this.#tenth = tenth;
    this.#progress.add({ done, total, unit });
    if (isNext) this.flushProgress();
  }

  /** Emits the progress that still waits: what is emitted next came after it. */
  flushProgress(): void {
    this.#progress.flush();
  }

  #emitProgress({ done, total, unit }: StepProgress): void {
    const step = this.#step;
    const bytes = unit === "bytes" ? done : undefined;
    const fraction = this.#options.progress.at(step, total > 0 ? done / total : 1, bytes);
    const title = this.#title;
    this.#options.emit({
      ...{ type: "progress", step: step.id, title, unit, ...fraction },
      done: Math.round(done),
      total: Math.round(total),
    });
  }

  note(words: Words): void {
    this.#options.emit({ type: "note", text: words });
  }

  identified(words: Words): void {
    this.evidence.push(words);
    this.note(words);
  }

  output(name: string, bytes: Uint8Array): void {
    this.outputs.set(name, bytes);
    this.#options.emit({ type: "output", name, bytes: bytes.length });
  }

  /** Closes the camera. Call this last. */
  close(): Promise<void> {
    this.#progress.close();
    return this.#camera.close();
  }

  #choose(fits: readonly DetectedDevice[]): Promise<DetectedDevice> {
    const { board, operator, signal } = this.#options;
    return operator.choose(
      text`${fits.length} devices may be the ${board.name}. Which one is yours?`,
      fits.map((one) => ({
        value: one,
        label: text`port ${portOf(one)}`,
        hint: list([one.title, one.seen.serial]),
      })),
      signal,
    );
  }

  #emitConnected(device: DetectedDevice): void {
    if (device === this.#found) return;
    this.#found = device;
    const detected = summarise(device);
    if (JSON.stringify(detected) === JSON.stringify(this.#connected)) return;
    this.#connected = detected;
    this.#options.emit({ type: "connected", detected });
  }

  #noteUnproven(device: DetectedDevice): void {
    this.note(
      text`"${device.title}" is on the same USB port (${portOf(device)}), but no serial number
        proves that it is the same camera.`,
    );
  }

  #emitSeen({ detectedDevices: devices }: Look, isOver: boolean): void {
    const { tracker } = this.#hardware;
    if (!isOver) tracker?.observe(devices);
    const mistake = isOver ? undefined : tracker?.mistake;
    const detectedDevices = devices.map(summarise);
    const seen = JSON.stringify({ detectedDevices, mistake });
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#options.emit({ type: "seen", detectedDevices, ...(mistake && { mistake }) });
  }
}
