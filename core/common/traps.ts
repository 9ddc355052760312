import { UnbrickError } from "./errors.ts";
import { hintAt } from "./nearest.ts";
import { text } from "./text.ts";

/** Traps and variants of simulated cameras: what `--trap NAME=VALUE` can say. */

export type TrapValue = string | number | boolean;
/** Traps by name, as they were asked for. */
export type Traps = Readonly<Record<string, TrapValue>>;

/** The values that each trap may have, the ordinary one first; a single one: any of its type. */
export type TrapTable<Named = Traps> = {
  readonly [Name in keyof Named]: readonly [Named[Name], ...Named[Name][]];
};

/**
 * Every trap of the table with the value given, or its ordinary one.
 * @throws UnbrickError `usage` for a name that is none, or a value that it cannot have
 */
export function trapsOf<Named extends { [Name in keyof Named]: TrapValue }>(
  table: TrapTable<Named>,
  given: Traps = {},
): Named {
  const known: Readonly<Record<string, readonly TrapValue[]>> = table;
  const traps = Object.fromEntries(Object.keys(known).map((name) => [name, known[name][0]]));
  for (const [name, value] of Object.entries(given)) {
    const values = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!values) {
      throw new UnbrickError(
        "usage",
        text`The simulated camera has no trap called "${name}".
          ${hintAt(name, Object.keys(known))}`,
        { trap: name, known: Object.keys(known).join(", ") },
      );
    }
    const isOpen = values.length === 1;
    if (isOpen ? typeof value !== typeof values[0] : !values.includes(value)) {
      const wanted = isOpen
        ? `a ${typeof values[0]}`
        : text`one of ${values.map(shown).join(", ")}`;
      throw new UnbrickError(
        "usage",
        text`The trap ${name} cannot be ${shown(value)}. It takes ${wanted}.`,
        { trap: name, value },
      );
    }
    traps[name] = value;
  }
  return traps as Named;
}

const shown = (value: TrapValue) => value === "" ? "nothing" : String(value);
