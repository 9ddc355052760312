import { boardByName } from "../devices/board_names.ts";
import { guidePage } from "../guide/guide_page.ts";
import { guideLines } from "../guide/guide_text.ts";
import { guideOf } from "../guide/guide_steps.ts";
import { writeText } from "../pages/output_file.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { makeStyle } from "../terminal/style.ts";
import { text } from "../../common/text.ts";

export function showGuide(session: Session, request: { board: string; html?: string }): number {
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
