import { UnbrickError } from "../../common/errors.ts";
import { escape } from "./console.ts";

export interface Interrupts {
  readonly signal: AbortSignal;
  /** As Ctrl-C. */
  interrupt(): void;
}

/**
 * Ctrl-C. The first aborts the signal: the work stops between transfers and tells how the camera is
 * left. The second ends the program at once, with the terminal as it was found.
 */
export function watchInterrupts(): Interrupts {
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) leaveNow();
    stop.abort(new UnbrickError("cancelled", "Stopped by the user."));
  };
  Deno.addSignalListener("SIGINT", interrupt);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", interrupt);
  return { signal: stop.signal, interrupt };
}

function leaveNow(): never {
  try {
    if (Deno.stdin.isTerminal()) Deno.stdin.setRaw(false);
    if (Deno.stdout.isTerminal()) {
      Deno.stdout.writeSync(new TextEncoder().encode(`${escape.showCursor}\n`));
    }
  } catch {
    // the terminal itself is gone
  }
  Deno.exit(130);
}
