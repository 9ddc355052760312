import { asUnbrickError, failureOf, isKind, type UnbrickError } from "../../common/errors.ts";
import { jobSupport } from "../../family/board.ts";
import { boardByName, ready, type ReadyBoard } from "../devices/board_names.ts";
import { simulateCamera } from "../devices/device_host.ts";
import { ask } from "../doctor/probe.ts";
import { FieldTest } from "../fieldtest/stage_runner.ts";
import { factsRecord, judgedFacts } from "../fieldtest/judged_facts.ts";
import type { FieldTestRecord } from "../fieldtest/record.ts";
import { ResultFile } from "../fieldtest/result_file.ts";
import { resultLines } from "../fieldtest/result_lines.ts";
import { replaceText, setAside } from "../pages/output_file.ts";
import { fieldTestPage } from "../pages/field_test_page.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { withoutNames } from "../trace/names.ts";
import { inAllStrings } from "../../trace/rewrite_trace.ts";
import { makePlan } from "./job.ts";

/** The exit code of something that is not as the checklist expects: that of `verify-failed`. */
const NOT_AS_EXPECTED = 15;

export async function runFieldTest(
  session: Session,
  given: { readonly board: string; readonly output?: string },
): Promise<number> {
  const { options, context, clock, console } = session;
  const known = await ready(boardByName(given.board, session.families));
  const { board, family } = known;
  const target = options.simulate ? "simulated" : "real";
  const job = jobSupport(board, "restore") === true ? "restore" : "flash";
  const { images, board: planned } = planOrFlash(session, known, job, target);
  const words = withoutNames({ ...context.personalNames?.(), operator: options.operator });
  const suffix = options.simulate ? "_simulated" : "";
  const path = given.output ?? `fieldtest_${planned.id}${suffix}.zip`;
  const result = ResultFile.open(
    path,
    inAllStrings({
      schema: 1,
      fieldtest: true,
      tool: { name: "unbrick", version: context.version },
      os: context.os,
      board: { id: board.id, name: board.name },
      simulated: options.simulate,
      operator: options.operator,
      startedAt: clock.date().toISOString(),
      imagesFrom: String(images.origin),
      images: Object.fromEntries(images.all.map(({ role, sha256 }) => [role, sha256])),
      stages: [],
    }, words) as FieldTestRecord,
  );
  if (!options.json) {
    printLines(session, resultLines.start(result, options.simulate, console.columns));
  }
  if (!options.simulate) {
    const doctor = JSON.stringify(inAllStrings(await ask(session), words), null, 2) + "\n";
    result.addFile("doctor.json", new TextEncoder().encode(doctor));
  }
  const facts = () => judgedFacts(family.fieldFacts?.(board) ?? [], result.record.stages);
  const field: Session = options.simulate
    ? { ...session, simulated: simulateCamera(session, "look", known, images) }
    : session;
  const test = new FieldTest(field, known, result, words);
  test.write();
  const ended = await endOf(test);
  const { record } = result;
  const failed = record.stages.find(({ state }) => state === "failed");
  const exitCode = ended?.exitCode ?? (failed ? failed.error?.exitCode ?? NOT_AS_EXPECTED : 0);
  if (options.report !== undefined) {
    const isPage = /\.html?$/i.test(options.report);
    const json = JSON.stringify({ ...record, facts: factsRecord(facts()) }, null, 2) + "\n";
    replaceText(setAside(options.report), isPage ? fieldTestPage(record, facts()) : json);
  }
  if (options.json) {
    const { simulated } = record;
    printJson(session, {
      type: "fieldtest-ended",
      ...{ file: path, simulated, exitCode },
      ...(ended && { error: failureOf(ended) }),
      facts: factsRecord(facts()),
    });
  } else printLines(session, resultLines.end(record, facts(), { path, ended }, console.columns));
  return exitCode;
}

/** Does the stages. @returns why they ended early; each run has told the camera's state by then */
async function endOf(test: FieldTest): Promise<UnbrickError | undefined> {
  try {
    await test.run();
  } catch (thrown) {
    const error = asUnbrickError(thrown);
    if (error.kind === "bug") throw error;
    return error;
  }
}

/** A board whose restore lacks images can be flashed all the same. */
function planOrFlash(
  session: Session,
  known: ReadyBoard,
  job: "restore" | "flash",
  target: "real" | "simulated",
) {
  try {
    return makePlan(session, known, { job }, target);
  } catch (thrown) {
    if (job === "flash" || !isKind(thrown, "not-found")) throw thrown;
    return makePlan(session, known, { job: "flash" }, target);
  }
}
