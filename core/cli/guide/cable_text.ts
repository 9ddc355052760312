import type { HardwareAction } from "../../plan/hardware_action.ts";
import { columnsOf } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { text } from "../../common/text.ts";

const between: Partial<Record<HardwareAction["id"], string>> = {
  plug: "=======[USB]=",
  unplug: "====[USB]    ",
};

/** Draws the cable as text for the actions "unplug" and "plug"; returns no lines for others. */
export function cableLines({ id }: HardwareAction): string[] {
  const cable = between[id];
  if (cable === undefined) return [];
  const [computer, camera] = [say(text`computer`), say(text`camera`)];
  const [left, right] = [computer, camera].map((name) => "-".repeat(columnsOf(name) + 2));
  const gap = " ".repeat(cable.length);
  return [
    `.${left}.${gap}.${right}.`,
    `| ${computer} |${cable}| ${camera} |`,
    `'${left}'${gap}'${right}'`,
  ];
}
