import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { allBoards } from "../../core/cli/devices/board_names.ts";
import { columnsOf } from "../../core/cli/terminal/columns.ts";
import { wrap } from "../../core/cli/terminal/layout.ts";
import { say } from "../../core/cli/language/say.ts";
import type { Words } from "../../core/common/text.ts";
import type { Console } from "../../core/cli/terminal/console.ts";
import { assertLine } from "../support/cli/json_documents.ts";
import { ran, type Surroundings } from "../support/cli/command_rig.ts";
import { screenOf } from "../support/cli/screen.ts";
import { bundledSet } from "../../core/image/pack.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { compare, fits } from "./snapshot.ts";

/**
 * Compares every screen with a text file in snapshots/: a terminal of 80 or 120 columns, a pipe and
 * JSON. Time is virtual. `deno test -A tests/screens -- --update` renews the files.
 */

const images = new URL("../../images/", import.meta.url);

/** What a person must see at once: from the heading to the bottom of the screen. */
interface VisibleArea {
  readonly heading: string;
  readonly rows: number;
}

const headings = /^(By hand|Before anything is written|动手操作|写入任何内容之前)/;

/** @param below rows of a question below the printed text */
function visibleArea(text: string, below: number): VisibleArea {
  const { lines } = screenOf(text);
  const at = lines.findLastIndex((line) => headings.test(line));
  assert.ok(at >= 0, text);
  return { heading: lines[at], rows: lines.length - at + below };
}

/** Rows that a question adds below the cursor: its text beside a line, the answer, and two ends. */
const rowsOf = (question: Words) => wrap(question, 80 - 3).length + 3;

/**
 * Returns the screen of a person who presses Enter, agrees, and types every word.
 * @param areas receives what must be visible at once at each question and step by hand
 */
async function shown(
  line: string,
  console: Partial<Console>,
  areas: VisibleArea[] = [],
): Promise<string> {
  const clock = new VirtualClock();
  let text = "";
  const see = (below: number) => areas.push(visibleArea(text, below));
  const surroundings: Surroundings = {
    families,
    console: { ...console, write: (more) => text += more },
    bus: new MemoryBus(new VirtualBus(), clock),
    prompts: {
      keyPressed: (signal) => clock.sleep(700, signal).then(() => see(0)).then(() => "enter"),
      confirm: (question) => Promise.resolve(see(rowsOf(question))).then(() => true),
      typeWord: (question) => {
        areas.push({ heading: say(question), rows: 1 + rowsOf(question) });
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

/** Returns the words in order, without drawings: in a narrower window nothing may be missing. */
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

/** Screens of commands that start no run: they are the same in a pipe, and have no JSON. */
const helps = [
  ["help", "--help"],
  ["help of restore", "restore --help"],
  ["help of station", "station --help"],
  ["help of fieldtest", "fieldtest --help"],
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
    Deno.test(`screen: ${line}: each step by hand and each question fits into 24 rows, ${language}`, async () => {
      const areas: VisibleArea[] = [];
      const out = await shown(`${line} --lang ${language}`, { ...terminal, columns: 80 }, areas);
      assert.ok(areas.length > 2);
      for (const { heading, rows } of areas) assert.ok(rows <= 24, `${rows} rows: ${heading}`);
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
    // Beside a drawing, the steps of a guide are in a different place.
    if (!name.startsWith("guide")) assert.deepEqual(words(texts[0]), words(texts[1]));
    compare(`${name}, pipe`, await shown(line, {}));
    const coloured = await shown(line, { ...terminal, columns: 80, colour: true });
    assert.equal(screenOf(coloured).lines.join("\n"), texts[0], "colour changes nothing else");
  });

  Deno.test(`screen: ${name}: JSON, and Chinese within the window`, async () => {
    const printed = (await shown(`${line} --json`, {})).split("\n").filter((one) =>
      one.startsWith("{")
    ).map((one) => JSON.parse(one) as { type: string });
    printed.forEach(assertLine);
    const types = printed.filter(({ type }) => type !== "progress");
    compare(
      `${name}, json`,
      types.map((one) => Object.keys(one).join(" ") + `: ${one.type}\n`).join(""),
    );
    const chinese = await shown(`${line} --lang zh`, { ...terminal, columns: 80 });
    compare(`${name}, 80, Chinese`, screenOf(chinese).lines.join("\n"));
    fits(screenOf(chinese).lines, 80);
  });
}
