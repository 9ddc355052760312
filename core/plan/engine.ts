import { simulationOnly } from "../common/simulation_only.ts";
import type { Clock } from "../common/clock.ts";
import { throwIfAborted } from "../common/clock.ts";
import type { DeviceFinder } from "../device/finder.ts";
import { asUnbrickError, failureOf, isKind, UnbrickError } from "../common/errors.ts";
import type { Plan } from "../family/family.ts";
import type { SerialBus } from "../transport/serial/port.ts";
import type { CheckResult, LeaveOutReason, NewRunEvent, Outcome, RunEvent } from "./events.ts";
import type { Consent, Operator } from "./operator.ts";
import { RunProgress } from "./progress.ts";
import { filesAtRisk, savedBefore } from "./files_at_risk.ts";
import { isAsPlanned } from "./memory_proof.ts";
import { keptRegions, summariseImage, summariseStep } from "./summaries.ts";
import type { Proof } from "./proof.ts";
import { RunContext } from "./run_context.ts";
import type { Effect, Step, Target } from "./step.ts";
import { distinct, list, listAnd, text, type Words } from "../common/text.ts";

export interface RunOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly finder: DeviceFinder;
  /** If omitted, this host has no serial ports. */
  readonly serial?: SerialBus;
  readonly operator: Operator;
  readonly simulated: boolean;
  /** True if a recording answers instead of a camera: nothing is proven of any. */
  readonly replay?: boolean;
  readonly port?: string;
  /** How the board was identified before the run started, one sentence each. */
  readonly identifiedBy?: readonly Words[];
  /** Deadline for steps by hand, ms. Default: five minutes. */
  readonly hardwareDeadlineMs?: number;
  /** Receives every event as it happens. */
  onEvent(event: RunEvent): void;
}

/** The outcome of a run, its proofs, and what it read, by name. */
export interface RunResult {
  readonly outcome: Outcome;
  /** Omitted only if the run did everything requested, with proof. */
  readonly error?: UnbrickError;
  readonly proofs: readonly Proof[];
  readonly outputs: ReadonlyMap<string, Uint8Array>;
}

