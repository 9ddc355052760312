import { projectRoot } from "../targets.ts";

const folder = new URL("core/cli/language/", projectRoot);

/** Returns the PO files, one for each language except English. */
export function translationFiles(): URL[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".po"))
    .map(({ name }) => new URL(name, folder));
}
