import { type Clock, throwIfAborted } from "../common/clock.ts";
import type { UnbrickError } from "../common/errors.ts";
import type { UsbBus } from "../transport/usb/device.ts";

/** How long a device may be present without being usable, ms: udev may still be setting its rights. */
const GRACE_MS = 2_000;
/** The longest time between two looks, ms; a change on the bus is noticed earlier. */
const LOOK_INTERVAL_MS = 250;

/** What one look found. */
export interface LookResult<T> {
  /** What is looked for; left out if it is not there. */
  readonly found?: T;
  /** Why something that fits cannot be used, or not yet. */
  readonly blocked?: UnbrickError;
}

/** How long to look, and what its end means. */
export interface LookOptions {
  readonly bus: Pick<UsbBus, "changed">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Time by the clock at which looking ends, asked after each look. Left out: never. */
  until?(): number;
  /** Makes the error for that end. */
  makeTimeout?(): UnbrickError;
  /** Receives the reason that outlasts the grace period, after each look. Left out: it is thrown. */
  onBlocked?(reason: UnbrickError): void;
  /** The longest time between two looks, ms. Default 250; blocked devices are looked at that often. */
  readonly intervalMs?: number;
}

/**
 * Looks again and again, at least after each change on the bus, until something is found.
 * @throws UnbrickError what `late` makes; the reason why what fits cannot be used, if that lasts longer
 * than two seconds; `cancelled` when the signal aborts
 */
export async function lookUntil<T>(
  look: () => Promise<LookResult<T>>,
  { bus, clock, signal, until, makeTimeout, onBlocked, intervalMs = LOOK_INTERVAL_MS }: LookOptions,
): Promise<T> {
  let blockedSince: number | undefined;
  while (true) {
    const { found, blocked } = await look();
    if (found !== undefined) return found;
    if (!blocked) blockedSince = undefined;
    else {
      blockedSince ??= clock.now();
      if (clock.now() - blockedSince >= GRACE_MS) {
        if (!onBlocked) throw blocked;
        onBlocked(blocked);
      }
    }
    throwIfAborted(signal);
    const left = (until?.() ?? Infinity) - clock.now();
    if (left <= 0 && makeTimeout) throw makeTimeout();
    const interval = blocked ? Math.min(intervalMs, LOOK_INTERVAL_MS) : intervalMs;
    await bus.changed({ timeoutMs: Math.min(left, interval), signal });
  }
}
