import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { families } from "../support/boards/families.ts";
import { ran } from "../support/cli/command_rig.ts";
import { type Dialogue, keyboard, keys } from "../support/cli/keyboard.ts";
import { compare, fits } from "./snapshot.ts";

/** The wizard's questions as the library first draws them, in a window of 80 by 24. */

const { enter, ctrlC } = keys;

/** Returns everything that was drawn until the last question was complete. */
async function drawn(language: "en" | "zh", dialogue: Dialogue): Promise<string[]> {
  const board = keyboard(dialogue);
  await ran(`--simulate --lang ${language}`, {
    families,
    prompts: board.prompts,
    console: { isTerminal: true, canAsk: true, unicode: true, write: board.write, writeError() {} },
  });
  assert.deepEqual(board.unanswered, []);
  const text = stripVTControlCharacters(board.screen);
  return text.slice(0, text.lastIndexOf("└") + 1).split("\n");
}

for (const [language, title] of [["en", "80"], ["zh", "80, Chinese"]] as const) {
  Deno.test(`screen: the wizard's first questions, ${title}`, async () => {
    const first = await drawn(language, [[/OpenMV N6[^]*└/, ctrlC]]);
    assert.ok(first.length <= 24, `${first.length} rows`);
    fits(first, 80);
    compare(`wizard, which camera, ${title}`, first.join("\n") + "\n");
    const both = await drawn(language, [
      [/OpenMV N6[^]*└/, enter],
      [/◆[^]*└/, ctrlC],
    ]);
    fits(both, 80);
    const second = both.slice(both.findLastIndex((line) => line.startsWith("◆")));
    compare(`wizard, what is wrong, ${title}`, second.join("\n") + "\n");
    const all = await drawn(language, [
      [/OpenMV N6[^]*└/, enter],
      [/◆[^]*└/, enter],
      [/openmv-m4-backup\.zip[^]*└/, ctrlC],
    ]);
    fits(all, 80);
    const third = all.slice(all.findLastIndex((line) => line.startsWith("◆")));
    compare(`wizard, a backup first, ${title}`, third.join("\n") + "\n");
  });
}
