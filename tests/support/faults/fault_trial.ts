import type { DeviceSummary } from "../../../core/device/device_summary.ts";
import { DeviceFinder } from "../../../core/device/finder.ts";
import { asUnbrickError, UnbrickError } from "../../../core/common/errors.ts";
import type { FlashSnapshot } from "../../../core/common/flash_memory.ts";
import { runPlan, type RunResult } from "../../../core/plan/engine.ts";
import type { RunEvent } from "../../../core/plan/events.ts";
import type { Operator } from "../../../core/plan/operator.ts";
import { agreeingOperator, Trial } from "../plan/plan_rig.ts";
import { LineFaultInjector, type PlannedLineFault } from "../transport/serial_fault_injector.ts";
import type { LineInterposer } from "../../../core/transport/serial/model.ts";
import { FaultInjector, type PlannedFault } from "../transport/usb_fault_injector.ts";
import { MemoryBus } from "../../../core/transport/usb/memory.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { Interposer } from "../../../core/transport/usb/virtual_bus.ts";
import { BackupWatch } from "./backup_watch.ts";
import type { NamedFault } from "./case_id.ts";
import type { Counted, FaultClass, FaultContext } from "./fault_class.ts";
import { HostProcess } from "./host_process.ts";
import { type HostFault, HostSide } from "./host_side.ts";
import { plugInHungNeighbour, plugInSilentNeighbour } from "./hung_neighbour.ts";
import { faultNamed } from "./fault_names.ts";
import { Stranger } from "./stranger.ts";
import type { FaultCamera, FaultSubject } from "./subject.ts";
import { TakenUnnoticed } from "./taken_unnoticed.ts";

/** The time limit for steps by hand; the simulated user needs no time. */
const HANDS_MS = 20_000;
/** The virtual time after which a run counts as one that never ends. */
const ENDLESS_MS = 4 * 3_600_000;
/** Nobody runs a command again before the chip has finished what it began. */
const PAUSE_MS = 1_000;
/** How long a camera without its jumper is looked at, and how often. */
const STARTING_LOOKS = 20, LOOK_MS = 100;
/** Where a device descriptor has the product id. */
const PRODUCT_AT = 10;

/** How one run ended, and what the camera itself shows. */
export interface Ending {
  /** Omitted if the process was killed. */
  readonly result?: RunResult;
  /** The exit code in the last event. */
  readonly exitCode?: number;
  /** True if something in the camera differs from before the run. */
  readonly isChanged: boolean;
  /** Regions of the user's that are neither on the camera nor in a backup. */
  readonly lostFiles: readonly string[];
  /** The results of the job that are missing. */
  readonly missing: readonly string[];
  /** The faults that happened. */
  readonly fired: number;
  /** Without its jumper the camera started a program that is neither the old nor the new one. */
  readonly startsHalf: boolean;
  /** If another camera appeared: what the run did with it. */
  readonly swapped?: TakenUnnoticed;
  /** The modes in which the run met a camera, with the serial number that it received there. */
  readonly met: readonly Pick<DeviceSummary, "mode" | "serial">[];
  readonly counts: Readonly<Record<Counted, number>>;
  /** The transfer during which the last erase or write happened; 0 if none did. */
  readonly lastWorkAt: number;
  /** What the host lost of its output without telling, in one sentence. */
  readonly lost?: string;
}

/** An observer of a trial, which may also interfere. */
export interface RunWatch {
  /** Placed between the faults and the camera. */
  readonly interposer?: Interposer;
  readonly lineInterposer?: LineInterposer;
  /**
   * Called for each counted transfer, before anything happens to it, and for what the host
   * received.
   */
  seen?(transfer: Transfer, number: number): void;
  answered?(reply: Uint8Array, number: number): void;
  onEvent?(event: RunEvent): void;
}

/** One camera and its consecutive runs. */
export class FaultTrial {
  readonly camera: FaultCamera;
  readonly #trial: Trial;
  readonly #backup: BackupWatch | undefined;

