import { advice } from "../../common/advice.ts";
import { failureOf, type UnbrickError } from "../../common/errors.ts";
import type { RunReport } from "../../plan/report.ts";
import { say } from "../language/say.ts";
import { printJson, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { wrap } from "../terminal/layout.ts";
import { text } from "../../common/text.ts";

/**
 * Reports that a record could not be written to its file, and prints it instead. The exit code does
 * not change, because it describes the camera.
 */
export function printLostRecord(session: Session, error: UnbrickError, record: RunReport): void {
  const { console, options, context } = session;
  if (options.json) {
    const failure = { ...failureOf(error), advice: advice(error, context.os) };
    printJson(session, { type: "record-lost", error: failure, record });
    return;
  }
  const style = makeStyle(console);
  const lines = [
    ...wrap(error.text, console.columns, `${style.failed} `),
    ...wrap(text`The record of this run is not in its file. It is printed here:`, console.columns),
  ];
  console.writeError(lines.map((line) => style.bad(say(line)) + "\n").join(""));
  console.write(JSON.stringify(record, null, 2) + "\n");
}
