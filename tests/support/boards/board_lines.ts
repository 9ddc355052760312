import { hex, usbId } from "../../../core/common/format.ts";
import type { BoardRegion } from "../../../core/family/board.ts";
import type { BoardFamily } from "../../../core/family/family.ts";
import type { FieldFact } from "../../../core/family/field_fact.ts";
import type { HardwareAction } from "../../../core/plan/hardware_action.ts";
import type { KnownBoard } from "../plan/all_plans.ts";

export const familyName = ({ id }: BoardFamily) => `family ${id}`;
export const boardName = ({ board: { id, name, maker, chip } }: KnownBoard) =>
  `${id} ${name}, ${maker}, ${chip}`;

/** Returns what a family says about itself, as lines. */
export function familyLines(family: BoardFamily): string {
  const { usbIds, consents = [], traps = {} } = family;
  const devices = usbIds.map(({ vendorId, productId }) =>
    productId === undefined ? `${hex(vendorId, 4)}, any product` : usbId(vendorId, productId)
  );
  return [
    familyName(family),
    ...devices.map((device) => `  device ${device}`),
    ...consents.map(({ id, word }) => `  consent ${id}${word ? `: ${word}` : ""}`),
    ...Object.entries(traps).map(([name, values]) =>
      `  trap ${name}: ${values.map((value) => JSON.stringify(value)).join(", ")}`
    ),
  ].join("\n");
}

/** Returns what is known about a board, as lines. */
export function boardLines(one: KnownBoard): string {
  const { family, board } = one;
  const jobs = Object.entries(board.jobs).filter(([, support]) => support === true);
  return [
    boardName(one),
    ...(board.mayHaveNoSensor ? ["  may have no sensor"] : []),
    `  folder ${[board.folder, ...board.formerFolders ?? []].join(", ")}`,
    `  jobs ${jobs.map(([job]) => job).join(", ")}`,
    ...(board.regions ?? []).map(regionLine),
    ...board.roles.map(({ role, fileNames, neededFor }) =>
      `  role ${role}: ${fileNames.join(", ")}; needed for ${neededFor.join(", ") || "nothing"}`
    ),
    ...(board.commands ?? []).map(({ partition, bytes, deadlineMs, blanks }) =>
      `  command ${partition} ${bytes.toHex()} ${deadlineMs} ms blanks ${blanks.join(", ")}`
    ),
    `  recovery ${actionNames(board.recoveryActions)}`,
    `  after ${actionNames(board.afterActions)}`,
    `  flash ${actionNames(board.flashActions)}`,
    ...(family.fieldFacts?.(board) ?? []).map(factLine),
  ].join("\n");
}

function actionNames(actions: readonly HardwareAction[] = []): string {
  return actions.map(({ id, parts = [] }) => [id, ...parts].join(" ")).join(", ") || "none";
}

function regionLine({ name, address, size, role, isFilesystem, partition }: BoardRegion): string {
  return [
    `  region ${name} ${hex(address)}+${size}`,
    ...(role ? [`of ${role}`] : []),
    ...(isFilesystem ? ["of the user"] : []),
    ...(partition ? [`in ${partition}`] : []),
  ].join(" ");
}

function factLine(fact: FieldFact): string {
  const value = "modelMs" in fact ? `${fact.modelMs} ms` : fact.model;
  const watch = JSON.stringify(
    fact.watch,
    (_, value) => typeof value === "number" ? hex(value, 1) : value,
  );
  return `  fact ${fact.id} ${watch} ${value} (${fact.source})`;
}
