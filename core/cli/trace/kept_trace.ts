import type { Clock } from "../../common/clock.ts";
import { isBulk } from "../../trace/payload.ts";
import { Trace, type TraceSink } from "../../trace/trace.ts";
import { UserData } from "../../trace/user_data.ts";

/** From this size on only length and SHA-256 of bulk data are kept, bytes. */
const MOST_WITH_BULK = 16 * 2 ** 20;
/** From this size on only events are kept, bytes. */
const MOST_WITH_TRANSFERS = 22 * 2 ** 20;

/** Type of the note that says from where on something is left out because of its size. */
export const LARGE = "large";

export interface KeptTraceOptions {
  readonly clock: Clock;
  /** `unbrick 1.2.3` */
  readonly application: string;
  /** False: of the user's own data only length and SHA-256 are kept. */
  readonly withUserData: boolean;
}

/** Returns the trace of a run that is kept: without the user's own data, and never large. */
export function keptTrace(
  sink: TraceSink & { readonly bytes: number },
  { withUserData, ...options }: KeptTraceOptions,
): Trace {
  const userData = new UserData();
  const said = new Set<string>();
  const isOver = (bytes: number, words: string): boolean => {
    if (sink.bytes <= bytes) return false;
    if (!said.has(words)) {
      said.add(words);
      trace.note({ type: LARGE, bytes: sink.bytes }, words);
    }
    return true;
  };
  const trace: Trace = new Trace({
    ...options,
    sink,
    omissions: {
      event: (event) => userData.event(event),
      leavesOut: (payload) =>
        (!withUserData && userData.includes(payload)) ||
        (isBulk(payload) &&
          isOver(MOST_WITH_BULK, "from here on only length and SHA-256 of bulk data are kept")),
      get isFull() {
        return isOver(MOST_WITH_TRANSFERS, "from here on only events are kept");
      },
    },
  });
  return trace;
}
