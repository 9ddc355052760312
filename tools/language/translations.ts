import { chineseTable } from "../../core/cli/language/chinese.ts";
import { formsOf } from "../../core/cli/language/po_forms.ts";
import { projectRoot } from "../targets.ts";

const folder = new URL("core/cli/language/", projectRoot);

/** Returns the PO files, one for each language except English. */
export function translationFiles(): URL[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".po"))
    .map(({ name }) => new URL(name, folder));
}

/** Writes the translations for the executable, which reads no PO. @returns the file */
export async function translationTable(): Promise<URL> {
  const table = new URL(chineseTable, projectRoot);
  const source = await Deno.readTextFile(new URL("zh_CN.po", folder));
  await Deno.mkdir(new URL(".", table), { recursive: true });
  await Deno.writeTextFile(table, JSON.stringify(formsOf(source)));
  return table;
}
