import type { RunEvent } from "../../plan/events.ts";
import { byteSize, hex } from "../../common/format.ts";
import { columnsOf } from "../terminal/columns.ts";
import { table, wrap } from "../terminal/layout.ts";

type Started = Extract<RunEvent, { type: "run-started" }>;

/** `Restore OpenMV Cam H7 (simulated)`. */
export function runTitle({ job, board, simulated }: Started): string {
  const verb = job.charAt(0).toUpperCase() + job.slice(1);
  return `${verb} ${board.name}${simulated ? " (simulated)" : ""}`;
}

/** Where the images come from, and why from there. */
export function originLine(from: string, because: string | undefined): string {
  return because === undefined ? `Images: ${from}` : `Images: ${from} (${because})`;
}

/** What the run will write and from where, in `width` columns. */
export function summaryLines(
  { imagesFrom, imagesBecause, images, steps }: Started,
  width: number,
): string[] {
  const rows = steps.flatMap(({ effect, targets }) =>
    targets.map((target) => [
      `  ${effect === "erases" && !target.image ? "erases" : verbs[effect]}`,
      target.region,
      hex(target.address),
      byteSize(target.length),
      target.image ?? "",
    ])
  );
  const origin = images.length > 0 ? [originLine(imagesFrom, imagesBecause)] : [];
  const practice = images.some((image) => image.simulationOnly)
    ? ["Some images are made for simulated cameras only."]
    : [];
  return [
    ...[...origin, ...practice].flatMap((line) => wrap(line, width)),
    ...table(rows).flatMap((row) =>
      columnsOf(row) <= width ? [row] : wrap(row.trim(), width, "  ")
    ),
  ];
}

const verbs = {
  none: "reads",
  erases: "erases",
  writes: "writes",
  irreversible: "burns",
} as const;
