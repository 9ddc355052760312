import type { ErrorKind } from "../../../core/common/errors.ts";
import type { Fault } from "../transport/usb_fault_injector.ts";
import type { LineFault } from "../transport/serial_fault_injector.ts";
import type { HostFault } from "./host_side.ts";
import type { StrangerOptions } from "./stranger.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { Answer } from "./subject.ts";

/** The faults that can happen, by the names that replay commands use. */

/** What a fault counts to find its place. */
export type Counted = "transfer" | "frame" | "work" | "event";

/** What a fault may act on. */
export interface FaultContext {
  /** The user stops the run. */
  cancel(): void;
  /** The process of the host ends at once. */
  kill(): void;
  /** The same, and somebody takes the jumper off and plugs the camera in again. */
  killUnjumpered(): void;
  /** The cable is pulled. */
  unplug(): void;
  /** The chip resets by itself. */
  crash(): void;
  /** Another camera of the same kind takes the place of the first one. */
  swap(options: StrangerOptions): void;
  /** Another device is plugged in that never answers, or that cannot even be enumerated. */
  plugInNeighbour(kind: "hung" | "silent"): void;
  readonly otherPort: string;
}

interface ClassOf<C extends Counted, F> {
  readonly counts: C;
  /** The kinds of error that truthfully describe it; a success is judged by the camera's memory. */
  readonly kinds: readonly ErrorKind[];
  make(context: FaultContext): F;
}

/**
 * A class of faults, by what it counts: USB transfers, frames of a serial line, erases and writes,
 * events of the run.
 */
export type FaultClass =
  | ClassOf<"transfer", Fault>
  | ClassOf<"frame", LineFault>
  | ClassOf<"work", true>
  | ClassOf<"event", HostFault>;

/** The device has disconnected, or did not return to the same port. */
const gone = ["disconnected", "timeout"] as const;
/** A device that refuses one request may refuse or misunderstand those that follow. */
const refused = ["stalled", "device-status", "protocol", ...gone] as const;
/** Data that differs from what was sent can mean anything. */
const garbled = [...refused, "verify-failed", "wrong-board", "protected"] as const;

const usb = (kinds: readonly ErrorKind[], fault: Fault): FaultClass => ({
  counts: "transfer",
  kinds,
  make: () => fault,
});
const line = (kinds: readonly ErrorKind[], fault: LineFault): FaultClass => ({
  counts: "frame",
  kinds,
  make: () => fault,
});

/**
 * After the device has answered, another camera takes its place: at a replug, at a start, or too
 * early.
 */
const another = (options: (context: FaultContext) => StrangerOptions): FaultClass => ({
  counts: "transfer",
  kinds: [...garbled, "not-found"],
  make: (context) => ({ kind: "call", after: true, run: () => context.swap(options(context)) }),
});

const call = (kinds: readonly ErrorKind[], act: (context: FaultContext) => void): FaultClass => ({
  counts: "frame",
  kinds,
  make: (context) => ({ kind: "call", run: () => act(context) }),
});

/** The device answers with another length than the right one. */
const answerOf = (
  change: (reply: Uint8Array, transfer: Transfer) => Uint8Array | undefined,
): FaultClass =>
  usb(garbled, { kind: "answer", answer: (transfer, reply) => change(reply, transfer) });

const neighbour = (kind: "hung" | "silent"): FaultClass => ({
  counts: "transfer",
  // What happens to other devices is nothing to the run.
  kinds: [],
  make: (context) => ({
    kind: "call",
    after: true,
    run: () => context.plugInNeighbour(kind),
  }),
});

/** Nothing that happens to its output may end or change a run. */
const host = (fault: HostFault): FaultClass => ({ counts: "event", kinds: [], make: () => fault });

/** Faults of the computer that runs unbrick. */
export const hostFaults: Readonly<Record<HostFault, FaultClass>> = {
  "output-closed": host("output-closed"),
  "output-full": host("output-full"),
  "output-hung": host("output-hung"),
  "disk-full": host("disk-full"),
};

