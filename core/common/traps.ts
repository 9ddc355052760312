import { UnbrickError } from "./errors.ts";
import { hintAt } from "./nearest.ts";
import { text } from "./text.ts";

/** Traps and variants of simulated cameras: what `--trap NAME=VALUE` accepts. */

export type TrapValue = string | number | boolean;
/** The requested traps by name. */
export type Traps = Readonly<Record<string, TrapValue>>;

/** The allowed values of each trap, the default first; a single value allows any of its type. */
export type TrapTable<Named = Traps> = {
  readonly [Name in keyof Named]: readonly [Named[Name], ...Named[Name][]];
};

/**
 * Returns every trap of the table with its requested or default value.
 * @throws UnbrickError `usage` for an unknown name or a value that is not allowed
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
        { trap: name, known: Object.keys(known) },
      );
    }
    if (isOpen(values) ? typeof value !== typeof values[0] : !values.includes(value)) {
      const wanted = isOpen(values)
        ? `a ${typeof values[0]}`
        : text`one of ${values.map(shown).join(", ")}`;
      throw new UnbrickError(
        "usage",
        text`The trap ${name} cannot be ${shown(value)}. It can be ${wanted}.`,
        { trap: name, value },
      );
    }
    traps[name] = value;
  }
  return traps as Named;
}

/** True for a trap that can have any value of its type. */
export const isOpen = (values: readonly TrapValue[]): boolean => values.length === 1;

/** A value, for people. */
export const shown = (value: TrapValue): string => value === "" ? "nothing" : String(value);
