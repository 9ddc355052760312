import type { Command } from "./command.ts";
import { commonNames, commonOptions } from "./common_options.ts";
import { optionsIn } from "./options.ts";

/** Returns every option of a command by name, and whether a value follows it. */
export function optionsOf({ parts, actions = [], common }: Command): ReadonlyMap<string, boolean> {
  const own = [parts, ...actions.map(({ parts }) => parts)].flatMap((one) => Object.values(one));
  const others = commonNames(common).map((name) => commonOptions[name]);
  return new Map([...own, ...others].flatMap(({ usage }) => [...optionsIn(usage)]));
}
