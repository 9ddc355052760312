import { UnbrickError } from "../../common/errors.ts";
import { withoutMark } from "../../common/byte_order_mark.ts";
import { badImage } from "../../image/bad_image.ts";
import { text } from "../../common/text.ts";

/**
 * Replaces the `--profile FILE` of a command line by what the file says: a JSON object whose names
 * are long options without dashes, and `boards`. An option on the command line replaces that of the
 * file.
 * @param read returns the bytes of a file
 * @throws UnbrickError `usage` if there is more than one, `bad-image` for a file of another form
 */
export function withProfile(argv: readonly string[], read: (path: string) => Uint8Array): string[] {
  const at = argv.findIndex((word) => /^--profile(=|$)/.test(word));
  if (at < 0) return [...argv];
  const isJoined = argv[at].includes("=");
  const path = isJoined ? argv[at].slice("--profile=".length) : argv[at + 1];
  if (path === undefined) return [...argv];
  const rest = argv.toSpliced(at, isJoined ? 1 : 2);
  if (rest.some((word) => /^--profile(=|$)/.test(word))) {
    throw new UnbrickError("usage", text`Name one profile only.`, { option: "--profile" });
  }
  const given = new Set(rest.map((word) => word.split("=")[0]));
  const [command, ...others] = rest;
  const hasBoard = others.some((word, index) => !word.startsWith("-") && index === 0);
  const words = Object.entries(profileIn(read(path), path)).flatMap(([name, value]) => {
    if (name === "boards") return hasBoard ? [] : [value].flat().map(String);
    const option = `--${name}`;
    return given.has(option) ? [] : wordsOf(option, value, path);
  });
  return [command, ...words, ...others];
}

function profileIn(bytes: Uint8Array, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(withoutMark(bytes)));
  } catch {
    throw badImage(path, text`it is not JSON`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw badImage(path, text`it is not an object with the names of options`);
}

/** Returns the words of an option: `true` is a flag, and a list repeats the option. */
function wordsOf(option: string, value: unknown, path: string): string[] {
  if (typeof value === "boolean") return value ? [option] : [];
  const all = Array.isArray(value) ? value : [value];
  return all.flatMap((one) => {
    if (typeof one === "string" || typeof one === "number") return [`${option}=${one}`];
    throw badImage(path, text`${option} has a value that is neither text, number, true nor false`);
  });
}