  constructor(readonly subject: FaultSubject) {
    this.#trial = new Trial([subject.family]);
    this.camera = subject.camera(this.#trial);
    const { userRegions } = this.camera;
    this.#backup = userRegions && new BackupWatch(userRegions);
  }

  /** Runs the restore that repairs the camera if the job itself cannot. */
  async rescue(): Promise<Ending> {
    const { rescue } = this.subject;
    return await this.#timed(() => this.#run([], undefined, { ...this.subject, ...rescue }));
  }

  /** Runs the job again, with the option that overwrites a ROMFS of unknown origin. */
  async overwriteRomfs(): Promise<Ending> {
    const options = { ...this.subject.options, romfs: "write" } as const;
    return await this.#timed(() => this.#run([], undefined, { ...this.subject, options }));
  }

  /** Chooses another name for the backup. */
  renameBackup(): void {
    this.#backup?.rename();
  }

  /** @param watch observes the trial */
  async run(faults: readonly NamedFault[] = [], watch?: RunWatch): Promise<Ending> {
    return await this.#timed(() => this.#run(faults, watch, this.subject));
  }

  async #timed(run: () => Promise<Ending>): Promise<Ending> {
    return await this.#trial.clock.run(async () => {
      const ending = await run();
      await this.#trial.clock.sleep(PAUSE_MS);
      return ending;
    });
  }

  async #run(
    faults: readonly NamedFault[],
    watch: RunWatch | undefined,
    subject: FaultSubject,
  ): Promise<Ending> {
    const { clock, bus, serial } = this.#trial;
    const { camera } = this;
    const stop = new AbortController();
    const usb = new MemoryBus(bus, clock);
    let stranger: Stranger | undefined;
    const operator: Operator = {
      ...agreeingOperator({
        perform: (action) => (stranger?.hasHands ? stranger.camera : camera.board).perform(action),
      }),
      // Asked about a neighbour, too: a person knows which port is theirs.
      choose: (_question, choices) => {
        const { portPath } = camera.socket;
        const own = choices.find(({ label }) => String(label) === `port ${portPath}`);
        return Promise.resolve((own ?? choices[0]).value);
      },
    };
    const process = new HostProcess({ clock, usb, serial, operator });
    let swapped: TakenUnnoticed | undefined;
    const met: DeviceSummary[] = [];
    let isUnjumpered = false;
    const planned = plan(faults, subject, {
      cancel: () => stop.abort(),
      kill: () => process.kill(),
      killUnjumpered: () => {
        isUnjumpered = true;
        process.kill();
      },
      unplug: () => camera.socket.detach(),
      crash: () => camera.crash?.(),
      swap: (options) => {
        stranger ??= new Stranger(subject, camera, this.#trial, options);
        swapped ??= new TakenUnnoticed(stranger, met.length > 0);
      },
      plugInNeighbour: (kind) => {
        if (kind === "silent") plugInSilentNeighbour(this.#trial);
        else plugInHungNeighbour(this.#trial, camera.socket.attachment?.model);
      },
      otherPort: camera.socket.portPath === "1-1" ? "1-7" : "1-1",
    });
    const before = camera.memories.map((memory) => memory.snapshot());

    const transfers = new FaultInjector(
      camera.socket,
      planned.transfer,
      watch?.seen,
      watch?.answered,
    );
    const frames = camera.line && new LineFaultInjector(camera.line, planned.frame);
    const host = planned.event.size > 0 ? new HostSide(subject, process.clock) : undefined;
    let works = 0, swallowed = 0, lastWorkAt = 0, events = 0, hostFaults = 0;
    const isIgnored = () => {
      lastWorkAt = transfers.transfers;
      if (!planned.work.has(++works)) return false;
      swallowed++;
      return true;
    };
    const removals = [
      bus.interpose(transfers),
      ...(watch?.interposer ? [bus.interpose(watch.interposer)] : []),
      ...(frames ? [camera.line!.interpose(frames)] : []),
      ...(camera.line && watch?.lineInterposer
        ? [camera.line.interpose(watch.lineInterposer)]
        : []),
      this.#ignoresWrite(isIgnored),
    ];
    let exitCode: number | undefined;
    const work = async () => {
      const { family, job, board, images, options } = subject;
      const backup = this.#backup?.open();
      return await runPlan(family.plan(job, board, images, { ...options, backup }), {
        clock: process.clock,
        signal: stop.signal,
        finder: new DeviceFinder(host?.usb(process.usb) ?? process.usb, [family], clock),
        serial: process.serial,
        operator: process.operator,
        simulated: true,
        hardwareDeadlineMs: HANDS_MS,
        onEvent: (event: RunEvent) => {
          if (process.isDead) return;
          const fault = event.type === "progress" ? undefined : planned.event.get(++events);
          if (fault) {
            hostFaults++;
            host?.fail(fault);
          }
          host?.see(event);
          this.#backup?.see(event);
          swapped?.see(event);
          if (event.type === "connected") met.push(event.detected);
          if (event.type === "run-ended") exitCode = event.exitCode;
          watch?.onEvent?.(event);
        },
      });
    };
    const result = await this.#inTime(() => process.run(work));
    frames?.stop();
    removals.forEach((remove) => remove());
    await process.end();
    stranger?.leave();
    this.#endMove();
    const lost = result && await host?.lostUnnoticed();
    const startsHalf = isUnjumpered && await this.#startsHalf();
    return {
      startsHalf,
      result,
      exitCode,
      isChanged: this.#isChanged(before),
      missing: [
        ...camera.missing(result?.outputs ?? new Map()),
        ...this.#backup?.missing() ?? [],
      ],
      lostFiles: this.#backup?.lost() ?? [],
      swapped,
      met,
      fired: transfers.fired.length + (frames?.fired ?? 0) + swallowed + hostFaults,
      counts: {
        transfer: transfers.transfers,
        frame: frames?.pieces ?? 0,
        work: works,
        event: events,
      },
      lastWorkAt,
      lost,
    };
  }

  /** Takes the jumper off, plugs the camera in again, and looks at what it starts. */
  async #startsHalf(): Promise<boolean> {
    const { board, socket, program } = this.camera;
    await this.#trial.clock.sleep(PAUSE_MS);
    for (const id of ["unplug", "remove-jumper", "plug"] as const) {
      await board.perform({ id, text: "" });
    }
    let isHalf = false;
    for (let looks = 0; looks < STARTING_LOOKS; looks++) {
      await this.#trial.clock.sleep(LOOK_MS);
      const descriptor = socket.attachment?.model.deviceDescriptor;
      if (!program || !descriptor) continue;
      const productId = descriptor[PRODUCT_AT] | descriptor[PRODUCT_AT + 1] << 8;
      const { memory, address, head, versions } = program;
      const isWhole = versions.some((bytes) => memory.holds(address + head, bytes.subarray(head)));
      isHalf ||= productId === program.productId && !isWhole;
    }
    return isHalf;
  }

  #isChanged(before: readonly FlashSnapshot[]): boolean {
    return this.camera.memories.some((memory, at) => !memory.isAs(before[at]));
  }

  /** If a cable was to return on another port but never left, it stays where it is. */
  #endMove(): void {
    const { socket } = this.camera;
    const here = socket.attachment?.portPath;
    if (here !== undefined && here !== socket.portPath) socket.moveTo(here);
  }

  #ignoresWrite(asked: () => boolean): () => void {
    const { memories, fuse } = this.camera;
    const set = (to: (() => boolean) | undefined) => {
      for (const memory of memories) memory.ignoresWrite = to;
      if (fuse) fuse.refuse = to;
    };
    set(asked);
    return () => set(undefined);
  }

  /** A run that never ends, or breaks the engine itself, ends as a defect. */
  async #inTime(work: () => Promise<RunResult | undefined>): Promise<RunResult | undefined> {
    const over = new AbortController();
    const limit = this.#trial.clock.sleep(ENDLESS_MS, over.signal).then(() => {
      throw new UnbrickError("bug", "The run never ended.");
    });
    try {
      return await Promise.race([work(), limit]);
    } catch (thrown) {
      const error = asUnbrickError(thrown);
      return { outcome: "not-proven", error, proofs: [], outputs: new Map() };
    } finally {
      limit.catch(() => {});
      over.abort();
    }
  }
}

interface Planned {
  readonly transfer: PlannedFault[];
  readonly frame: PlannedLineFault[];
  readonly work: Set<number>;
  readonly event: Map<number, HostFault>;
}

function plan(
  faults: readonly NamedFault[],
  subject: FaultSubject,
  context: FaultContext,
): Planned {
  const planned: Planned = { transfer: [], frame: [], work: new Set(), event: new Map() };
  for (const { at, name } of faults) {
    const one: FaultClass = faultNamed(subject, name);
    if (one.counts === "transfer") planned.transfer.push({ at, fault: one.make(context) });
    else if (one.counts === "frame") planned.frame.push({ at, fault: one.make(context) });
    else if (one.counts === "event") planned.event.set(at, one.make(context));
    else planned.work.add(at);
  }
  return planned;
}
