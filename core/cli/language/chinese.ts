import { Catalogue } from "./catalogue.ts";

let catalogue: Catalogue | undefined;

/** Returns the Chinese catalogue, read once. The file is inside the executable (tools/build.ts). */
export function chinese(): Catalogue {
  const file = new URL("./zh_CN.po", import.meta.url);
  return catalogue ??= new Catalogue(Deno.readTextFileSync(file), "zh");
}
