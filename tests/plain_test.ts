import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { bundledSet } from "../core/image/pack.ts";
import { ran } from "./support/cli/command_rig.ts";

const images = new URL("../images/", import.meta.url);
const bundled = {
  bundledImages: () => bundledSet((path) => Deno.readFileSync(new URL(path, images))),
};

/** Tests the plain mode, which a screen reader reads, with the real boards. */

const terminal = { isTerminal: true, colour: true, unicode: true, columns: 80 };
/** Escape sequences; characters for boxes, blocks, arrows, ticks and crosses. */
// deno-lint-ignore no-control-regex
const drawn = /[\x1b\r]|[\u2190-\u21ff\u2500-\u27bf]/;

Deno.test("--plain: no escape sequences, no drawings, each sentence on one line, also on a terminal", async () => {
  for (const line of ["guide openmv-h7", "guide openmv-ae3", "boards", "help exit-codes"]) {
    const { out, code } = await ran(`${line} --plain`, { families, console: terminal });
    assert.equal(code, 0, line);
    assert.doesNotMatch(out, drawn, line);
  }
  const drawing = await ran("guide openmv-h7", { families, console: terminal });
  assert.match(drawing.out, drawn, "without --plain there is something drawn");
});

Deno.test("--plain: a run shows progress at most once for each 10 %, and steps and the end in words", async () => {
  const line = "restore openmv-h7 --simulate --fast --yes --plain";
  const { out, code } = await ran(line, { families, console: terminal, context: bundled });
  assert.equal(code, 0, out);
  assert.doesNotMatch(out, drawn);
  assert.match(out, /^Done: Write the bootloader/m);
  assert.match(out, /^Skipped: Write the ROMFS\. The ROMFS was kept/m);
  assert.match(out, /^BOOT is at the /m);
  const tenths = [...out.matchAll(/^(\d+) %: /gm)].map(([, percent]) => Math.floor(+percent / 10));
  assert.ok(tenths.length > 3 && new Set(tenths).size === tenths.length, String(tenths));
});

Deno.test("--plain: every drawing is described in words", async () => {
  for (const board of families.flatMap(({ boards }) => boards)) {
    if (!board.drawing || board.jobs.restore !== true) continue;
    const { out } = await ran(`guide ${board.id} --plain`, { families, console: terminal });
    const parts = board.recoveryActions.flatMap(({ parts = [] }) => parts);
    for (const { part, label } of board.drawing.parts.filter((one) => one.kind !== "box")) {
      if (part === undefined || !parts.includes(part)) continue;
      assert.ok(out.includes(`${label} is at the `), `${board.id}: ${label}`);
    }
    assert.ok(
      out.includes(String(board.drawing.view)) && out.includes(String(board.drawing.caution)),
      board.id,
    );
  }
});
