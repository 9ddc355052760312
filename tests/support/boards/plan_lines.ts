import { UnbrickError } from "../../../core/common/errors.ts";
import { hex } from "../../../core/common/format.ts";
import type { Step } from "../../../core/plan/step.ts";
import { type KnownBoard, planOf, type Variant } from "../plan/all_plans.ts";

export function planName({ board }: KnownBoard, [job, options]: Variant): string {
  const { backup, ...others } = options;
  return `${board.id} ${job} ${JSON.stringify(others)}${backup ? " with backup" : ""}`;
}

/** Returns a plan as lines: its job and options, then one line for each step. */
export function planLines(one: KnownBoard, variant: Variant): string {
  const [job, options] = variant;
  const head = planName(one, variant);
  try {
    return [head, ...planOf(one, job, options).steps.map(stepLine)].join("\n");
  } catch (error) {
    if (!(error instanceof UnbrickError)) throw error;
    return `${head}\n  refused: ${error.kind}`;
  }
}

/** `firmware writes 1234 ms to firmware 0x08010000+1000 firmware.bin with unmarked-image` */
export function stepLine(
  { id, effect, weight, targets = [], consent, provenBy, isCheck, prove }: Step,
): string {
  const where = targets.map(({ region, address, length, image = "", sha256 }) =>
    `${region} ${hex(address)}+${length} ${sha256 ? image : ""}`.trimEnd()
  );
  return [
    `  ${id} ${effect} ${Math.round(weight * 10) / 10} ms`,
    ...(where.length > 0 ? [`to ${where.join(", ")}`] : []),
    ...(consent ? [`with ${consent.id}`] : []),
    ...(provenBy ? [`proven by ${provenBy}`] : []),
    ...(effect === "none" && prove ? ["proves"] : []),
    ...(isCheck ? ["afterwards"] : []),
  ].join(" ");
}
