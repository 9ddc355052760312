import { UnbrickError } from "../../common/errors.ts";
import type { SimulatedBoard } from "../../family/family.ts";
import type { BoardImages } from "../../image/image.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { Operator } from "../../plan/operator.ts";
import type { SerialBus } from "../../transport/serial/port.ts";
import { isPortEvent, type StationEvent, type StationJob } from "../../station/events.ts";
import type { UsbBus } from "../../transport/usb/device.ts";
import { VirtualPorts } from "../../transport/virtual_ports.ts";
import type { KnownBoard } from "./board_names.ts";
import { performActions, simulatedOperator } from "../operators/simulated.ts";
import type { Session } from "../session.ts";
import { startingCondition, trapsOf } from "./device_host.ts";
import { plural, text } from "../../common/text.ts";

/** Where a station's cameras come from: the real bus, or simulated cameras that come and go. */
export interface StationHost {
  readonly bus: UsbBus;
  readonly serial?: SerialBus;
  /** Who moves hands at a port. */
  operator(port: string, questions: Operator): Operator;
  /** Simulated cameras go by what the station tells. */
  onEvent(event: StationEvent): void;
  /** Simulated cameras come and go until the signal aborts; the real ones do so anyway. */
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

/** Ports of the simulated bench; with more cameras, the next one comes when one was taken away. */
const PORTS = 8;
/** From the arrival of one camera to the next, on another port, ms. */
const ARRIVAL_INTERVAL_MS = 700;
/** A finished camera is left for a moment; its successor comes after another one, ms. */
const REST_MS = 2_000;
/** How long after the first change a cable is pulled (trap `unplug`), ms. */
const UNPLUG_DELAY_MS = 150;

/** A simulated camera that comes and goes. */
interface SimulatedCamera {
  readonly camera: SimulatedBoard;
  readonly isUnpluggedEarly: boolean;
}

/**
 * Cameras in the condition that the job is made for. To be verified, they hold the planned images;
 * otherwise the family's own.
 * @throws UnbrickError `usage` for a trap that there is not, or of a camera that does not come
 */
export function openSimulatedStation(
  session: Session,
  job: StationJob,
  { board, family }: KnownBoard,
  count: number,
  plannedImages: BoardImages,
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
  /** Told when the run on a port has begun. */
  const beginnings = new Map<string, () => void>();
  /** Told when the run on a port is over. */
  const endings = new Map<string, () => void>();
  const arrival: readonly HardwareAction[] = job === "restore"
    ? board.recoveryActions
    : [plugAction];

  function makeCamera(unit: number): SimulatedCamera {
    const path = paths[unit % paths.length];
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
    return { camera, isUnpluggedEarly: own.includes(UNPLUG) };
  }
  const firstCameras = paths.map((_, unit) => makeCamera(unit));

  /** True once the run on a port has begun; false if that did not happen in time. */
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

  /** The cameras of one port, one after another. */
  async function usePort(at: number, signal: AbortSignal): Promise<void> {
    const path = paths[at];
    await clock.sleep(at * ARRIVAL_INTERVAL_MS, signal);
    for (let unit = at; unit < count; unit += paths.length) {
      const visitor = unit === at ? firstCameras[at] : makeCamera(unit);
      visitors.set(path, visitor);
      const over = new Promise<void>((resolve) => endings.set(path, resolve));
      const begun = hasBegun(path, signal);
      begun.catch(() => {}); // awaited below, unless something ends the visit before
      await performActions(visitor.camera, clock, arrival, signal);
      if (await begun) await over;
      await clock.sleep(REST_MS, signal);
      await visitor.camera.perform(unplugAction);
      await clock.sleep(REST_MS, signal);
    }
  }

  return {
    bus: ports.openBus(),
    serial: ports.serial,
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

/** Trap of the station itself: the cable is pulled in the middle of the work. */
const UNPLUG = "unplug";

const plugAction: HardwareAction = { id: "plug", text: text`Connect the camera.` };
const unplugAction: HardwareAction = { id: "unplug", text: text`Unplug the camera.` };
