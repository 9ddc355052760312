import type { OperatingSystem } from "../../common/advice.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import { commonIn } from "../arguments/common_options.ts";
import { wrap } from "../terminal/layout.ts";
import { adviceLines } from "../views/ending.ts";
import { type AdviceTable, vendorAdvice } from "./advice.ts";
import type { Context } from "../context.ts";
import { ask } from "../doctor/probe.ts";
import { openSession } from "../session.ts";
import type { Console } from "../terminal/console.ts";
import { type Given, type Option, parseOptions, type StrayWords, traceOption } from "./options.ts";
import { keptAdvice } from "../trace/kept_advice.ts";
import { withTrace } from "../trace/traced_line.ts";

/** A tool whose command lines unbrick accepts unchanged. */
export interface VendorTool {
  readonly name: string;
  /** All of its options and nothing else, in English like its output, because scripts read them. */
  readonly help: string;
  readonly options: readonly Option[];
  /** Runs the tool, and reports any error. @returns the exit code */
  run(argv: readonly string[], context: Context): Promise<number>;
  /**
   * Returns what to do about an error of this tool. `given` is undefined if the command line was
   * not understood.
   */
  advise(
    error: Pick<UnbrickError, "kind" | "data">,
    os: OperatingSystem,
    given?: Given,
  ): string[];
}

/** What the work of a tool uses. */
export interface ToolRun {
  readonly context: Context;
  readonly console: Console;
  /** Prints a line. */
  print(line: string): void;
}

/** The definition of a tool: its options and its work. */
export interface ToolDefinition {
  readonly name: string;
  readonly help: string;
  /** Its options; `--help` and `--version` are handled for it. */
  readonly options: readonly Option[];
  /** What happens to words outside options; default: they are refused. */
  readonly words?: StrayWords;
  readonly advice: AdviceTable;
  /** Returns an exit code; default: unbrick's own. */
  exitCode?(error: UnbrickError): number;
  /** Does the work. @returns an exit code, if a failure was already reported */
  work(given: Given, run: ToolRun): Promise<number | void>;
}

export function vendorTool(definition: ToolDefinition): VendorTool {
  const { name, help, options, words } = definition;
  const exitCode = definition.exitCode ?? ((error) => error.exitCode);
  const advise: VendorTool["advise"] = (error, os, given) =>
    vendorAdvice(error, { tool: name, os, given }, definition.advice);
  return {
    name,
    help,
    options,
    advise,
    async run(argv, context) {
      const console = context.openConsole({ colour: false });
      const print = (line: string) => console.write(`${line}\n`);
      let given: Given | undefined;
      let isKept = false;
      try {
        given = parseOptions(argv, options, words);
        if (given.has("--help")) console.write(help);
        else if (given.has("--version")) print(toolTitle(name, context));
        else {
          const work = definition.work.bind(definition, given);
          const path = options.includes(traceOption)
            ? given.value("--trace") ?? context.traceFile?.()
            : undefined;
          const runsFolder = options.includes(traceOption) ? context.runsFolder?.() : undefined;
          const line = {
            ...{ context, clock: context.clock, path, runsFolder },
            ...{ argv: [name, ...argv], json: false, withUserData: false },
            askDoctor: async (signal: AbortSignal) =>
              await ask({ ...await openSession(context, commonIn({}), console), signal }),
          };
          return await withTrace(
            line,
            async (context) => {
              isKept = context.trace?.isKept ?? false;
              return await work({ context, console, print }) ?? 0;
            },
          );
        }
        return 0;
      } catch (thrown) {
        const error = asUnbrickError(thrown);
        const { columns } = console;
        const kept = keptAdvice(error, isKept).map(String);
        const actions = adviceLines([...advise(error, context.os, given), ...kept], columns);
        [...wrap(error.message, columns), ...actions].forEach((line) =>
          console.writeError(`${line}\n`)
        );
        return exitCode(error);
      }
    },
  };
}

/** Returns how a tool introduces itself. */
export function toolTitle(name: string, { version }: Pick<Context, "version">): string {
  return `unbrick ${version}, compatible with ${name}`;
}

/** Returns a function that reports progress after each further `step` percent, and at the end. */
export function percentSteps(step: number, tell: (percent: number, done: number) => void) {
  let told = -1;
  return (done: number, total: number): void => {
    const percent = total > 0 ? Math.floor(100 * done / total) : 100;
    const reached = percent - percent % step;
    if (reached === told) return;
    told = reached;
    tell(reached, done);
  };
}
