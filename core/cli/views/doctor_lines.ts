import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";
import type { Answers } from "../doctor/answers.ts";
import type { Finding } from "../doctor/findings.ts";
import { isCommandLine } from "./ending.ts";
import { plural, text, type Words } from "../../common/text.ts";

const systems = { linux: "Linux", windows: "Windows", darwin: "macOS" } as const;

/** Returns the findings as lines with a symbol, then each repair once. */
export function doctorLines(
  { version, os }: Pick<Answers, "version" | "os">,
  findings: readonly Finding[],
  { style, width }: { style: Style; width: number },
): Words[] {
  const problems = findings.filter(({ state }) => state === "problem");
  return [
    style.bold(say(text`unbrick ${version} on ${systems[os]}`)),
    "",
    ...findings.flatMap((finding) => findingLines(finding, style, width)),
    ...repairs(problems, text`What to do:`, width),
    ...repairs(findings.filter(({ state }) => state === "note"), text`If you need it:`, width),
    "",
    problems.length === 0 ? style.good(say(text`No problems found.`)) : style.bad(
      say(
        plural(
          problems.length,
          text`${problems.length} problem found.`,
          text`${problems.length} problems found.`,
        ),
      ),
    ),
  ];
}

function findingLines({ state, text: words }: Finding, style: Style, width: number): string[] {
  const symbols = { good: style.done, note: "-", problem: style.failed } as const;
  const colouring = {
    good: (line: string) => line,
    note: style.attention,
    problem: style.bad,
  } as const;
  return wrap(words, width, `${symbols[state]} `).map(colouring[state]);
}

/**
 * Returns the repairs, each only once, because several findings often need the same one. Command
 * lines stay whole.
 */
function repairs(findings: readonly Finding[], title: Words, width: number): string[] {
  const blocks = new Map(findings.map(({ repair }) => [repair.join("\n"), repair]));
  const lines = [...blocks.values()].flat().flatMap((line) =>
    isCommandLine(line) ? [say(line)] : wrap(line, width, "  - ")
  );
  return lines.length === 0 ? [] : ["", say(title), ...lines];
}
