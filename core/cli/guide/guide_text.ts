import { ifSilent, stBootPin } from "../../common/advice.ts";
import { columnsOf, padded } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { Style } from "../terminal/style.ts";
import { drawingWords } from "./drawing_words.ts";
import { drawingLines, mark } from "./drawing_text.ts";
import type { Guide, GuideStep } from "./guide_steps.ts";
import { jobTitles } from "../../plan/job_words.ts";
import { joined, list, sentences, text } from "../../common/text.ts";

export interface GuideOptions {
  readonly style: Style;
  readonly width: number;
  /**
   * True to put the drawing beside the steps if there is space; a screen reader needs one after the
   * other.
   */
  readonly beside: boolean;
}

/** Columns between the drawing and the steps, and the minimum width of the steps. */
const GAP = 3;
const STEP_COLUMNS = 30;

/** Returns the lines of the guide for a terminal or a pipe. */
export function guideLines(guide: Guide, options: GuideOptions): string[] {
  const { board, refused, job, images } = guide;
  const { style, width } = options;
  const head = style.bold(
    job ? say(text`${jobTitles[job]} the ${board.name} (${board.chip})`) : board.name,
  );
  const files = images.map(({ title, fileNames }) =>
    text`${title} (${joined(fileNames, text` or `)})`
  );
  return [
    head,
    ...(refused ? wrap(refused, width) : []),
    ...(guide.steps.length > 0 ? stepsAndDrawing(guide, options) : []),
    ...(guide.steps.length > 0 && job === "restore"
      ? [
        "",
        ...wrap(text`If the camera does not appear:`, width),
        ...[...(board.romEntry ? stBootPin : []), ifSilent]
          .flatMap((words) => wrap(words, width, " -  ")),
      ]
      : []),
    ...(files.length > 0 ? ["", ...wrap(text`Files: ${list(files)}.`, width)] : []),
  ];
}

function stepsAndDrawing(guide: Guide, { style, width, beside }: GuideOptions): string[] {
  const { drawing } = guide.board;
  if (!drawing || guide.parts.length === 0) return ["", ...stepLines(guide.steps, width)];
  if (style.plain) {
    return [
      "",
      ...drawingWords(drawing, guide.parts, width),
      "",
      ...stepLines(guide.steps, width),
    ];
  }
  const lines = drawingLines(drawing, guide.parts);
  const dressed = (line: string) => line.replaceAll(mark, style.attention(mark));
  const legend = sentences(
    text`${mark} ${guide.parts.join(", ")}.`,
    drawing.view,
    drawing.caution,
  );
  const widest = Math.max(...lines.map(columnsOf));
  const room = width - widest - GAP;
  if (!beside || room < STEP_COLUMNS) {
    const drawn = [...lines, ...wrap(legend, width)];
    return ["", ...drawn.map(dressed), "", ...stepLines(guide.steps, width)];
  }
  const left = [...lines, ...wrap(legend, widest)];
  const right = stepLines(guide.steps, room);
  return [
    "",
    ...Array.from({ length: Math.max(left.length, right.length) }, (_, at) => {
      const line = left[at] ?? "";
      const beside = right[at] ? padded(line, widest + GAP) + right[at] : line;
      return dressed(beside).trimEnd();
    }),
  ];
}

function stepLines(steps: readonly GuideStep[], width: number): string[] {
  return steps.flatMap(({ text: words, command }, at) => {
    const first = `${String(at + 1).padStart(2)}. `;
    const typed = command ? wrap(command, width, "    ") : [];
    return [...wrap(words, width, first), ...typed];
  });
}
