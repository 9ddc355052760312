import { object } from "@optique/core/constructs";
import { type Parser, parseSync } from "@optique/core/parser";
import { UnbrickError } from "../../common/errors.ts";
import {
  type Common,
  commonGroups,
  type CommonName,
  type CommonOptions,
  commonOptions,
} from "./common_options.ts";
import { textOf } from "./translated_message.ts";

/** Parsers for the common options, as help shows them. */

const pick = (names: readonly CommonName[]) =>
  Object.fromEntries(names.map((name) => [name, commonOptions[name]]));

/** Returns the parsers for the common options of a command, group by group. */
export function commonParsers(
  { does, accepts = [] }: Common,
): Parser<"sync", Partial<CommonOptions>, unknown>[] {
  const groupsShown = commonGroups.flatMap(([title, names]) => {
    const shown = names.filter((name) => does.includes(name));
    return shown.length > 0 ? [object(title, pick(shown))] : [];
  });
  const quiet = pick(accepts.filter((name) => !does.includes(name)));
  return [...groupsShown, object(quiet, { hidden: true })];
}

/** Parses words that contain only common options. @throws UnbrickError `usage` */
export function parseCommonOptions(words: readonly string[]): CommonOptions {
  const result = parseSync(object(commonOptions), words);
  if (result.success) return result.value;
  throw new UnbrickError("usage", textOf(result.error));
}
