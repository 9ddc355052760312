import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";
import type { Answers } from "../doctor/answers.ts";
import type { Finding } from "../doctor/findings.ts";

const systems = { linux: "Linux", windows: "Windows", darwin: "macOS" } as const;

/** The findings for people: each in a line with its sign, then each repair once. */
export function doctorLines(
  { version, os }: Pick<Answers, "version" | "os">,
  findings: readonly Finding[],
  { style, width }: { style: Style; width: number },
): string[] {
  const problems = findings.filter(({ state }) => state === "problem");
  return [
    style.bold(say(`unbrick ${version} on ${systems[os]}`)),
    "",
    ...findings.flatMap((finding) => findingLines(finding, style, width)),
    ...repairs(problems, "What to do:", width),
    ...repairs(findings.filter(({ state }) => state === "note"), "If you need it:", width),
    "",
    problems.length === 0 ? style.good(say("Nothing is in the way.")) : style.bad(
      say(
        problems.length === 1
          ? "1 thing is in the way."
          : `${problems.length} things are in the way.`,
      ),
    ),
  ];
}

function findingLines({ state, text }: Finding, style: Style, width: number): string[] {
  const signs = { good: style.done, note: "-", problem: style.failed } as const;
  const dress = {
    good: (line: string) => line,
    note: style.attention,
    problem: style.bad,
  } as const;
  return wrap(text, width, `${signs[state]} `).map(dress[state]);
}

/** The repairs of several findings are often the same. Lines to be copied stay whole. */
function repairs(findings: readonly Finding[], title: string, width: number): string[] {
  const blocks = new Set(findings.map(({ repair }) => repair.join("\n")).filter(Boolean));
  const lines = [...blocks].flatMap((block) => block.split("\n")).flatMap((line) =>
    line.startsWith("    ") ? [say(line)] : wrap(line, width, "  - ")
  );
  return lines.length === 0 ? [] : ["", title, ...lines];
}
