import assert from "node:assert/strict";
import { type BoardDrawing, pinColumn } from "../../family/drawing.ts";
import { advice } from "../../common/advice.ts";
import type { ErrorData } from "../../common/errors.ts";
import type { Board } from "../../family/board.ts";
import { say, setLanguage } from "../language/say.ts";
import { plainStyle } from "../terminal/style.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { toyFamily } from "../../../tests/support/cli/toy_family.ts";
import type { RunEvent } from "../../plan/events.ts";
import { initialRun } from "../views/run_state.ts";
import { logLines } from "../views/run_terminal.ts";
import { drawingSvg } from "./drawing_svg.ts";
import { drawingLines } from "./drawing_text.ts";
import { guideLines } from "./guide_text.ts";
import { guideOf } from "./guide_steps.ts";

const column: BoardDrawing = {
  columns: 16,
  rows: 5,
  view: "From above.",
  caution: "Look twice.",
  parts: [
    { kind: "box", round: true, column: 2, row: 0, columns: 8, rows: 2, label: "lens" },
    ...pinColumn(13, 2, "left", ["A", "x", "B"], ["A", "B"]),
    { kind: "switch", column: 2, row: 3, label: "S", side: "right", part: "S" },
  ],
};

Deno.test("pins of a column are connected around the side", () => {
  assert.equal(
    drawingLines(column, ["A", "B"]).join("\n"),
    `\
+----------------+
|  .------.      |
|  '-lens-'      |
|          A [#] | -+
| (=) S    x  o  |  | wire
|          B [#] | -+
+----------------+`,
  );
});

Deno.test("pins of a row are connected directly, and names without room are outside", () => {
  const row: BoardDrawing = {
    ...column,
    rows: 1,
    parts: [
      { kind: "pin", column: 4, row: 0, label: "A", side: "left", part: "A" },
      { kind: "pin", column: 13, row: 0, label: "GROUND", side: "right", part: "B" },
    ],
  };
  assert.equal(drawingLines(row, ["A", "B"])[1], "| A [#]------[#] | GROUND");
  assert.equal(drawingLines(row, [])[1], "| A  o        o  | GROUND");
});

