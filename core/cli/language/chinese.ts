import { programFile } from "../../common/program_file.ts";
import { Catalogue } from "./catalogue.ts";

let catalogue: Catalogue | undefined;

/** Returns the Chinese catalogue, read once. The file is inside the executable (tools/build.ts). */
export function chinese(): Catalogue {
  const file = programFile("core/cli/language/zh_CN.po");
  return catalogue ??= new Catalogue(Deno.readTextFileSync(file), "zh");
}
