/** A terminal of 80 by 24 in tmux, in which the real program runs and receives keys. */

const COLUMNS = 80, ROWS = 24;
/** The second is a limit that no busy machine reaches. */
const LOOK_MS = 100, DEADLINE_MS = 480_000;

function tmux(socket: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("tmux", {
    args: ["-L", socket, "-f", "/dev/null", ...args],
  }).outputSync();
  if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

export class TmuxScreen {
  static #started = 0;

  /** A server of its own, because the server of the previous screen may be about to end. */
  private constructor(readonly socket = `unbrick-screens-${Deno.pid}-${TmuxScreen.#started++}`) {}

  /** The current folder of the program, which is removed at the end. */
  readonly folder = Deno.makeTempDirSync();

  static start(program: string): TmuxScreen {
    const env = "-u NO_COLOR TERM=xterm LANG=C.UTF-8";
    const screen = new TmuxScreen();
    tmux(
      screen.socket,
      ...["new-session", "-d", "-s", "it", "-x", String(COLUMNS), "-y", String(ROWS)],
      ...["-c", screen.folder],
      `env ${env} ${program}; echo "[exit code $?]"; sleep 600`,
    );
    return screen;
  }

  /** Returns the text on the screen. */
  get lines(): string[] {
    return tmux(this.socket, "capture-pane", "-p", "-t", "it").trimEnd().split("\n").map((line) =>
      line.trimEnd()
    );
  }

  /**
   * Returns the text with its colours, as SGR sequences; a line continues the style of the previous
   * one.
   */
  get coloured(): string[] {
    return tmux(this.socket, "capture-pane", "-p", "-e", "-t", "it").trimEnd().split("\n");
  }

  /** Returns everything that has scrolled away since the start, and the screen. */
  get all(): string[] {
    return tmux(this.socket, "capture-pane", "-p", "-S", "-", "-t", "it").trimEnd().split("\n");
  }

  /** Returns the screen when it shows the expected text and has not changed for a moment. */
  async until(expected: RegExp): Promise<string[]> {
    const end = Date.now() + DEADLINE_MS;
    while (Date.now() < end) {
      const { lines } = this;
      if (expected.test(lines.join("\n"))) return lines;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`${expected} did not come; the screen shows:\n${this.lines.join("\n")}`);
  }

  press(...keys: string[]): void {
    tmux(this.socket, "send-keys", "-t", "it", ...keys);
  }

  /** Ends only this terminal. */
  close(): void {
    tmux(this.socket, "kill-session", "-t", "it");
    Deno.removeSync(this.folder, { recursive: true });
  }
}
