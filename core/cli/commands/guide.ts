import { command } from "../arguments/command.ts";
import { outputOptions } from "../arguments/common_options.ts";
import { board, value } from "../arguments/options.ts";
import { file } from "../arguments/values.ts";
import { boardByName } from "../devices/board_names.ts";
import { guidePage } from "../guide/guide_page.ts";
import { guideLines } from "../guide/guide_text.ts";
import { guideOf } from "../guide/guide_steps.ts";
import { writeText } from "../pages/output_file.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { text } from "../../common/text.ts";

/** `guide BOARD`: shows the steps by hand for a board, on the screen or as a page. */
export const guide = command({
  name: "guide",
  tail: "BOARD [OPTIONS]",
  brief: text`Show the steps by hand: which pins or which switch, and when.`,
  examples: [
    ["guide openmv-h7", text`The steps and a small drawing.`],
    ["guide openmv-h7 --html h7.html", text`The same as one web page that works offline.`],
  ],
  parts: {
    board,
    html: value(
      ["--html"],
      file,
      text`Write a web page with pictures, for a phone beside the camera.`,
    ),
  },
  common: { does: [...outputOptions, "plugin"] },
  run: showGuide,
});

function showGuide(session: Session, request: { board: string; html?: string }): number {
  const { console, context, families, options } = session;
  const steps = guideOf(boardByName(request.board, families).board);
  if (request.html !== undefined) {
    writeText(request.html, guidePage(steps, context.version));
    if (!options.json) printLines(session, [text`Wrote ${request.html}.`]);
  }
  if (options.json) {
    const { board, ...guide } = steps;
    printJson(session, { type: "guide", board: board.id, ...guide, drawing: board.drawing });
  } else if (request.html === undefined) {
    const style = makeStyle(console);
    printLines(
      session,
      guideLines(steps, { style, width: console.columns, beside: console.isTerminal }),
    );
  }
  return 0;
}
