import { type Clock, throwIfAborted } from "../common/clock.ts";
import type { UnbrickError } from "../common/errors.ts";
import type { UsbBus } from "../transport/usb/device.ts";

/**
 * How long a device may be present without being usable, ms: udev may still be setting its
 * permissions.
 */
const GRACE_MS = 2_000;
/** The longest time between two looks, ms; a change on the bus triggers a look at once. */
const LOOK_INTERVAL_MS = 250;

/** The result of one look for something. */
export interface LookResult<T> {
  /** The wanted object; omitted if it was not found. */
  readonly found?: T;
  /** Why something that matches cannot be used (yet). */
  readonly blocked?: UnbrickError;
}

/** How long to look, and what to throw at the end. */
export interface LookOptions {
  readonly bus: Pick<UsbBus, "changed">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /**
   * Returns the clock time at which looking ends; called after each look. If omitted, looking never
   * ends.
   */
  until?(): number;
  /** Makes the error to throw when that time is reached. */
  makeTimeout?(): UnbrickError;
  /**
   * Receives a reason that lasts longer than the grace period, after each look. If omitted, the
   * reason is thrown.
   */
  onBlocked?(reason: UnbrickError): void;
  /**
   * The longest time between two looks, ms. Default 250, which is also the maximum while a device
   * is blocked.
   */
  readonly intervalMs?: number;
}

/**
 * Looks repeatedly, at least after each change on the bus, until something is found.
 * @throws UnbrickError what `late` makes; the reason why a match cannot be used, if that lasts
 * longer than two seconds; `cancelled` when the signal aborts
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
