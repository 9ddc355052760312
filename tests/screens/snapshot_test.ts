import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { families } from "../../boards/mod.ts";
import { columnsOf } from "../../core/cli/columns.ts";
import type { Console } from "../../core/cli/console.ts";
import { ran, type Surroundings } from "../../core/cli/testing/harness.ts";
import { screenOf } from "../../core/cli/testing/screen.ts";
import { bundledPack } from "../../core/image/pack.ts";
import { MemoryBus } from "../../core/usb/memory.ts";
import { VirtualBus } from "../../core/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/virtual_clock.ts";

/**
 * Every screen as a text file in snapshots/: what a terminal of 80 or 120 columns, a pipe and a JSON
 * peer are left with. Time is virtual. `deno test -A tests/screens -- --update` writes them anew.
 */

const folder = join(dirname(fileURLToPath(import.meta.url)), "snapshots");
const isUpdate = Deno.args.includes("--update");
const images = new URL("../../images/", import.meta.url);

/** A person who presses Enter, agrees, and types every word. */
async function shown(line: string, console: Partial<Console>): Promise<string> {
  const clock = new VirtualClock();
  const surroundings: Surroundings = {
    families,
    console,
    bus: new MemoryBus(new VirtualBus(), clock),
    prompts: {
      keyPressed: (signal) => clock.sleep(700, signal).then(() => "enter"),
      confirm: () => Promise.resolve(true),
      typeWord: () => Promise.resolve(true),
    },
    context: {
      clock,
      bundledImages: () => bundledPack((path) => Deno.readFileSync(new URL(path, images))),
    },
  };
  const { out, error, code } = await ran(line, surroundings);
  return `${out}${error}[exit code ${code}]\n`;
}

function compare(name: string, text: string): void {
  const file = join(folder, `${name}.txt`);
  const lines = text.replaceAll("\x1b", "␛").split("\n").map((line) => line.trimEnd()).join("\n");
  if (isUpdate) {
    Deno.mkdirSync(folder, { recursive: true });
    return Deno.writeTextFileSync(file, lines);
  }
  assert.equal(lines, Deno.readTextFileSync(file), `${name} (-- --update writes it anew)`);
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
  ["h7 verify, a difference", "verify h7 --simulate --condition bricked --timeout 5"],
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

for (const [name, line] of screens) {
  Deno.test(`screen: ${name}`, async () => {
    const texts: string[] = [];
    for (const columns of [80, 120]) {
      const out = await shown(line, { ...terminal, columns });
      const text = screenOf(out).lines.join("\n");
      for (const one of text.split("\n")) {
        // What is to be copied stays whole.
        if (!/^ {4}\S/.test(one)) assert.ok(columnsOf(one) <= columns, `${columns}: ${one}`);
      }
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
    for (const one of screenOf(chinese).lines) {
      if (!/^ {4}\S/.test(one)) assert.ok(columnsOf(one) <= 80, one);
    }
  });
}
