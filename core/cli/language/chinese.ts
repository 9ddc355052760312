import { programFile } from "../../common/program_file.ts";
import { Catalogue, type Forms } from "./catalogue.ts";

/** Where the build puts the translations as JSON, which is read ten times faster than PO. */
export const chineseTable = ".cache/language/zh_CN.json";

let catalogue: Catalogue | undefined;

/** Returns the Chinese catalogue, read once. */
export async function chinese(): Promise<Catalogue> {
  return catalogue ??= new Catalogue(await readForms(), "zh");
}

interface PoReader {
  formsOf(source: string): Forms;
}

async function readForms(): Promise<Forms> {
  if (Deno.build.standalone) return JSON.parse(Deno.readTextFileSync(programFile(chineseTable)));
  // The specifier is computed, so that the executable does not contain the reader of PO.
  const reader = programFile("core/cli/language/po_forms.ts").href;
  const { formsOf }: PoReader = await import(reader);
  return formsOf(Deno.readTextFileSync(programFile("core/cli/language/zh_CN.po")));
}
