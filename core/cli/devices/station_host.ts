import { UnbrickError } from "../../common/errors.ts";
import type { SimulatedBoard } from "../../family/family.ts";
import type { BoardImages } from "../../image/image.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { Operator } from "../../plan/operator.ts";
import type { SerialBus } from "../../transport/serial/port.ts";
import { isPortEvent, type StationEvent, type StationJob } from "../../station/events.ts";
import type { UsbBus } from "../../transport/usb/device.ts";
import { VirtualPorts } from "../../transport/virtual_ports.ts";
import type { ReadyBoard } from "./board_names.ts";
import { performActions, simulatedOperator } from "../operators/simulated.ts";
import type { Session } from "../session.ts";
import { startingCondition, trapsOf } from "./device_host.ts";
import { plural, text } from "../../common/text.ts";

/** Gives a station its cameras: those on the real bus, or simulated ones. */
export interface StationHost {
  readonly bus: UsbBus;
  readonly serial?: SerialBus;
  /** Returns the operator for a port. `questions` answers questions. */
  operator(port: string, questions: Operator): Operator;
  /** Receives the station's events, to which simulated cameras react. */
  onEvent(event: StationEvent): void;
  /**
   * Connects and disconnects simulated cameras until the signal aborts. Does nothing for real ones.
   */
  connectCameras(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export async function openRealStation({ context, options }: Session): Promise<StationHost> {
  const serial = await context.openSerialBus?.();
  const bus = await context.openUsbBus({ library: options.libusb });
  return {
    bus,
    serial,
    operator: (_port, questions) => questions,
    onEvent() {},
    connectCameras: () => Promise.resolve(),
    close: () => bus.close(),
  };
}

/** Number of simulated ports. Further cameras connect when others are removed. */
const PORTS = 8;
/** Time between the arrivals of two cameras on different ports, ms. */
const ARRIVAL_INTERVAL_MS = 700;
/** Time before a finished camera is removed, and again before the next one connects, ms. */
const REST_MS = 2_000;
/** Time between the first change and pulling the cable (trap `unplug`), ms. */
const UNPLUG_DELAY_MS = 150;

/** A simulated camera at a station. */
interface SimulatedCamera {
  readonly camera: SimulatedBoard;
  /** The steps by hand with which it comes. */
  readonly arrival: readonly HardwareAction[];
  readonly isUnpluggedEarly: boolean;
}

/**
 * Opens a station with cameras in the condition that the job expects. For `verify`, they contain
 * the planned images; otherwise the family's own.
 * @throws UnbrickError `usage` for an unknown trap, or one for a camera that does not exist
 */
export function openSimulatedStation(
  session: Session,
  job: StationJob,
  boards: readonly { readonly known: ReadyBoard; readonly plannedImages: BoardImages }[],
  count: number,
): StationHost {
  const { clock, options } = session;
  for (const word of options.trap) {
    const number = Number(/^(\d+):/.exec(word)?.[1] ?? 1);
    if (number < 1 || number > count) {
      throw new UnbrickError(
        "usage",
        plural(
          count,
          text`There is no camera ${number} for the trap ${word}: only ${count} simulated camera
            will appear.`,
          text`There is no camera ${number} for the trap ${word}: only ${count} simulated cameras
            will appear.`,
        ),
        { trap: word, count },
      );
    }
  }
  const ports = new VirtualPorts(clock);
  const paths = Array.from({ length: Math.min(PORTS, count) }, (_, at) => `1-${at + 1}`);
  const visitors = new Map<string, SimulatedCamera>();
  /** Functions to call when the run on a port starts. */
  const beginnings = new Map<string, () => void>();
  /** Functions to call when the run on a port ends. */
  const endings = new Map<string, () => void>();

  function makeCamera(unit: number): SimulatedCamera {
    const path = paths[unit % paths.length];
    const { known: { board, family }, plannedImages } = boards[unit % boards.length];
    const own = options.trap.flatMap((word) => {
      const [, number, trap] = /^(?:(\d+):)?(.*)$/.exec(word)!;
      return number === undefined || Number(number) === unit + 1 ? [trap] : [];
    });
    const camera = family.simulate(board, {
      ...ports.at(path),
      condition: startingCondition(session, job),
      traps: trapsOf(own.filter((name) => name !== UNPLUG)),
      unit,
      ...(job === "verify" && { images: plannedImages }),
      plannedImages,
    });
    const arrival = job === "restore" ? board.recoveryActions : [plugAction];
    return { camera, arrival, isUnpluggedEarly: own.includes(UNPLUG) };
  }
  const firstCameras = paths.map((_, unit) => makeCamera(unit));

  /** Waits for the run on a port to start; returns false if it does not start in time. */
  async function hasBegun(path: string, signal: AbortSignal): Promise<boolean> {
    const waiting = new AbortController();
    const begun = new Promise<true>((resolve) => beginnings.set(path, () => resolve(true)));
    const late = clock.sleep(options.timeout * 1000, AbortSignal.any([signal, waiting.signal]))
      .then(() => false, (error) => {
        if (waiting.signal.aborted) return true;
        throw error;
      });
    try {
      return await Promise.race([begun, late]);
    } finally {
      waiting.abort();
    }
  }

  /** Connects the cameras of one port, one after another. */
  async function usePort(at: number, signal: AbortSignal): Promise<void> {
    const path = paths[at];
    await clock.sleep(at * ARRIVAL_INTERVAL_MS, signal);
    for (let unit = at; unit < count; unit += paths.length) {
      const visitor = unit === at ? firstCameras[at] : makeCamera(unit);
      visitors.set(path, visitor);
      const over = new Promise<void>((resolve) => endings.set(path, resolve));
      const begun = hasBegun(path, signal);
      begun.catch(() => {}); // awaited below, unless an error ends this function first
      await performActions(visitor.camera, clock, visitor.arrival, signal);
      if (await begun) await over;
      await clock.sleep(REST_MS, signal);
      await visitor.camera.perform(unplugAction);
      await clock.sleep(REST_MS, signal);
    }
  }

  const { trace } = session.context;
  const bus = ports.openBus();
  return {
    bus: trace?.usb(bus) ?? bus,
    serial: trace?.serial(ports.serial) ?? ports.serial,
    operator: (path, questions) => simulatedOperator(visitors.get(path)!.camera, clock, questions),
    onEvent(event) {
      if (!isPortEvent(event)) return;
      const { port } = event;
      const visitor = visitors.get(port);
      if (event.type === "changing" && visitor?.isUnpluggedEarly) {
        void clock.sleep(UNPLUG_DELAY_MS).then(() => visitor.camera.perform(unplugAction));
      }
      if (event.type === "port" && event.state === "running") beginnings.get(port)?.();
      const isOver = event.type === "port" &&
        (event.state === "finished" || event.state === "failed");
      if (isOver) endings.get(port)?.();
    },
    async connectCameras(signal) {
      try {
        await Promise.all(paths.map((_, at) => usePort(at, signal)));
      } catch (error) {
        if (!(error instanceof UnbrickError && error.kind === "cancelled")) throw error;
      }
    },
    close: () => Promise.resolve(),
  };
}

/** A trap of the station itself: the cable is pulled while the camera is being written. */
const UNPLUG = "unplug";

const plugAction: HardwareAction = { id: "plug", text: text`Connect the camera.` };
const unplugAction: HardwareAction = { id: "unplug", text: text`Unplug the camera.` };
