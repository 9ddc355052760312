import type { HardwareAction } from "../../plan/hardware_action.ts";

const [above, below] = [
  ".----------.             .--------.",
  "'----------'             '--------'",
];
const between: Partial<Record<HardwareAction["id"], string>> = {
  plug: "| computer |=======[USB]=| camera |",
  unplug: "| computer |====[USB]    | camera |",
};

/** The cable as text, for the two actions that need no drawing of the board; none for others. */
export function cableLines({ id }: HardwareAction): string[] {
  const cable = between[id];
  return cable === undefined ? [] : [above, cable, below];
}
