import type { ErrorData } from "../../../core/common/errors.ts";
import type { RunEvent } from "../../../core/plan/events.ts";

/**
 * What happened in a run, as lines: without times and with the begin of each
 * note, and the last progress in bytes.
 */
export function runLines(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event, at) => {
    if (event.type !== "progress") return line(event) ?? [];
    const { step, done, total, unit } = event;
    if (unit !== "bytes") return [];
    const later = events.slice(at + 1).find(({ type }) => type !== "seen");
    const isLast = later?.type !== "progress" || later.step !== step || later.total !== total;
    return isLast ? `  ${done} of ${total} bytes` : [];
  });
}

function line(event: RunEvent): string | undefined {
  switch (event.type) {
    case "step-started":
      return `${event.step}:`;
    case "step-skipped":
      return `${event.step} ${event.reason}`;
    case "step-left-out":
      return `${event.step} left out: ${event.reason}`;
    case "hardware":
      return `  by hand, up to ${event.deadlineMs} ms: ${
        event.actions.map(({ id }) => id).join(", ")
      }`;
    case "waiting":
      return `  waits up to ${event.deadlineMs} ms`;
    case "connected": {
      const { mode, usbId, serial = "no serial number" } = event.detected;
      return `  is in ${mode}: ${usbId}, ${serial}`;
    }
    case "seen":
      return event.mistake && "  is something else";
    case "consent":
      return `  consent ${event.id} ${event.granted ? "given" : "refused"}`;
    case "about-to-write":
      return aboutToWrite(event);
    case "note":
      return `  note: ${`${event.text}`.split(" ").slice(0, 3).join(" ")} …`;
    case "changing":
      return "  changes the camera";
    case "proof":
      return `  proof: ${event.proof.evidence}`;
    case "output":
      return `  output ${event.name} ${event.bytes}`;
    case "checked":
      return `  checked: ${event.error?.kind ?? event.claim}`;
    case "run-ended": {
      const { outcome, exitCode, error } = event;
      return `${outcome} ${exitCode}${error ? ` ${error.kind} ${dataLine(error.data)}` : ""}`;
    }
  }
}

/** The data of an error; sentences are left out. */
function dataLine(data: ErrorData): string {
  return JSON.stringify(
    data,
    (_, value) => typeof value === "string" && value.includes(" ") ? "…" : value,
  );
}

function aboutToWrite(
  { identifiedBy, changes, keeps, keptBecause, undecided, mayLose, irreversible }: Extract<
    RunEvent,
    { type: "about-to-write" }
  >,
): string {
  const named = {
    changes: changes.map(({ region }) => region),
    keeps,
    because: keptBecause.map(({ region }) => region),
    undecided: undecided.map(({ region }) => region),
    "may lose": mayLose,
    "for ever": irreversible,
    "identified by": identifiedBy.map((_, at) => at + 1),
  };
  const parts = Object.entries(named).filter(([, list]) => list.length > 0);
  return `  summary: ${parts.map(([name, list]) => `${name} ${list.join(", ")}`).join("; ")}`;
}
