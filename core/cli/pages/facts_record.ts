import type { Session } from "../session.ts";
import { jsonLine } from "../json/json_line.ts";
import type { JsonContent } from "../json/lines.ts";
import { replaceText, setAside } from "./output_file.ts";

/** Collects the lines that `--json` prints, and writes them to the file of `--report FILE`. */
export class FactsRecord {
  readonly #lines: string[] = [];
  readonly #path: string | undefined;

  /** @throws UnbrickError `usage`, `not-found`, `permission` if the file cannot be created */
  constructor(private readonly session: Pick<Session, "options" | "clock">) {
    const { report } = session.options;
    this.#path = report === undefined ? undefined : setAside(report);
  }

  add(content: JsonContent): void {
    this.#lines.push(jsonLine(content, this.session.clock.date()) + "\n");
  }

  /** Writes the file, if `--report` was given. @throws UnbrickError `not-found` */
  write(): void {
    if (this.#path !== undefined) replaceText(this.#path, this.#lines.join(""));
  }
}
