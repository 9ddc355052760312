import { checkHouse } from "./house/rules.ts";
import { readSource } from "./house/source.ts";
import { filesBelow } from "./house/tree.ts";
import { projectRoot } from "./targets.ts";

/**
 * Checks the rules of the house: who may import whom, who may print, ask the time, or touch native
 * code. Prints each place where one is broken as `file:line: reason` and then exits with 1.
 */

/** The path that a relative import, or one of the import map, means. */
export function resolver(
  imports: Readonly<Record<string, string>>,
): (specifier: string, from: string) => string | undefined {
  return (specifier, from) => {
    const target = imports[specifier] ?? specifier;
    if (!/^\.\.?\//.test(target)) return undefined;
    const base = target === specifier ? `file:///${from}` : "file:///";
    return decodeURIComponent(new URL(target, base).pathname.slice(1));
  };
}

if (import.meta.main) {
  const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", projectRoot)));
  const files = filesBelow(projectRoot).filter((path) => path.endsWith(".ts"))
    .map((path) => readSource(path, Deno.readTextFileSync(new URL(path, projectRoot))));
  const violations = checkHouse(files, resolver(config.imports));
  for (const { path, line, message } of violations) console.log(`${path}:${line}: ${message}`);
  console.log(`${files.length} files, ${violations.length} broken rules`);
  if (violations.length > 0) Deno.exit(1);
}
