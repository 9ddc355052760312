import { checkHouse } from "./house/rules.ts";
import { readSource, type SourceFile } from "./house/source.ts";
import { projectRoot } from "./targets.ts";

/**
 * Checks the rules of the house: who may import whom, who may print, ask the time, or touch native
 * code. Prints each place where one is broken as `file:line: reason` and then exits with 1.
 */

const skipped = new Set([".git", ".cache", "dist", "node_modules"]);

function sources(folder: URL, path = ""): SourceFile[] {
  return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1).flatMap((entry) => {
    const name = path + entry.name;
    if (entry.isDirectory && !skipped.has(entry.name)) {
      return sources(new URL(`${entry.name}/`, folder), `${name}/`);
    }
    if (!entry.isFile || !entry.name.endsWith(".ts")) return [];
    return [readSource(name, Deno.readTextFileSync(new URL(entry.name, folder)))];
  });
}

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
  const files = sources(projectRoot);
  const violations = checkHouse(files, resolver(config.imports));
  for (const { path, line, message } of violations) console.log(`${path}:${line}: ${message}`);
  console.log(`${files.length} files, ${violations.length} broken rules`);
  if (violations.length > 0) Deno.exit(1);
}