/** Faults of USB transfers, which can affect every family. */
export const transportFaults: Readonly<Record<string, FaultClass>> = {
  "unplug": usb(gone, { kind: "unplug" }),
  "unplug-after": usb(gone, { kind: "unplug", after: true }),
  "other-port": {
    counts: "transfer",
    kinds: gone,
    make: ({ otherPort }) => ({ kind: "unplug", port: otherPort }),
  },
  "moved": {
    counts: "transfer",
    kinds: gone,
    make: ({ otherPort }) => ({ kind: "move", port: otherPort }),
  },
  "another": another(() => ({})),
  "another-silent": another(() => ({ isSilent: true })),
  // This port is used for nothing else: a second fault may move the first camera to the other port.
  "another-port": another(() => ({ port: "1-5" })),
  "stall": usb(refused, { kind: "stall" }),
  "stall-after": usb(refused, { kind: "stall", after: true }),
  "timeout": usb(refused, { kind: "timeout" }),
  "timeout-after": usb(refused, { kind: "timeout", after: true }),
  "short": usb(garbled, { kind: "short", length: 1 }),
  "empty": usb(garbled, { kind: "short", length: 0 }),
  "half": answerOf((reply) => reply.length >= 4 ? reply.subarray(0, reply.length >> 1) : undefined),
  "one-less": answerOf((reply) => reply.length >= 3 ? reply.subarray(0, -1) : undefined),
  "longer": answerOf((reply, transfer) => lengthened(reply, transfer)),
  "neighbour-hung": neighbour("hung"),
  "neighbour-silent": neighbour("silent"),
  "flip": usb(garbled, { kind: "flip", bit: 4099 }),
  "flip-early": usb(garbled, { kind: "flip", bit: 3 }),
  "lost": usb(garbled, { kind: "lost" }),
  "stale": usb(garbled, { kind: "stale" }),
  "cancel": {
    counts: "transfer",
    kinds: ["cancelled"],
    make: ({ cancel }) => ({ kind: "call", run: cancel }),
  },
  "kill": {
    counts: "transfer",
    kinds: [],
    make: ({ kill }) => ({ kind: "call", run: kill }),
  },
};

/** What was written last decides then what starts. */
export const killedWithoutJumper: FaultClass = {
  counts: "transfer",
  kinds: [],
  make: ({ killUnjumpered }) => ({ kind: "call", run: killUnjumpered }),
};

/** An erase, program or burn that is acknowledged but has no effect. */
export const nothing: FaultClass = {
  counts: "work",
  kinds: [...refused, "verify-failed"],
  make: () => true,
};

/** Faults of a serial line. */
export const lineFaults: Readonly<Record<string, FaultClass>> = {
  "line-drop": line(garbled, { kind: "drop" }),
  "line-duplicate": line(garbled, { kind: "duplicate" }),
  "line-flip": line(garbled, { kind: "flip", bit: 29 }),
  "line-shorter": line(garbled, { kind: "resize", by: -1 }),
  "line-longer": line(garbled, { kind: "resize", by: 1 }),
  "line-delay": line(garbled, { kind: "delay", ms: 600 }),
  "line-silence": line(garbled, { kind: "silence" }),
  "line-flood": line(garbled, { kind: "flood", everyMs: 2 }),
  "line-unplug": call(gone, (context) => context.unplug()),
  "line-reset": call(garbled, (context) => context.crash()),
  "line-cancel": call(["cancelled"], (context) => context.cancel()),
  "line-kill": call([], (context) => context.kill()),
};

/** Returns the reply with zeros behind it, as far as the host asked; undefined if it is that long. */
function lengthened(reply: Uint8Array, transfer: Transfer): Uint8Array | undefined {
  const asked = transfer.kind === "control"
    ? transfer.setup.wLength
    : transfer.kind === "in"
    ? transfer.length
    : 0;
  if (reply.length === 0 || asked <= reply.length) return undefined;
  const longer = new Uint8Array(asked);
  longer.set(reply);
  return longer;
}

/** Returns the class of faults in which the device gives a wrong answer. */
export function wrongAnswer(answer: Answer): FaultClass {
  return usb(garbled, { kind: "answer", answer });
}

/** Returns the class of faults in which the host receives these bytes instead of a frame. */
export function wrongFrame(bytes: Uint8Array): FaultClass {
  return line(garbled, { kind: "answer", bytes });
}