/** Runs the steps of a plan. Never throws: the result and the last event contain the outcome. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunResult> {
  return await new Run(plan, options).run();
}

class Run {
  readonly #plan: Plan;
  readonly #options: RunOptions;
  readonly #context: RunContext;
  readonly #progress: RunProgress;
  readonly #start: number;
  readonly #proofs: Proof[] = [];
  /** Proofs that memory was read back; a write makes those of the same memory worthless. */
  #readBacks: Proof[] = [];
  /** Steps that something else proves than what was read back of their targets. */
  readonly #otherwiseProven = new Set<string>();
  /** Bytes that the camera had sent when the last change began. */
  #receivedAtChange = 0;
  /** Steps that are finished: run to the end, already done, or left out. */
  readonly #ran = new Set<string>();
  readonly #leftOut = new Set<string>();
  /** Steps that began to change the camera. */
  readonly #changed = new Set<string>();
  #current: Step | undefined;
  #mayWrite = false;
  #missingConsent: UnbrickError | undefined;

  constructor(plan: Plan, options: RunOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#start = options.clock.now();
    this.#progress = new RunProgress(options.clock, plan.steps);
    this.#context = new RunContext({
      ...options,
      board: plan.board,
      hardwareDeadlineMs: options.hardwareDeadlineMs ?? 300_000,
      progress: this.#progress,
      emit: (event) => this.#emit(event),
    });
  }

  async run(): Promise<RunResult> {
    const { job, board, steps, images } = this.#plan;
    this.#emit({
      type: "run-started",
      job,
      board: { id: board.id, name: board.name },
      simulated: this.#options.simulated,
      ...(this.#options.replay && { replay: true as const }),
      imagesFrom: images.origin,
      ...(images.reason && { imagesBecause: images.reason }),
      images: images.all.map(summariseImage),
      steps: steps.map(summariseStep),
    });
    let error: UnbrickError | undefined;
    try {
      this.#refuseSimulationOnly();
      for (const step of steps) await this.#step(step);
      this.#current = undefined;
      error = this.#missingProof() ?? this.#missingConsent;
    } catch (thrown) {
      error = asUnbrickError(thrown);
    } finally {
      await this.#context.close();
    }
    return this.#end(error);
  }

  /**
   * Refuses simulation-only images for a real device. The command line normally refuses them
   * earlier, with a more detailed message.
   */
  #refuseSimulationOnly(): void {
    const { images, steps } = this.#plan;
    if (this.#options.simulated || steps.every((step) => step.effect === "none")) return;
    const refused = images.all.filter((one) => one.simulationOnly);
    if (refused.length > 0) throw simulationOnly(refused);
  }

  async #step(step: Step): Promise<void> {
    if (step.isCheck) return await this.#check(step);
    throwIfAborted(this.#options.signal);
    this.#current = step;
    const { id: stepId, title } = step;
    this.#context.beginStep(step, text`Checking first: ${title}`);
    this.#progress.begin();

    const obstacle = await step.impossible?.(this.#context);
    if (obstacle !== undefined) return this.#leaveOut(step, "impossible", obstacle);
    const already = await step.isDone?.(this.#context);
    if (already) {
      if (already.kept !== undefined) this.#otherwiseProven.add(step.id);
      if (step.effect !== "none") this.#prove(step, already, this.#receivedAtChange);
      this.#finish(step, true);
      const reason = already.kept === undefined ? "already-done" : "kept";
      const { claim } = already;
      return this.#emit({ type: "step-skipped", step: stepId, title, reason, claim });
    }
    if (!await this.#isAllowed(step)) return;
    const from = this.#options.clock.now();
    this.#emit({ type: "step-started", step: stepId, title });
    this.#context.beginStep(step, title);
    await step.prepare?.(this.#context);
    if (step.effect !== "none") this.#beginChange(step);
    await step.run(this.#context);
    this.#ran.add(step.id);
    const before = this.#context.receivedBytes;
    const proof = await step.prove?.(this.#context);
    if (proof) this.#prove(step, proof, before);
    this.#finish(step, false);
    const ms = Math.round(this.#options.clock.now() - from);
    this.#emit({ type: "step-done", step: stepId, title, ms });
  }

  /** Runs a check after the proof. Whatever it finds, the run ends as it would without it. */
  async #check(step: Step): Promise<void> {
    if (this.#missingProof() ?? this.#missingConsent) return;
    const { id, title } = step, from = this.#options.clock.now();
    this.#current = undefined;
    this.#context.beginStep(step, title);
    this.#progress.begin();
    let found: CheckResult;
    try {
      const obstacle = await step.impossible?.(this.#context);
      if (obstacle !== undefined) {
        const reason: LeaveOutReason = "impossible";
        return this.#emit({ type: "step-left-out", step: id, title, reason, because: obstacle });
      }
      this.#emit({ type: "step-started", step: id, title });
      await step.run(this.#context);
      const { claim = title, firmware } = await step.prove?.(this.#context) ?? {};
      found = { claim, ...(firmware && { firmware }) };
    } catch (thrown) {
      const error = failureOf(asUnbrickError(thrown));
      found = { claim: error.message, error: { ...error, step: id } };
    } finally {
      this.#finish(step, false);
    }
    this.#emit({ type: "checked", step: id, ...found });
    const ms = Math.round(this.#options.clock.now() - from);
    this.#emit({ type: "step-done", step: id, title, ms });
  }

  /** Records that the step starts to change the camera; steps do not report this themselves. */
  #beginChange({ id: step, title, targets = [], provenBy }: Step): void {
    this.#changed.add(step);
    this.#receivedAtChange = this.#context.receivedBytes;
    const isStale = (proof: Proof) =>
      provenBy !== "fuse" &&
      (targets.length === 0 || targets.some((target) => isAbout(target, proof)));
    this.#readBacks = this.#readBacks.filter((proof) => !isStale(proof));
    const what = targets.length > 0 ? list(distinct(targets.map(({ region }) => region))) : title;
    this.#emit({ type: "changing", step, what });
  }

  /**
   * Takes a step's evidence. That memory was read back counts only if this run read it; other
   * evidence, only if the plan expects it for this step and the camera said something meanwhile.
   * @param receivedBefore bytes received before anything that the evidence can rest on
   */
  #prove(step: Step, proof: Proof, receivedBefore: number): void {
    const isReadBack = this.#context.readBacks.includes(proof);
    if (proof.evidence === "read-back" && !isReadBack) {
      throw new UnbrickError("bug", `The proof of ${step.id} was not read from the camera.`);
    }
    if (isReadBack) this.#readBacks.push(proof);
    const isExpected = proof.evidence === step.provenBy &&
      this.#context.receivedBytes > receivedBefore;
    if (step.provenBy && (isReadBack || isExpected)) this.#otherwiseProven.add(step.id);
    this.#proofs.push(proof);
    this.#emit({ type: "proof", step: step.id, proof });
  }

  /** Returns true if all that the step should have written was read back with the planned digest. */
  #isProven({ id, provenBy, targets = [] }: Step): boolean {
    if (this.#otherwiseProven.has(id)) return true;
    return !provenBy && targets.length > 0 &&
      targets.every((target) => this.#readBacks.some((proof) => isAsPlanned(target, proof)));
  }

  #finish(step: Step, skipped: boolean): void {
    this.#ran.add(step.id);
    const { id, title, weight } = step;
    this.#emit({
      type: "progress",
      step: id,
      title,
      done: Math.round(weight),
      total: Math.round(weight),
      unit: "milliseconds",
      ...this.#progress.end(step, skipped),
    });
  }

  /**
   * Asks once for consent to write, before the first write, and for the step's own consent. If
   * consent to an irreversible step is refused, the step is left out; the run continues and ends
   * with `consent-needed`. Any other refusal ends the run.
   */
  async #isAllowed(step: Step): Promise<boolean> {
    if (step.effect !== "none" && !this.#mayWrite) {
      const { summary, changing } = await this.#foresee();
      this.#emit(summary);
      if (!await this.#consent(writeConsent(this.#plan, changing))) {
        throw new UnbrickError("cancelled", text`You chose not to write to the camera.`);
      }
      this.#mayWrite = true;
    }
    if (!step.consent) return true;
    try {
      if (await this.#consent(step.consent)) return true;
    } catch (error) {
      if (!isKind(error, "consent-needed")) throw error;
    }
    const missing = new UnbrickError(
      "consent-needed",
      text`"${step.title}" was skipped: it needs the consent "${step.consent.id}".`,
      { consent: step.consent.id, fuse: step.consent.isFuse ?? false, step: step.id },
    );
    if (step.effect !== "irreversible") throw missing;
    this.#missingConsent ??= missing;
    this.#leaveOut(step, "consent", text`It needs the consent "${step.consent.id}".`);
    return false;
  }

  #leaveOut(step: Step, reason: LeaveOutReason, because: Words): void {
    const { id, title } = step;
    this.#leftOut.add(id);
    this.#finish(step, true);
    this.#emit({ type: "step-left-out", step: id, title, reason, because });
  }

  /**
   * Returns the event that says what the remaining steps will do to the camera, and those of the steps
   * that may change it.
   */
  async #foresee(): Promise<{ summary: NewRunEvent; changing: readonly Step[] }> {
    const { board, steps } = this.#plan;
    const changing: Step[] = [], undecided: { region: Words }[] = [];
    const changes: (Target & { effect: Effect })[] = [];
    const keptBecause: { region: Words; reason: Words }[] = [];
    for (const step of steps) {
      if (step.effect === "none" || this.#ran.has(step.id)) continue;
      const { targets = [], effect } = step;
      const keeping = await step.keeping?.(this.#context);
      if (typeof keeping === "object") {
        keptBecause.push(...targets.map(({ region }) => ({ region, reason: keeping.kept })));
        continue;
      }
      if (keeping === "undecided") undecided.push(...targets.map(({ region }) => ({ region })));
      changing.push(step);
      changes.push(...targets.map((target) => ({ ...target, effect })));
    }
    const saving = steps.find((step) => step.backup);
    const backup = await saving?.backup?.(this.#context);
    const summary: NewRunEvent = {
      type: "about-to-write",
      identifiedBy: [...this.#options.identifiedBy ?? [], ...this.#context.evidence],
      camera: this.#context.camera,
      changes,
      keeps: keptRegions(board.regions ?? [], changes),
      keptBecause,
      undecided,
      ...(backup && { backup: { file: backup.file, regions: savedBefore(board, backup) } }),
      mayLose: backup ? [] : filesAtRisk(this.#plan, changes),
      irreversible: changing.filter(({ effect }) => effect === "irreversible").map(({ title }) =>
        title
      ),
      expectedMs: this.#progress.expectedMs,
    };
    return { summary, changing };
  }

  async #consent(consent: Consent): Promise<boolean> {
    const { operator, signal } = this.#options;
    const granted = await this.#progress.paused(() => operator.consent(consent, signal));
    this.#emit({ type: "consent", id: consent.id, text: consent.text, granted });
    return granted;
  }

  #missingProof(): UnbrickError | undefined {
    const unproven = this.#plan.steps.filter((step) =>
      this.#leftOut.has(step.id)
        ? this.#missingConsent === undefined // left out although no consent was refused
        : step.effect !== "none" && !this.#isProven(step)
    );
    if (unproven.length === 0) return undefined;
    const titles = list(unproven.map((step) => step.title));
    return new UnbrickError("verify-failed", text`The camera did not prove: ${titles}.`, {
      steps: unproven.map((step) => step.id).join(","),
    });
  }

  #end(error: UnbrickError | undefined): RunResult {
    const outcome = this.#outcome(error);
    const failed = this.#current?.id;
    this.#emit({
      type: "run-ended",
      outcome,
      ...(this.#options.replay && { replay: true as const }),
      exitCode: error?.exitCode ?? 0,
      ms: this.#elapsed,
      ...(error && { error: { ...failureOf(error), step: failed } }),
    });
    return { outcome, error, proofs: this.#proofs, outputs: this.#context.outputs };
  }

  #outcome(error: UnbrickError | undefined): Outcome {
    if (!error) return this.#proofs.length > 0 ? "proven" : "unchanged";
    if (error === this.#missingConsent) return "incomplete";
    if (this.#changed.size === 0) return "unchanged";
    const isProven = !this.#missingProof() && !this.#missingConsent;
    if (error.kind === "not-started" && isProven) return "not-started";
    const isAllWritten = this.#plan.steps.every((step) =>
      step.effect === "none" || this.#ran.has(step.id)
    );
    return isAllWritten && error.kind !== "verify-failed" ? "not-proven" : "partly-written";
  }

  #emit(event: NewRunEvent): void {
    this.#context.flushProgress();
    this.#options.onEvent({ ...event, at: this.#elapsed });
  }

  /** Whole milliseconds since the run began. */
  get #elapsed(): number {
    return Math.round(this.#options.clock.now() - this.#start);
  }
}

/** Returns true if the proof is about memory that the target contains, too. */
function isAbout({ address, length }: Target, proof: Proof): boolean {
  return [proof, ...proof.others ?? []].some(({ address: start = 0, bytes = 0 }) =>
    start < address + length && address < start + bytes
  );
}

function writeConsent({ board }: Plan, steps: readonly Step[]): Consent {
  const regions = steps.flatMap((step) => step.targets ?? []).map((target) => target.region);
  return {
    id: "write",
    text: text`Write ${listAnd(distinct(regions))} to this ${board.name}?`,
  };
}
