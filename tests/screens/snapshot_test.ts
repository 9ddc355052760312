import assert from "node:assert/strict";
import { families } from "../../boards/mod.ts";
import { allBoards } from "../../core/cli/devices/board_names.ts";
import { columnsOf } from "../../core/cli/terminal/columns.ts";
import { wrap } from "../../core/cli/terminal/layout.ts";
import { say } from "../../core/cli/language/say.ts";
import type { Words } from "../../core/common/text.ts";
import type { Console } from "../../core/cli/terminal/console.ts";
import { ran, type Surroundings } from "../support/cli/command_rig.ts";
import { screenOf } from "../support/cli/screen.ts";
import { bundledSet } from "../../core/image/pack.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { compare, fits } from "./snapshot.ts";

/**
 * Every screen as a text file in snapshots/: what a terminal of 80 or 120 columns, a pipe and a JSON
 * peer are left with. Time is virtual. `deno test -A tests/screens -- --update` writes them anew.
 */

const images = new URL("../../images/", import.meta.url);

/** What a person must have before the eyes at once: from the heading to the foot of the screen. */
interface Sight {
  readonly heading: string;
  readonly rows: number;
}

const headings = /^(By hand|Before anything is written|动手操作|写入任何内容之前)/;

/** @param below rows of a question that stands below what is printed */
function sight(text: string, below: number): Sight {
  const { lines } = screenOf(text);
  const at = lines.findLastIndex((line) => headings.test(line));
  assert.ok(at >= 0, text);
  return { heading: lines[at], rows: lines.length - at + below };
}

/** What a question adds to the row of the cursor: its text beside a line, the answer, two ends. */
const rowsOf = (question: Words) => wrap(question, 80 - 3).length + 3;

/**
 * A person who presses Enter, agrees, and types every word.
 * @param sights gets what had to be seen at once at each question and hardware action
 */
async function shown(
  line: string,
  console: Partial<Console>,
  sights: Sight[] = [],
): Promise<string> {
  const clock = new VirtualClock();
  let text = "";
  const see = (below: number) => sights.push(sight(text, below));
  const surroundings: Surroundings = {
    families,
    console: { ...console, write: (more) => text += more },
    bus: new MemoryBus(new VirtualBus(), clock),
    prompts: {
      keyPressed: (signal) => clock.sleep(700, signal).then(() => see(0)).then(() => "enter"),
      confirm: (question) => Promise.resolve(see(rowsOf(question))).then(() => true),
      typeWord: (question) => {
        sights.push({ heading: say(question), rows: 1 + rowsOf(question) });
        return Promise.resolve(true);
      },
    },
    context: {
      clock,
      bundledImages: () => bundledSet((path) => Deno.readFileSync(new URL(path, images))),
    },
  };
  const { error, code } = await ran(line, surroundings);
  return `${text}${error}[exit code ${code}]\n`;
}

/** Words in their order, without what is drawn: nothing may be lost in a narrower window. */
function words(text: string): string[] {
  return text.split("\n").filter((line) => !/^[ +|.'_-]*[|+]/.test(line)).join(" ")
    .split(/\s+/).filter(Boolean);
}

const terminal = { isTerminal: true, canAsk: true, unicode: true } as const;
const screens = [
  ["h7 restore, led", "restore h7 --simulate"],
  ["rt1062 restore, led", "restore rt1062 --simulate --condition blank"],
  ["n6 restore, led", "restore n6 --simulate"],
  ["ae3 restore, led", "restore ae3 --simulate"],
  ["h7 flash, led", "flash h7 --simulate"],
  ["h7 restore, unattended", "restore h7 --simulate --yes"],
  ["h7 verify, a difference", "verify h7 --simulate --condition healthy --trap oldBootloader"],
  ["fuse without its consent", "restore rt1062 --simulate --condition blank --yes"],
  ["consent missing", "restore h7 --simulate --fast"],
  ["no camera", "devices"],
  ["boards", "boards"],
  ["plan h7", "plan h7"],
  ["guide h7", "guide h7"],
  ["guide ae3", "guide ae3"],
  ["unknown board", "restore h8"],
  ["refused job", "restore arduino-giga"],
  ["images list", "images list"],
  ["station with a fault", "station h7 --simulate --fast --yes --trap 3:unplug"],
] as const;

/** Texts that are no run: they say the same in a pipe, and nothing as JSON. */
const helps = [
  ["help", "--help"],
  ["help of restore", "restore --help"],
  ["help of station", "station --help"],
  ["exit codes", "help exit-codes"],
] as const;

for (const [name, line] of helps) {
  Deno.test(`screen: ${name}`, async () => {
    for (const columns of [80, 120]) {
      const { lines } = screenOf(await shown(line, { ...terminal, columns }));
      for (const one of lines) assert.ok(columnsOf(one) <= columns, `${columns}: ${one}`);
      compare(`${name}, ${columns}`, lines.join("\n"));
    }
    const { lines } = screenOf(await shown(`${line} --lang zh`, { ...terminal, columns: 80 }));
    for (const one of lines) assert.ok(columnsOf(one) <= 80, one);
    compare(`${name}, 80, Chinese`, lines.join("\n"));
  });
}

for (const { board: { id, jobs } } of allBoards(families)) {
  const job = (["restore", "flash"] as const).find((job) => jobs[job] === true);
  if (!job) continue;
  const line = `${job} ${id} --simulate${id === "openmv-rt1062" ? " --condition blank" : ""}`;
  for (const language of ["en", "zh"]) {
    Deno.test(`screen: ${line}: each action and question is seen whole in 24 rows, ${language}`, async () => {
      const sights: Sight[] = [];
      const out = await shown(`${line} --lang ${language}`, { ...terminal, columns: 80 }, sights);
      assert.ok(sights.length > 2);
      for (const { heading, rows } of sights) assert.ok(rows <= 24, `${rows} rows: ${heading}`);
      const { lines } = screenOf(out);
      const end = lines.length - lines.findLastIndex((line) => line.startsWith("✓ "));
      assert.ok(end <= 24, `${end} rows: the end`);
    });
  }
}

for (const [name, line] of screens) {
  Deno.test(`screen: ${name}`, async () => {
    const texts: string[] = [];
    for (const columns of [80, 120]) {
      const out = await shown(line, { ...terminal, columns });
      const text = screenOf(out).lines.join("\n");
      fits(text.split("\n"), columns);
      assert.ok(screenOf(out).isCursorShown);
      compare(`${name}, ${columns}`, text);
      texts.push(text);
    }
    // Beside a drawing the steps of a guide stand in another order.
    if (!name.startsWith("guide")) assert.deepEqual(words(texts[0]), words(texts[1]));
    compare(`${name}, pipe`, await shown(line, {}));
    const coloured = await shown(line, { ...terminal, columns: 80, colour: true });
    assert.equal(screenOf(coloured).lines.join("\n"), texts[0], "colour changes nothing else");
  });

  Deno.test(`screen: ${name}: JSON, and Chinese within the window`, async () => {
    const types = (await shown(`${line} --json`, {})).split("\n").filter((one) =>
      one.startsWith("{")
    ).map((one) => JSON.parse(one) as { type: string }).filter(({ type }) => type !== "progress");
    compare(
      `${name}, json`,
      types.map((one) => Object.keys(one).join(" ") + `: ${one.type}\n`).join(""),
    );
    const chinese = await shown(`${line} --lang zh`, { ...terminal, columns: 80 });
    compare(`${name}, 80, Chinese`, screenOf(chinese).lines.join("\n"));
    fits(screenOf(chinese).lines, 80);
  });
}
