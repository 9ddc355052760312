/**
 * Turns the paths of a foreign file system into paths that any computer can write, each of them below
 * the folder that they are put into, and no two the same there.
 */
export function safePaths(paths: readonly string[]): string[] {
  const root = new Folder();
  return paths.map((path) => {
    const parts = path.split("/");
    let folder = root;
    const safe = parts.map((part, index) => {
      const isLast = index === parts.length - 1;
      const { name, below } = folder.name(part, isLast);
      if (below) folder = below;
      return name;
    });
    return safe.join("/");
  });
}

/** Names that are taken in a folder; Windows and macOS do not tell upper from lower case. */
class Folder {
  readonly #taken = new Set<string>();
  /** The number that a name gets when it comes again. */
  readonly #numbers = new Map<string, number>();
  readonly #below = new Map<string, { readonly name: string; readonly below: Folder }>();

  name(part: string, isFile: boolean): { readonly name: string; readonly below?: Folder } {
    const known = isFile ? undefined : this.#below.get(part);
    if (known) return known;
    const name = this.#free(safeName(part));
    if (isFile) return { name };
    const folder = { name, below: new Folder() };
    this.#below.set(part, folder);
    return folder;
  }

  #free(wanted: string): string {
    let name = wanted;
    const key = wanted.toLowerCase();
    let number = this.#numbers.get(key) ?? 2;
    for (; this.#taken.has(name.toLowerCase()); number++) {
      const dot = wanted.lastIndexOf(".");
      name = dot > 0
        ? `${wanted.slice(0, dot)}~${number}${wanted.slice(dot)}`
        : `${wanted}~${number}`;
    }
    this.#numbers.set(key, number);
    this.#taken.add(name.toLowerCase());
    return name;
  }
}

/** Characters of a name that file systems of computers take (255 bytes at the most). Our choice. */
const LONGEST = 80;

/** One part of a path, as Windows, macOS and Linux all take it. */
function safeName(part: string): string {
  const name = part.toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*\u2028\u2029]/gu, "_")
    .slice(0, LONGEST).toWellFormed()
    .replace(/[. ]+$/, "_")
    .replace(/^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?=\.|$)/i, "$1_");
  return name === "" ? "_" : name;
}
