import { systemClock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import { escape } from "./console.ts";
import { text } from "../../common/text.ts";

export interface Interrupts {
  readonly signal: AbortSignal;
  /** Has the same effect as Ctrl-C. */
  interrupt(): void;
}

/** The longest time to restore the terminal at exit, in milliseconds. */
const RESTORE_TERMINAL_MS = 100;

/** What a process starts with. */
export interface InterruptOptions {
  /** True if the program must survive SIGHUP, for example when started by nohup. */
  readonly ignoresHangup: boolean;
  /** Called as soon as Ctrl-C is seen: nothing else has to end the program. */
  readonly onSeen?: () => void;
}

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP (a closed window, a lost connection). The first aborts the
 * signal: the work stops between transfers and reports the state of the camera. The second ends the
 * program at once and restores the terminal.
 */
export function watchInterrupts({ ignoresHangup, onSeen }: InterruptOptions): Interrupts {
  const stop = new AbortController();
  const interrupt = () => {
    onSeen?.();
    if (stop.signal.aborted) void exitNow();
    stop.abort(new UnbrickError("cancelled", text`Stopped by the user.`));
  };
  Deno.addSignalListener("SIGINT", interrupt);
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", interrupt);
    // Once any signal listener exists, the runtime handles SIGHUP itself, and ends the program
    // unless SIGHUP has a listener, too.
    Deno.addSignalListener("SIGHUP", ignoresHangup ? () => {} : interrupt);
  }
  return { signal: stop.signal, interrupt };
}

async function exitNow(): Promise<void> {
  try {
    if (Deno.stdin.isTerminal()) Deno.stdin.setRaw(false);
    if (Deno.stdout.isTerminal()) {
      const restored = Deno.stdout.write(new TextEncoder().encode(`${escape.showCursor}\n`));
      await Promise.race([restored, systemClock.sleep(RESTORE_TERMINAL_MS)]);
    }
  } catch {
    // the terminal itself is gone
  }
  Deno.exit(130);
}
