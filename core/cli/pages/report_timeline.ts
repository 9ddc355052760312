import { duration } from "../../common/format.ts";
import type { RunReport, StepRecord } from "../../plan/report.ts";
import { type Html, markup } from "./html.ts";
import { list, text, type Words } from "../../common/text.ts";

/** One line of the timeline: a step, a wait, or the moment when a device appeared. */
export interface TimelineRow {
  readonly kind: "step" | "wait" | "device";
  readonly label: Words;
  /** Milliseconds since the run started. */
  readonly at: number;
  /** Zero for a moment. */
  readonly ms: number;
  readonly state?: StepRecord["state"];
}

/** Returns the events of a run in order of their start. Omits steps that were never reached. */
export function timelineRows(report: RunReport): TimelineRow[] {
  const steps = report.steps.flatMap((step): TimelineRow[] => {
    if (step.startedAt === undefined) return [];
    const rest = step.state === "failed" ? report.ms - step.startedAt : 0;
    return [{
      kind: "step",
      label: step.title,
      at: step.startedAt,
      ms: step.ms ?? rest,
      state: step.state,
    }];
  });
  const waits = report.waits.filter(({ ms }) => ms > 0).map((
    { waitingFor, actions, at, ms },
  ): TimelineRow => ({
    kind: "wait",
    label: actions.length > 0 ? text`By hand: ${waitingFor}` : text`Wait: ${waitingFor}`,
    at,
    ms,
  }));
  const devices = report.devices.map(({ title, at }): TimelineRow => ({
    kind: "device",
    label: text`Seen: ${title}`,
    at,
    ms: 0,
  }));
  const rank = { step: 0, wait: 1, device: 2 };
  return [...steps, ...waits, ...devices].sort((one, other) =>
    one.at - other.at || rank[one.kind] - rank[other.kind]
  );
}

const names = {
  "done": text`done`,
  "skipped": text`skipped (already correct)`,
  "failed": text`failed`,
  "left-out": text`left out`,
  "not-reached": text`not reached`,
} as const;

export function timeline(report: RunReport): Html {
  const total = Math.max(1, report.ms);
  const percent = (ms: number) => `${(Math.min(1, ms / total) * 100).toFixed(2)}%`;
  const bar = (at: number, ms: number) =>
    `left:min(${percent(at)},100% - .3rem);width:${percent(ms)}`;
  return markup`<ol class="timeline">${
    timelineRows(report).map(({ kind, label, at, ms, state }) => {
      const when = list([
        ms > 0 ? text`at ${duration(at)} for ${duration(ms)}` : text`at ${duration(at)}`,
        state && state !== "done" && names[state],
      ]);
      return markup`
<li class="${kind} ${state ?? ""}">
<span class="what">${label}</span>
<span class="when">${when}</span>
<span class="track"><span class="bar" style="${bar(at, ms)}"></span></span>
</li>`;
    })
  }
</ol>
<p class="scale soft">${
    [0, total / 2, total].map((ms) => markup`<span>${duration(ms)}</span>`)
  }</p>`;
}

export const timelineStyle = `
.timeline { list-style: none; margin: 0; padding: 0; }
.timeline li {
  display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 .75rem; padding: .3rem 0;
}
.timeline .when { color: var(--soft); font-size: .875rem; white-space: nowrap; text-align: right; }
.timeline .track {
  grid-column: 1 / -1; position: relative; height: .6rem; margin-top: .2rem;
  background: var(--ground); border-radius: .3rem; overflow: hidden;
}
.timeline .bar { position: absolute; top: 0; bottom: 0; min-width: .3rem; background: var(--accent); }
.timeline .wait .bar {
  background: repeating-linear-gradient(45deg, var(--soft) 0 .2rem, transparent .2rem .4rem);
}
.timeline .device .bar { background: var(--ink); }
.timeline .skipped .bar { background: var(--soft); }
.timeline .failed .bar { background: var(--bad); }
.timeline .failed .what { color: var(--bad); }
.timeline .wait .what, .timeline .device .what { color: var(--soft); }
.scale { display: flex; justify-content: space-between; font-size: .8125rem; margin: .2rem 0 0; }
`;
