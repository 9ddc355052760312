import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import type { Guest } from "./guest.ts";
import type { Outcome, RunOptions } from "./machine.ts";

/** A JSON line of `unbrick --json`. */
export type Line = Readonly<Record<string, unknown>> & { readonly type: string };

/** A run of `unbrick --json` in the guest. */
export interface UnbrickRun extends Outcome {
  readonly lines: readonly Line[];
}

export interface UnbrickOptions extends RunOptions {
  /** Called with every line, before the user acts. */
  readonly onLine?: (line: Line) => void;
}

/** The command to run, and who does the steps by hand that it asks for. */
export interface HandledCommand {
  /** The words after `unbrick`; `--yes --json` are added. */
  readonly command: string;
  perform(actions: readonly HardwareAction[]): Promise<void>;
}

/** Runs unbrick in the guest; the user does the steps of its `hardware` lines. */
export async function runUnbrick(
  guest: Guest,
  { command, perform }: HandledCommand,
  { onLine, ...options }: UnbrickOptions,
): Promise<UnbrickRun> {
  const lines: Line[] = [];
  const problems: unknown[] = [];
  const outcome = await guest.start(`unbrick ${command} --yes --json`, (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    onLine?.(line);
    if (line.type !== "hardware") return;
    perform(line.actions as HardwareAction[]).catch((error) => problems.push(error));
  }, options);
  if (problems.length > 0) throw problems[0];
  return { ...outcome, lines };
}

/** Calls `act` once, when a step of the run has reached this share: 0.3 for 30 %. */
export function at(step: string, fraction: number, act: () => void): (line: Line) => void {
  let acted = false;
  return (line) => {
    if (acted || line.type !== "progress" || line.step !== step) return;
    if ((line.done as number) / (line.total as number) < fraction) return;
    acted = true;
    act();
  };
}

/** Returns the last output of a run, for a message. */
export function outcomeText({ code, lines, stderr }: UnbrickRun): string {
  const end = lines.filter(({ type }) => type !== "progress" && type !== "seen").slice(-6);
  return [`exit code ${code}`, ...end.map((line) => JSON.stringify(line)), stderr].join("\n");
}

/** Returns the option that writes the ROMFS of the release, too: the cameras hold one of their own. */
export function romfsOption(job: string): string {
  return job === "verify" ? "" : "--romfs write";
}
