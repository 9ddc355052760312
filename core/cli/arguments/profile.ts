import { UnbrickError } from "../../common/errors.ts";
import { withoutMark } from "../../common/byte_order_mark.ts";
import { text, type Words } from "../../common/text.ts";

/** What a profile needs to know of its command. */
export interface ProfileOptions {
  /** Every option of the command, and whether a value follows it. */
  readonly takesValue: ReadonlyMap<string, boolean>;
  /** Returns the bytes of a file. */
  read(path: string): Uint8Array;
}

/** The option that names a profile. */
const OPTION = "--profile";

/**
 * Replaces the `--profile FILE` of a command line by what the file says: a JSON object whose names
 * are long options without dashes, and `boards`. What the command line says replaces that of the
 * file.
 * @throws UnbrickError `usage` if there is more than one, or if the file has another form or unknown
 * options
 */
export function withProfile(argv: readonly string[], options: ProfileOptions): readonly string[] {
  const [command, ...words] = argv;
  const parts = partsOf(words, options.takesValue);
  const profiles = parts.filter(({ option }) => option === OPTION);
  if (profiles.length > 1) {
    throw new UnbrickError("usage", text`Name one profile only.`, { option: OPTION });
  }
  const path = profiles[0]?.words.at(-1)?.replace(`${OPTION}=`, "");
  if (path === undefined || path === OPTION) return argv; // none, or its name is missing
  const others = parts.filter(({ option }) => option !== OPTION);
  const given = new Set(others.map(({ option }) => option));
  const added = Object.entries(profileIn(options.read(path), path)).flatMap(([name, value]) => {
    const words = wordsOf(name, value, path, options.takesValue);
    return given.has(name === "boards" ? undefined : `--${name}`) ? [] : words;
  });
  return [command, ...added, ...others.flatMap(({ words }) => words)];
}

/** Words of a command line that belong together; `option` is undefined for the name of a board. */
interface Part {
  readonly option?: string;
  readonly words: readonly string[];
}

function partsOf(words: readonly string[], takesValue: ReadonlyMap<string, boolean>): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (!word.startsWith("-")) parts.push({ words: [word] });
    else if (takesValue.get(word)) parts.push({ option: word, words: words.slice(at, ++at + 1) });
    else parts.push({ option: word.split("=")[0], words: [word] });
  }
  return parts;
}

function profileIn(bytes: Uint8Array, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(withoutMark(bytes)));
  } catch {
    throw unusable(path, text`it is not JSON`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw unusable(path, text`it is not an object with the names of options`);
}

/** Returns the words of one entry: a flag is true or false, and a list repeats the option. */
function wordsOf(
  name: string,
  value: unknown,
  path: string,
  takesValue: ReadonlyMap<string, boolean>,
): string[] {
  const option = `--${name}`;
  const hasValue = name === "boards" || takesValue.get(option);
  if (hasValue === undefined || option === OPTION) {
    throw unusable(path, text`"${name}" is not an option of a station`);
  }
  if (!hasValue) {
    if (typeof value === "boolean") return value ? [option] : [];
    throw unusable(path, text`"${name}" is neither true nor false`);
  }
  const all = Array.isArray(value) ? value : [value];
  return all.map((one) => {
    if (name === "boards" && String(one).startsWith("-")) {
      throw unusable(path, text`"boards" contains ${String(one)}, which is not a name`);
    }
    if (typeof one === "string" || typeof one === "number") {
      return name === "boards" ? String(one) : `${option}=${one}`;
    }
    throw unusable(path, text`"${name}" has a value that is neither text nor a number`);
  });
}

const unusable = (path: string, reason: Words): UnbrickError =>
  new UnbrickError("usage", text`The profile ${path} cannot be used: ${reason}.`, {
    path,
    command: "station",
  });
