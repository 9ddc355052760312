/** The top of this project; a bundled executable has only one folder, that of main.ts. */
const root = Deno.build.standalone ? Deno.mainModule : new URL("../../", import.meta.url);

/**
 * Returns the URL of a file that belongs to this program, in the working tree and inside the
 * executable.
 * @param path from the top of the project, with `/`
 */
export function programFile(path: string): URL {
  return new URL(path, root);
}
