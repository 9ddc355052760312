import type { RunEvent } from "../../plan/events.ts";
import { byteSize, hex } from "../../common/format.ts";
import { practiceNotes } from "../../common/simulation_only.ts";
import { columnsOf } from "../terminal/columns.ts";
import { table, wrap } from "../terminal/layout.ts";
import { jobTitles } from "../../plan/job_words.ts";
import { say } from "../language/say.ts";
import { text, type Words } from "../../common/text.ts";

type Started = Extract<RunEvent, { type: "run-started" }>;

/** Returns the title of a run: `Restore OpenMV Cam H7 (simulated)`. */
export function runTitle({ job, board, simulated, replay }: Started): Words {
  const verb = jobTitles[job];
  if (replay) return text`${verb} ${board.name} (replay of a recording, not a camera)`;
  return simulated ? text`${verb} ${board.name} (simulated)` : text`${verb} ${board.name}`;
}

/** Returns a line with the source of the images, and the reason for it. */
export function originLine(from: Words, because: Words | undefined): Words {
  return because === undefined ? text`Images: ${from}` : text`Images: ${from} (${because})`;
}

/** Returns what the run will write and from which images, in `width` columns. */
export function summaryLines(
  { imagesFrom, imagesBecause, images, steps }: Started,
  width: number,
): string[] {
  const rows = steps.flatMap(({ effect, targets }) =>
    targets.map((target) => [
      `  ${say(effect === "erases" && !target.image ? verbs.erases : verbs[effect])}`,
      target.region,
      hex(target.address),
      byteSize(target.length),
      target.image ?? "",
    ])
  );
  const origin = images.length > 0 ? [originLine(imagesFrom, imagesBecause)] : [];
  return [
    ...[...origin, ...practiceNotes(images)].flatMap((line) => wrap(line, width)),
    ...table(rows).flatMap((row) =>
      columnsOf(row) <= width ? [row] : wrap(row.trim(), width, "  ")
    ),
  ];
}

const verbs = {
  none: text`reads`,
  erases: text`erases`,
  writes: text`writes`,
  irreversible: text`burns`,
} as const;
