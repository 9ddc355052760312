import { throwIfAborted } from "../../common/clock.ts";
import { asUnbrickError, failureOf, isKind, UnbrickError } from "../../common/errors.ts";
import { text, type Words } from "../../common/text.ts";
import { jobSupport } from "../../family/board.ts";
import { inAllStrings } from "../../trace/rewrite_trace.ts";
import { observe, type Observed } from "../../trace/field/judge.ts";
import { readTrace } from "../../trace/read_trace.ts";
import { makePlan } from "../commands/job.ts";
import type { ReadyBoard } from "../devices/board_names.ts";
import { fieldTestPage } from "../pages/field_test_page.ts";
import { makeOperator, printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { recordOf } from "../trace/export_run.ts";
import { factsRecord, judgedFacts } from "./judged_facts.ts";
import { askQuestions } from "./ask_questions.ts";
import type { Check, FieldTestRecord, StageRecord } from "./record.ts";
import type { ResultFile } from "./result_file.ts";
import type { StageContext } from "./stage_context.ts";
import { type Stage, stages } from "./stages.ts";
import { type TracedJob, tracedJob } from "./traced_job.ts";

/** Does the stages of a field test that are still to do, and writes the file after each. */
export class FieldTest {
  constructor(
    private readonly session: Session,
    private readonly known: ReadyBoard,
    private readonly file: ResultFile,
    /** Takes names out of what is sent. */
    private readonly words: (text: string) => string,
  ) {}

  /** @throws UnbrickError `cancelled`; `consent-needed` if nobody can agree; why the file was not written */
  async run(): Promise<FieldTestRecord> {
    const offered = stages.map((stage) => ({ stage, why: this.#whyNot(stage) }));
    const total = offered.filter(({ why }) => why === undefined).length;
    let number = 0;
    for (const { stage, why } of offered) {
      if (why === undefined) number++;
      const done = this.#record.stages.find(({ id }) => id === stage.id);
      if (done?.state === "passed") continue;
      throwIfAborted(this.session.signal);
      if (why !== undefined) {
        this.#save({ ...this.#begun(stage), state: "skipped", reason: String(why) }, stage);
        continue;
      }
      const record = await this.#stage(stage, text`Stage ${number} of ${total}: ${stage.title}.`);
      this.#save(record, stage);
      if (record.state === "stopped") {
        throw new UnbrickError("cancelled", text`Stopped by the user.`);
      }
      if (this.#isUnsafe(record)) break;
    }
    return this.#record;
  }

  get #record(): FieldTestRecord {
    return this.file.record;
  }

  /** Returns why a stage is not offered for this board or with these images; undefined if it is. */
  #whyNot({ jobs, cuts }: Stage): Words | undefined {
    const { session, known } = this;
    const target = session.options.simulate ? "simulated" : "real";
    for (const job of jobs) {
      const support = jobSupport(known.board, job);
      if (support !== true) return support.refused;
      try {
        const { steps } = makePlan(session, known, { job }, target);
        if (job === cuts && steps.some(({ effect }) => effect === "irreversible")) {
          return text`The cable is never pulled while a fuse could be burnt.`;
        }
      } catch (thrown) {
        if (job === "flash" || !isKind(thrown, "not-found")) throw thrown;
        return thrown.text;
      }
    }
    return undefined;
  }

  #begun({ id }: Stage): StageRecord {
    const startedAt = this.session.clock.date().toISOString();
    return {
      id,
      state: "skipped",
      startedAt,
      ms: 0,
      checks: [],
      answers: [],
      observed: {},
      runs: [],
    };
  }

  async #stage(stage: Stage, head: Words): Promise<StageRecord> {
    const { session, known } = this;
    const { clock, console, options, signal } = session;
    const begun = this.#begun(stage);
    if (options.json) printJson(session, { type: "fieldtest-stage-started", stage: stage.id });
    else {printLines(session, [
        "",
        ...wrap(head, console.columns),
        ...wrap(stage.about, console.columns),
      ]);}
    const question = text`Begin the stage "${stage.title}"?`;
    if (!await makeOperator(session).consent({ id: "write", text: question }, signal)) {
      return { ...begun, reason: "The person did not want it." };
    }
    const start = clock.now();
    const jobs: TracedJob[] = [];
    const context: StageContext = {
      session,
      known,
      run: async (request, own = session) => {
        throwIfAborted(signal);
        const job = await tracedJob(own, { ...request, board: known.board.id });
        jobs.push(job);
        return job;
      },
    };
    let checks: readonly Check[] = [], failure: UnbrickError | undefined;
    let answers: StageRecord["answers"] = [];
    try {
      checks = await stage.work(context);
      if (checks.length > 0) answers = await askQuestions(session, stage.questions);
    } catch (thrown) {
      failure = asUnbrickError(thrown);
    }
    const error = failure ?? jobs.findLast(({ error }) => error)?.error;
    const isFailed = failure !== undefined || checks.some(({ passed }) => passed === false);
    return {
      ...begun,
      state: signal.aborted
        ? "stopped"
        : isFailed
        ? "failed"
        : checks.length > 0
        ? "passed"
        : "skipped",
      ...(checks.length === 0 && { reason: nothingJudged(stage) }),
      ms: Math.round(clock.now() - start),
      checks,
      answers,
      observed: this.#observed(jobs),
      ...(jobs.length > 0 && { outcome: jobs.at(-1)!.result?.outcome }),
      runs: jobs.map((job) => this.#keep(stage, job)),
      ...(isFailed && error && { error: failureOf(error) }),
    };
  }

  #observed(jobs: readonly TracedJob[]): Record<string, Observed> {
    const { board, family } = this.known;
    const facts = family.fieldFacts?.(board) ?? [];
    const seen = facts.map(({ id, ...fact }) =>
      [
        id,
        jobs.flatMap(({ entries }) => observe(entries, { id, ...fact })),
      ] as const
    );
    return Object.fromEntries(seen.filter(([, observed]) => observed.length > 0));
  }

  #keep(stage: Stage, job: TracedJob): string {
    const pcapng = job.toSend(this.words);
    const record = recordOf(readTrace(pcapng, "the trace"));
    const json = record && new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n");
    return this.file.addRun(stage.id, { pcapng, json });
  }

  /** After this, the camera is in a state from which the other stages cannot begin. */
  #isUnsafe({ state, outcome }: StageRecord): boolean {
    return state === "failed" && (outcome === "partly-written" || outcome === "not-proven");
  }

  /** @throws UnbrickError `not-found`, `permission` if the file cannot be written */
  write(): void {
    const { file, known: { family, board } } = this;
    const facts = judgedFacts(family.fieldFacts?.(board) ?? [], file.record.stages);
    file.save(fieldTestPage(file.record, facts), factsRecord(facts));
  }

  #save(record: StageRecord, { title }: Stage): void {
    const { session, file } = this;
    file.setStage(inAllStrings(record, this.words) as StageRecord);
    try {
      this.write();
    } catch (thrown) {
      const { kind, text: why, data } = asUnbrickError(thrown);
      throw new UnbrickError(
        kind,
        text`The result of the stage "${title}" is lost: ${why} The results of earlier stages are
          still there. Make room, then run the same command again: it repeats this stage.`,
        data,
        { cause: thrown },
      );
    }
    if (session.options.json) printJson(session, { type: "fieldtest-stage", ...record });
  }
}

function nothingJudged({ id, cuts }: Stage): string {
  return cuts
    ? "The cable was not pulled in time."
    : id === "two-cameras"
    ? "Only one camera of this kind is connected."
    : "Nothing could be judged.";
}
