import { fileURLToPath } from "node:url";
import { TmuxScreen } from "./tmux.ts";
import { type Tour, tours } from "./tour.ts";

/**
 * `deno task screens [BOARD]`: the real program's wizard by keys, in a terminal of 80 by 24, on
 * simulated cameras; the screens become docs/screens/BOARD.txt. Times in them differ from run to run.
 */

const WIDTH = 80;
const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function walk({ stops, options = [] }: Tour): Promise<string> {
  const words = [Deno.execPath(), "run", "-A", file("main.ts"), "--simulate", ...options];
  const screen = TmuxScreen.start(words.join(" "));
  const pages: string[] = [];
  try {
    for (const { on, name, keys = [] } of stops) {
      const lines = await screen.until(on);
      for (const line of lines) {
        if ([...line].length > WIDTH) throw new Error(`wider than the screen: ${line}`);
      }
      if (name) pages.push(page(name, lines));
      for (const key of keys) screen.press(...(key === " " ? ["Space"] : [key]));
    }
    return pages.join("\n");
  } finally {
    screen.close();
  }
}

function page(name: string, lines: readonly string[]): string {
  const title = `---- ${name} `;
  return [title + "-".repeat(WIDTH - title.length), ...lines, ""].join("\n");
}

const [wanted] = Deno.args;
for (const tour of tours.filter(({ board }) => wanted === undefined || board === wanted)) {
  const text = await walk(tour);
  Deno.writeTextFileSync(file(`docs/screens/${tour.board}.txt`), text);
  console.log(`docs/screens/${tour.board}.txt`);
}
