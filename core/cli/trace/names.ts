/** Names that tell who the user is. */
export interface PersonalNames {
  readonly home?: string;
  readonly user?: string;
  readonly host?: string;
  readonly operator?: string;
}

/** Shorter names would be found in other words. */
const SHORTEST = 2;

/** Returns a function that takes these names out of a text. */
export function withoutNames(
  { home, user, host, operator }: PersonalNames,
): (text: string) => string {
  const replacements: (readonly [RegExp, string])[] = [];
  const add = (name: string | undefined, instead: string, isWord: boolean) => {
    if (name === undefined || name.length < SHORTEST) return;
    const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const pattern = isWord ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
    replacements.push([new RegExp(pattern, "giu"), instead]);
  };
  add(home, "~", false);
  // The same path as Windows and other programs may write it.
  if (home?.includes("\\")) add(home.replaceAll("\\", "/"), "~", false);
  add(operator, "OPERATOR", true);
  add(host, "HOST", true);
  add(user, "USER", true);
  return (text) =>
    replacements.reduce((words, [pattern, instead]) => words.replaceAll(pattern, instead), text);
}
