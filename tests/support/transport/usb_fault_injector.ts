import type { Attachment } from "../../../core/transport/usb/attachment.ts";
import { StandardRequest } from "../../../core/transport/usb/function.ts";
import { Stall } from "../../../core/transport/usb/model.ts";
import { dataToDevice, type Transfer } from "../../../core/transport/usb/transfer.ts";
import type { Interposer, VirtualSocket } from "../../../core/transport/usb/virtual_bus.ts";

/**
 * What can go wrong with one transfer. `after`: the device receives the transfer and does its work,
 * and only then it fails for the host; otherwise the device never receives it.
 */
export type Fault =
  /** The cable is pulled. With a port, the next attach happens there. */
  | { readonly kind: "unplug"; readonly after?: boolean; readonly port?: string }
  /** Nothing happens now; the board's next attach happens on this port. */
  | { readonly kind: "move"; readonly port: string }
  | { readonly kind: "stall"; readonly after?: boolean }
  /** Pending until the host cancels it. */
  | { readonly kind: "timeout"; readonly after?: boolean }
  /** IN only: the reply is cut to at most `length` bytes. */
  | { readonly kind: "short"; readonly length: number }
  /** One bit of the data is changed, counted from its start modulo its length. */
  | { readonly kind: "flip"; readonly bit: number }
  /** IN only: the device answers, but the host receives these bytes. */
  | { readonly kind: "replace"; readonly reply: Uint8Array }
  /**
   * IN only: the host receives what `answer` makes of the reply; an unchanged reply is not a fault.
   */
  | {
    readonly kind: "answer";
    readonly answer: (transfer: Transfer, reply: Uint8Array) => Uint8Array | undefined;
  }
  /** IN only: the device answers, the host sees what it got of the last such request. */
  | { readonly kind: "stale" }
  /** OUT only: acknowledged, but the device never receives it. */
  | { readonly kind: "lost" }
  /** Anything else, for example the end of the host's process. */
  | {
    readonly kind: "call";
    readonly after?: boolean;
    readonly run: (transfer: Transfer) => void;
  };

/** One fault, and the number of the transfer that it affects, from 1. */
export interface PlannedFault {
  readonly at: number;
  readonly fault: Fault;
}

/**
 * Makes planned faults happen on one socket. A run without faults (the golden run) shows how many
 * transfers there are, and what each of them is. Requests that the operating system itself sends
 * (SET_ADDRESS, SET_CONFIGURATION) are not counted and do not fail.
 */
export class FaultInjector implements Interposer {
  #transfers = 0;
  #fired: PlannedFault[] = [];
  /** The last reply to each kind of request. */
  readonly #last = new Map<string, Uint8Array>();
  readonly #planned: ReadonlyMap<number, readonly PlannedFault[]>;

  /**
   * @param socket the socket on which faults happen; others are not affected.
   * @param seen called for each counted transfer with its number, before anything happens to it.
   * @param answered called with what the host received.
   */
  constructor(
    private readonly socket: VirtualSocket,
    planned: readonly PlannedFault[] = [],
    private readonly seen?: (transfer: Transfer, number: number) => void,
    private readonly answered?: (reply: Uint8Array, number: number) => void,
  ) {
    this.#planned = Map.groupBy(planned, ({ at }) => at);
  }

  /** The number of transfers so far. */
  get transfers(): number {
    return this.#transfers;
  }

  /** The faults that happened; an impossible one (a short OUT, a bit of no data) never happens. */
  get fired(): readonly PlannedFault[] {
    return this.#fired;
  }

  async transfer(
    attachment: Attachment,
    transfer: Transfer,
    signal: AbortSignal,
    next: (transfer: Transfer) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    if (this.socket.attachment !== attachment || isSystemRequest(transfer)) return next(transfer);
    const number = ++this.#transfers;
    this.seen?.(transfer, number);
    let chain = next;
    for (const planned of this.#planned.get(number) ?? []) {
      if (!concerns(planned.fault, transfer)) continue;
      const inner = chain;
      chain = (transfer) => {
        if (planned.fault.kind !== "answer") this.#fired.push(planned);
        return this.#apply(planned, transfer, signal, inner);
      };
    }
    const reply = await chain(transfer);
    this.#last.set(kindOf(transfer), reply);
    this.answered?.(reply, number);
    return reply;
  }

  async #apply(
    planned: PlannedFault,
    transfer: Transfer,
    signal: AbortSignal,
    next: (transfer: Transfer) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const { fault } = planned;
    const reply = "after" in fault && fault.after ? await next(transfer) : undefined;
    switch (fault.kind) {
      case "unplug":
        if (fault.port) this.socket.moveTo(fault.port);
        this.socket.detach();
        return await untilGivenUp(signal);
      case "move":
        this.socket.moveTo(fault.port);
        return await next(transfer);
      case "stall":
        throw new Stall();
      case "timeout":
        return await untilGivenUp(signal);
      case "short":
        return (await next(transfer)).subarray(0, fault.length);
      case "flip":
        if (transfer.kind !== "in" && dataToDevice(transfer)) {
          return await next({ ...transfer, data: flipped(transfer.data, fault.bit) });
        }
        return flipped(await next(transfer), fault.bit);
      case "replace":
        await next(transfer);
        return fault.reply;
      case "answer": {
        const reply = await next(transfer);
        const wrong = fault.answer(transfer, reply);
        if (!wrong) return reply;
        this.#fired.push(planned);
        return wrong;
      }
      case "stale": {
        const reply = await next(transfer);
        return this.#last.get(kindOf(transfer)) ?? reply;
      }
      case "lost":
        return new Uint8Array();
      case "call":
        fault.run(transfer);
        return reply ?? await next(transfer);
    }
  }
}

/** Returns whether a fault can happen to a transfer at all. */
export function concerns(fault: Fault, transfer: Transfer): boolean {
  const out = dataToDevice(transfer);
  switch (fault.kind) {
    case "short":
    case "replace":
    case "answer":
    case "stale":
      return out === undefined;
    case "lost":
      return out !== undefined;
    case "flip":
      return out === undefined || out.length > 0;
    default:
      return true;
  }
}

/** Requests whose answers can be taken for each other's. */
function kindOf(transfer: Transfer): string {
  return transfer.kind === "control"
    ? `request ${transfer.setup.bRequest}`
    : `endpoint ${transfer.endpoint}`;
}

function isSystemRequest(transfer: Transfer): boolean {
  if (transfer.kind !== "control" || transfer.setup.bmRequestType !== 0) return false;
  const { SET_ADDRESS, SET_CONFIGURATION } = StandardRequest;
  return transfer.setup.bRequest === SET_ADDRESS || transfer.setup.bRequest === SET_CONFIGURATION;
}

function flipped(data: Uint8Array, bit: number): Uint8Array {
  if (data.length === 0) return data;
  const copy = data.slice();
  copy[(bit >> 3) % copy.length] ^= 1 << (bit & 7);
  return copy;
}

/** Never resolves, but ends with the transfer. */
export function untilGivenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
