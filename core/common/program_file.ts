/** The top of this project; a bundled program is one folder of .js files. */
const root = new URL(import.meta.url.endsWith(".ts") ? "../../" : "./", import.meta.url);

/**
 * Returns the URL of a file that belongs to this program, in the working tree and inside the
 * executable.
 * @param path from the top of the project, with `/`
 */
export function programFile(path: string): URL {
  return new URL(path, root);
}
