import { merge, object, or } from "@optique/core/constructs";
import { lineBreak, type Message, text as literal } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { command as named, passThrough } from "@optique/core/primitives";
import type { Usage } from "@optique/core/usage";
import { addresses, addressTitles } from "../../common/addresses.ts";
import { type Text, text } from "../../common/text.ts";
import type { Action, Command, Example } from "./command.ts";
import { commonParsers } from "./common_parsers.ts";

/** Builds the Optique parser of the command line from the tables of commands and tools. */

/** A tool that parses its own arguments; only its name is part of this command line. */
export interface Tool {
  readonly name: string;
  readonly brief: Text;
}

/** The commands and tools that a command line may name. */
export interface CommandTable {
  /** In the order of the help. */
  readonly commands: readonly Command[];
  readonly tools: readonly Tool[];
  /** The command that runs if none is named. */
  readonly unnamed: Command;
}

/** A command with its parsed values. */
export interface Chosen {
  readonly command: Command | Action;
  readonly of: Command;
  readonly given: Readonly<Record<string, unknown>>;
}

type AnyParser<T> = Parser<"sync", T, unknown>;
type AnyObject = AnyParser<Readonly<Record<string, unknown>>>;

/** What stands behind the name of a command in its usage line. */
export const usageOf = (tail: string): Usage => [{ type: "literal", value: tail }];

/** Returns a text as an Optique message; translated_message.ts translates it. */
export const messageOf = ({ key }: Text): Message => [literal(key)];

/** One example a line. */
export function examplesOf(lines: readonly Example[]): Message {
  return [
    literal(text`Examples:`.key),
    ...lines.flatMap(([line, what]) => [
      lineBreak(),
      literal(`  unbrick ${line}`),
      lineBreak(),
      literal(`      ${what.key}`),
    ]),
  ];
}

/** Where things are to be had: a heading, and an address on each second line. */
export function addressLines(): Message {
  return [
    literal(text`On a computer with a network:`.key),
    ...Object.entries(addresses).flatMap(([what, address]) => [
      lineBreak(),
      literal(`  ${addressTitles[what as keyof typeof addresses].key}`),
      lineBreak(),
      literal(`      ${address}`),
    ]),
  ];
}

function helpOf({ tail, brief, examples, description }: Action & Pick<Command, "description">) {
  return {
    usageLine: usageOf(tail),
    brief: messageOf(brief),
    ...(description && { description: messageOf(description) }),
    ...(examples.length > 0 && { footer: examplesOf(examples) }),
  };
}

/** One command with its name. */
export function parserOf(command: Command): AnyParser<Chosen> {
  return named(command.name, bodyOf(command), helpOf(command));
}

function bodyOf(command: Command): AnyParser<Chosen> {
  const { actions, common, parts } = command;
  const own = actions ? actionsOf(actions) : object(parts) as AnyObject;
  const others = commonParsers(common) as AnyObject[];
  const parser = mergedObjects([own, ...others]);
  return map(parser, ({ action, ...given }) => ({
    command: (action as Action | undefined) ?? command,
    of: command,
    given,
  }));
}

function actionsOf(actions: readonly Action[]): AnyObject {
  const partsOf = (action: Action) =>
    map(object(action.parts), (given) => ({ ...given, action })) as unknown as AnyObject;
  return either([
    ...actions.map((action) => named(action.name, partsOf(action), helpOf(action))),
    partsOf(actions[0]),
  ]) as AnyObject;
}

/** The command that runs if none is named. */
export const unnamedParser = (unnamed: Command): AnyParser<Chosen> => bodyOf(unnamed);

/**
 * Returns the parser for a line that names no command: the run without one, the help of the program,
 * the names of all commands.
 */
export function rootParser({ commands, tools, unnamed }: CommandTable): AnyParser<Chosen> {
  return either([
    ...[...commands, ...tools].map(({ name, brief }) =>
      named(name, passThrough({ format: "greedy" }), { brief: messageOf(brief) })
    ),
    unnamedParser(unnamed),
  ]) as AnyParser<Chosen>;
}

// Merges any number of parsers. Optique's types cover only a fixed number.
const mergedObjects = (parsers: readonly AnyObject[]) =>
  (merge as unknown as (...all: readonly AnyObject[]) => AnyObject)(...parsers);
const either = (parsers: readonly AnyParser<unknown>[]) =>
  (or as unknown as (...all: readonly AnyParser<unknown>[]) => AnyParser<unknown>)(...parsers);
