import { ANSWER, type RunAnswer, type RunRequest } from "./messages.ts";

/** How a request ended: with an answer, by the time limit, or because the process died. */
export type RunEnd = RunAnswer | "too long" | "died";

/** A process that runs tests of the instrumented copy in the current folder. */
export class TestProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;

  constructor() {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config=deno.json", "tests/mutants/stryker/worker.ts"],
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Asks for tests, at most for a time in milliseconds. The process is no longer usable if that is over. */
  async run(request: RunRequest, limitMs: number): Promise<RunEnd> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<"too long">((resolve) => {
      timer = setTimeout(() => resolve("too long"), limitMs);
    });
    try {
      await this.#writer.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
      return await Promise.race([this.#answer(), limit]);
    } catch {
      return "died";
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process at once. */
  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }

  async #answer(): Promise<RunAnswer | "died"> {
    for (let line = "";;) {
      const { value, done } = await this.#lines.read();
      if (done) return "died";
      const [first, ...more] = value.split("\n");
      line += first;
      for (const next of more) {
        // A test may have printed something without the end of its line.
        const at = line.indexOf(ANSWER);
        if (at >= 0) return JSON.parse(line.slice(at + ANSWER.length));
        line = next;
      }
    }
  }
}
