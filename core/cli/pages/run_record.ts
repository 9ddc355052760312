import type { Clock } from "../../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import type { RunEvent } from "../../plan/events.ts";
import { Recorder, type RunBasis, type RunReport } from "../../plan/report.ts";
import { replaceText, setAside } from "./output_file.ts";
import { reportPage } from "./report_page.ts";

/** Events after which the file says something new about the camera. */
const written: readonly RunEvent["type"][] = [
  ...["run-started", "connected", "step-started", "step-skipped", "changing"] as const,
  ...["proof", "step-done", "consent", "run-ended"] as const,
];

/**
 * The record of one run in its file, kept true while the run goes on: whenever the program is killed,
 * the file tells what was known. A record that cannot be written never stops the run.
 */
export class RunRecord {
  readonly #recorder: Recorder;
  #paths: readonly string[];
  #lost: UnbrickError | undefined;

  /**
   * Begins the record. What stands under its name is kept as NAME.1.
   *
   * @param paths A page if the name ends in `.html`, else JSON.
   * @throws UnbrickError `not-found` if no file can be made there
   */
  constructor(paths: readonly string[], clock: Clock, basis: RunBasis) {
    this.#recorder = new Recorder(clock, basis);
    this.#paths = paths;
    for (const path of paths) setAside(path);
    this.#write();
  }

  /** Why the last state of the record is not in its file; undefined if it is. */
  get lost(): UnbrickError | undefined {
    return this.#lost;
  }

  get report(): RunReport {
    return this.#recorder.report();
  }

  add(event: RunEvent): void {
    this.#recorder.add(event);
    if (written.includes(event.type)) this.#write();
  }

  /** The run ended before it started. */
  failed(error: UnbrickError): void {
    this.#recorder.failed(error);
    this.#write();
  }

  /** Gives the files their final names; those that are there already are kept as NAME.1. */
  moveTo(paths: readonly string[]): void {
    for (const [at, path] of paths.entries()) {
      try {
        setAside(path);
        Deno.renameSync(this.#paths[at], path);
      } catch (error) {
        this.#lost ??= asUnbrickError(error);
      }
    }
    this.#paths = paths;
  }

  #write(): void {
    const { report } = this;
    this.#lost = undefined;
    for (const path of this.#paths) {
      const isPage = /\.html?$/i.test(path);
      try {
        replaceText(path, isPage ? reportPage(report) : JSON.stringify(report, null, 2) + "\n");
      } catch (error) {
        this.#lost ??= asUnbrickError(error);
      }
    }
  }
}
