/** A terminal of 80 by 24 in tmux, in which the real program runs and keys are pressed. */

const SOCKET = "unbrick-screens";
const COLUMNS = 80, ROWS = 24;
const LOOK_MS = 100, DEADLINE_MS = 60_000;

function tmux(...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("tmux", {
    args: ["-L", SOCKET, "-f", "/dev/null", ...args],
  }).outputSync();
  if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

export class TmuxScreen {
  private constructor() {}

  static start(program: string): TmuxScreen {
    const env = "NO_COLOR=1 TERM=xterm LANG=C.UTF-8";
    tmux(
      ...["new-session", "-d", "-s", "it", "-x", String(COLUMNS), "-y", String(ROWS)],
      `env ${env} ${program}; echo "[exit code $?]"; sleep 600`,
    );
    return new TmuxScreen();
  }

  /** What is on the screen now. */
  get lines(): string[] {
    return tmux("capture-pane", "-p", "-t", "it").trimEnd().split("\n").map((line) =>
      line.trimEnd()
    );
  }

  /** Everything since the start that has scrolled away, and the screen. */
  get all(): string[] {
    return tmux("capture-pane", "-p", "-S", "-", "-t", "it").trimEnd().split("\n");
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
    tmux("send-keys", "-t", "it", ...keys);
  }

  /** Ends this terminal, and only this one. */
  close(): void {
    tmux("kill-session", "-t", "it");
  }
}