Deno.test("a switch is marked, and no wire is drawn to it", () => {
  const lines = drawingLines(column, ["S"]);
  assert.match(lines[4], /^\| \[#\] S/);
  assert.ok(!lines.join().includes("wire"));
});

Deno.test("the picture marks the same parts and shows the wire on or off", () => {
  const fitted = drawingSvg(column, ["A", "B"], "on").text;
  assert.equal(fitted.match(/class="marked"/g)?.length, 2);
  assert.match(fitted, /class="wire on"/);
  assert.match(fitted, /aria-label="The board with A and B marked"/);
  assert.match(drawingSvg(column, ["A", "B"], "off").text, /class="wire off"/);
  assert.match(fitted, />jumper<[^]*>wire</);
  const switched = drawingSvg(column, ["S"], "off").text;
  assert.ok(switched.includes(">S: off</text>") && !switched.includes("wire"));
});

Deno.test("the picture names the wire in the chosen language", async () => {
  try {
    await setLanguage("zh");
    const text = (state: "on" | "off") => drawingSvg(column, ["A", "B"], state).text;
    assert.match(text("on"), />跳线</);
    assert.match(text("off"), />跳线<[^]*>取下</);
    assert.doesNotMatch(text("on") + text("off"), />(jumper|wire|off)</);
  } finally {
    await setLanguage("en");
  }
});

const [toy, fixed] = toyFamily().boards.map((board) => ({ ...board, drawing: column }));

Deno.test("the guide for a restore, beside its drawing, fits into 80 columns and 24 lines", () => {
  const lines = guideLines(guideOf(toy), { style: plainStyle, width: 80, beside: true });
  assert.ok(lines.length <= 24, `${lines.length} lines`);
  assert.ok(lines.every((line) => line.length <= 80));
  const text = lines.join("\n");
  assert.match(text, /^Restore the Toy Camera \(TOY1\)/);
  assert.match(text, /\| {2}\| wire {4}3\. Connect a jumper wire/);
  for (const action of [...toy.recoveryActions, ...toy.afterActions]) {
    assert.ok(text.replaceAll(/\s+/g, " ").includes(String(action.text).split(" ")[0]));
  }
});

Deno.test("the guide of a board without a bootloader image mentions no bootloader", () => {
  const bootloader = { role: "bootloader", title: "bootloader", fileNames: [], neededFor: [] };
  const stepsOf = (board: Board) => guideOf(board).steps.map(({ text }) => say(text)).join("\n");
  assert.doesNotMatch(stepsOf(toy), /bootloader/);
  assert.match(stepsOf(toy), /unbrick writes the firmware and reads it back/);
  assert.match(stepsOf({ ...toy, roles: [...toy.roles, bootloader] }), /writes the bootloader/);
});

Deno.test("in a pipe, the steps come after the drawing", () => {
  const lines = guideLines(guideOf(toy), { style: plainStyle, width: 80, beside: false });
  const wire = lines.findIndex((line) => line.includes("| wire"));
  const first = lines.findIndex((line) => line.startsWith(" 1. "));
  assert.ok(wire > 0 && first > wire);
});

Deno.test("for a board that cannot be restored, the guide says why and explains flash", () => {
  const guide = guideOf(fixed);
  assert.equal(guide.job, "flash");
  const text = guideLines(guide, { style: plainStyle, width: 80, beside: false }).join("\n");
  assert.match(text, /^Flash the Fixed Camera/);
  assert.match(text, /The bootloader of the Fixed Camera is its maker's\./);
  assert.match(text, /unbrick flash arduino-fixed --images FOLDER/);
});

Deno.test("a terminal draws the requested step by hand if there is room", () => {
  const event: RunEvent = {
    type: "hardware",
    actions: toy.recoveryActions,
    waitingFor: "the toy camera",
    deadlineMs: 1000,
    at: 0,
  };
  const staying = (width: number, drawing?: BoardDrawing) =>
    logLines(initialRun, event, {
      board: { ...toy, drawing },
      os: "linux",
      style: plainStyle,
      width,
    }).join("\n");
  assert.match(
    staying(80, column),
    /A \[#\] \| -\+\n.*wire\n.*B \[#\].*\n\+-+\+\nFrom above\. Look twice/,
  );
  assert.doesNotMatch(staying(20, column), /\[#\]/);
  assert.doesNotMatch(staying(80), /\[#\]/);
});

Deno.test("guide: on the screen, as JSON, as a page; an unknown board is a usage error", async () => {
  const screen = await ran("guide toy");
  assert.equal(screen.code, 0);
  assert.match(screen.out, / 2\. Disconnect the camera\.\n/);
  const { json } = await ran("guide toy --json");
  assert.deepEqual([json[0].type, json[0].board, json[0].job], ["guide", "openmv-toy", "restore"]);
  const folder = Deno.makeTempDirSync();
  try {
    assert.equal((await ran(`guide toy --html ${folder}/toy.html`)).code, 0);
    const page = Deno.readTextFileSync(`${folder}/toy.html`);
    assert.match(page, /^<!doctype html>/i);
    assert.match(page, /default-src 'none'/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  assert.equal((await ran("guide nothing")).code, 2);
});

Deno.test("guide and timeout advice for STM32 cameras mention BOOT to 3.3 V and modules to remove", () => {
  // Owners: 0.6 V with BOOT to RST on an H7 Plus, and in with BOOT to 3.3 V (openmv-runtime.md 7).
  const told = (board: Board) =>
    guideLines(guideOf(board), { style: plainStyle, width: 80, beside: false }).join(" ")
      .replaceAll(/\s+/g, " ");
  const stm32: Board = { ...toy, romEntry: "st-boot-pin" };
  assert.match(told(stm32), /Remove shields.*UART.*Connect BOOT to 3\.3 V instead of RST/);
  assert.doesNotMatch(told(toy), /3\.3 V/);
  const late = (data: ErrorData) => advice({ kind: "timeout", data }, "linux").join(" ");
  assert.match(late({ romEntry: "st-boot-pin" }), /Remove shields.*Connect BOOT to 3\.3 V/);
  assert.doesNotMatch(late({}), /3\.3 V/);
});
