import type { Clock } from "../../common/clock.ts";
import { asUnbrickError, type UnbrickError } from "../../common/errors.ts";
import type { RunEvent } from "../../plan/events.ts";
import { Recorder, type RunBasis, type RunReport } from "../../plan/report.ts";
import { removeIfThere, replaceText, setAside } from "./output_file.ts";
import { reportPage } from "./report_page.ts";

/** Events after which the record is written again. */
type Written = readonly RunEvent["type"][];
const afterEach: Written = [
  ...["run-started", "connected", "step-started", "step-skipped", "changing"] as const,
  ...["proof", "step-done", "consent", "run-ended"] as const,
];
/**
 * The events of a run beside others: each time, all cameras wait for the disk. A record that was written
 * last before a change does not say that the camera is unchanged.
 */
export const afterChanges: Written = ["run-started", "changing", "run-ended"];

/**
 * Keeps the record of one run in its file, up to date while the run continues: if the program is
 * killed, the file contains what was known. A record that cannot be written never stops the run.
 */
export class RunRecord {
  readonly #recorder: Recorder;
  #paths: readonly string[];
  #lost: UnbrickError | undefined;
  #picture: Uint8Array | undefined;

  /**
   * @param paths Files to write: a page if the name ends in `.html`, otherwise JSON.
   * @param written Events after which they are written.
   */
  constructor(
    paths: readonly string[] | ((report: RunReport) => readonly string[]),
    clock: Clock,
    basis: RunBasis,
    private readonly written = afterEach,
  ) {
    this.#recorder = new Recorder(clock, basis);
    this.#paths = typeof paths === "function" ? paths(this.report) : paths;
  }

  /**
   * Writes the record before the first event. An existing file is kept as NAME.1.
   * @throws UnbrickError `not-found`, `permission` if a file cannot be created
   */
  begin(): void {
    this.#paths = this.#paths.map(setAside);
    this.#write();
  }

  /** The reason if the last state of the record is not in its file; undefined if it is. */
  get lost(): UnbrickError | undefined {
    return this.#lost;
  }

  get report(): RunReport {
    return this.#recorder.report();
  }

  add(event: RunEvent): void {
    this.#recorder.add(event);
    if (this.written.includes(event.type)) this.#write();
  }

  /** Adds a JPEG that the camera took, which pages show. */
  show(picture: Uint8Array): void {
    this.#picture = picture;
    this.#write();
  }

  /** Records an error from before the run started. */
  failed(error: UnbrickError): void {
    this.#recorder.failed(error);
    this.#write();
  }

  /** Removes the files, because the record is somewhere else now. */
  remove(): void {
    this.#paths.forEach(removeIfThere);
  }

  #write(): void {
    const { report } = this;
    this.#lost = undefined;
    for (const path of this.#paths) {
      const isPage = /\.html?$/i.test(path);
      try {
        replaceText(
          path,
          isPage ? reportPage(report, this.#picture) : JSON.stringify(report, null, 2) + "\n",
        );
      } catch (error) {
        this.#lost ??= asUnbrickError(error);
      }
    }
  }
}
