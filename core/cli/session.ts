import type { Clock } from "../common/clock.ts";
import type { BoardFamily, ListedFamily } from "../family/family.ts";
import type { HardwareAction } from "../plan/hardware_action.ts";
import type { Operator } from "../plan/operator.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { allBoards } from "./devices/board_names.ts";
import type { SimulatedCamera } from "./devices/simulated_camera.ts";
import type { CommonOptions } from "./arguments/common_options.ts";
import type { Console } from "./terminal/console.ts";
import type { Context } from "./context.ts";
import { UnbrickError } from "../common/errors.ts";
import { hintAt } from "../common/nearest.ts";
import { say } from "./language/say.ts";
import { terminalOperator } from "./operators/terminal.ts";
import { unattendedOperator } from "./operators/unattended.ts";
import { jsonLine } from "./json/json_line.ts";
import type { JsonContent } from "./json/lines.ts";
import { text, type Words } from "../common/text.ts";

/** The state of one command line while it runs. */
export interface Session {
  readonly context: Context;
  readonly options: CommonOptions;
  readonly console: Console;
  readonly clock: Clock;
  readonly families: readonly ListedFamily[];
  readonly signal: AbortSignal;
  /** The simulated camera of several jobs; if omitted, each job simulates its own. */
  readonly simulated?: SimulatedCamera;
}

export async function openSession(
  context: Context,
  options: CommonOptions,
  console: Console,
): Promise<Session> {
  const families: ListedFamily[] = [...context.families];
  for (const file of options.plugin) {
    const family = await context.loadFamily(file);
    refuseKnownBoards(file, family, families);
    families.push(family);
  }
  const consents = [
    "write",
    ...families.flatMap(({ consents = [] }) => consents.map(({ id }) => id)),
  ];
  const unknown = options.allow.find((name) => !consents.includes(name));
  if (unknown !== undefined) {
    throw new UnbrickError(
      "usage",
      text`"${unknown}" is not something --allow can permit. ${hintAt(unknown, consents)}`,
      { consent: unknown },
    );
  }
  return {
    context,
    options,
    console,
    clock: options.simulate && options.fast && !context.replay ? new VirtualClock() : context.clock,
    families,
    signal: context.signal,
  };
}

/** One of two boards with the same id would never be used, and nobody could say which. */
function refuseKnownBoards(
  file: string,
  family: BoardFamily,
  known: readonly ListedFamily[],
): void {
  const ids = new Set(allBoards(known).map(({ board }) => board.id));
  const twice = family.boards.find(({ id }) => ids.has(id));
  if (!twice) return;
  throw new UnbrickError(
    "usage",
    text`The plugin ${file} adds the board ${twice.id}, which unbrick already has.`,
    { plugin: file },
  );
}

/** Runs work on the session's clock; virtual time passes only inside. */
export async function onClock<T>(
  { clock, context }: Session,
  work: () => Promise<T>,
): Promise<T> {
  const isRun = context.replay !== undefined; // a replay runs its clock from beginning to end
  return clock instanceof VirtualClock && !isRun ? await clock.run(work) : await work();
}

/** Returns true if a person can be asked and no option forbids it. */
export function canPrompt({ console, context, options }: Session): boolean {
  return console.canAsk && !context.replay && !options.yes && !options.json && !options.fast;
}

/** The functions of the screen that an operator for a person needs. */
export interface OperatorScreen {
  withPrompt<T>(work: () => Promise<T>): Promise<T>;
  onEarlyKey(action: HardwareAction): void;
  /** As in TerminalOperatorOptions. */
  simulate?(action: HardwareAction): Promise<void>;
}

const plainScreen: OperatorScreen = { withPrompt: (work) => work(), onEarlyKey() {} };

/** Returns the operator that answers the questions of this session. */
export function makeOperator(session: Session, screen: OperatorScreen = plainScreen): Operator {
  const { replay, trace } = session.context;
  if (replay) return replay.operator;
  const { allow, yes } = session.options;
  const grantedConsents = new Set(yes ? ["write", ...allow] : allow);
  const operator = canPrompt(session)
    ? terminalOperator({ prompts: session.context.prompts, grantedConsents, ...screen })
    : unattendedOperator(grantedConsents);
  return trace?.operator(operator) ?? operator;
}

/** Prints lines in the current language. */
export function printLines({ console }: Session, lines: readonly Words[]): void {
  console.write(lines.map((line) => say(line) + "\n").join(""));
}

/** Prints one JSON line. */
export function printJson({ console, clock }: Session, content: JsonContent): void {
  console.write(jsonLine(content, clock.date()) + "\n");
}
