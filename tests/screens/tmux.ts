/** A terminal of 80 by 24 in tmux, in which the real program runs and keys are pressed. */

const COLUMNS = 80, ROWS = 24;
const LOOK_MS = 100, DEADLINE_MS = 60_000;

function tmux(socket: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("tmux", {
    args: ["-L", socket, "-f", "/dev/null", ...args],
  }).outputSync();
  if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

export class TmuxScreen {
  static #started = 0;

  /** A server of its own: that of the screen before may be about to end. */
  private constructor(readonly socket = `unbrick-screens-${Deno.pid}-${TmuxScreen.#started++}`) {}

  static start(program: string): TmuxScreen {
    const env = "-u NO_COLOR TERM=xterm LANG=C.UTF-8";
    const screen = new TmuxScreen();
    tmux(
      screen.socket,
      ...["new-session", "-d", "-s", "it", "-x", String(COLUMNS), "-y", String(ROWS)],
      `env ${env} ${program}; echo "[exit code $?]"; sleep 600`,
    );
    return screen;
  }

  /** What is on the screen now. */
  get lines(): string[] {
    return tmux(this.socket, "capture-pane", "-p", "-t", "it").trimEnd().split("\n").map((line) =>
      line.trimEnd()
    );
  }

  /** The same with its colours, as SGR sequences; lines keep the style of the one before. */
  get coloured(): string[] {
    return tmux(this.socket, "capture-pane", "-p", "-e", "-t", "it").trimEnd().split("\n");
  }

  /** Everything since the start that has scrolled away, and the screen. */
  get all(): string[] {
    return tmux(this.socket, "capture-pane", "-p", "-S", "-", "-t", "it").trimEnd().split("\n");
  }

  /** The screen when it shows what is expected, and has stood still for a moment. */
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

  /** Ends this terminal, and only this one. */
  close(): void {
    tmux(this.socket, "kill-session", "-t", "it");
  }
}
