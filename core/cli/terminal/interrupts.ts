import { systemClock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import { escape } from "./console.ts";
import { text } from "../../common/text.ts";

export interface Interrupts {
  readonly signal: AbortSignal;
  /** As Ctrl-C. */
  interrupt(): void;
}

/** A terminal that takes nothing does not keep the program, milliseconds. */
const RESTORE_TERMINAL_MS = 100;

/**
 * Listens to Ctrl-C, SIGTERM and SIGHUP (a closed window, a lost connection). The first aborts the
 * signal: the work stops between transfers and says in what state the camera is. The second ends the
 * program at once, with the terminal as it was found.
 *
 * @param ignoresHangup Whoever started the program wants it to survive SIGHUP, as nohup does.
 */
export function watchInterrupts(ignoresHangup: boolean): Interrupts {
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) void exitNow();
    stop.abort(new UnbrickError("cancelled", text`Stopped by the user.`));
  };
  Deno.addSignalListener("SIGINT", interrupt);
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", interrupt);
    // With any listener the runtime handles SIGHUP itself; without one of its own it would end the program.
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
