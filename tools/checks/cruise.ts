import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult, type IRegularForbiddenRuleType } from "dependency-cruiser";
import "typescript"; // dependency-cruiser reads TypeScript only if it finds the compiler
import { libraries, type Room, rooms } from "./rooms.ts";

const TEST = "_test\\.ts$";
const start = (place: string) => `^${RegExp.escape(place)}`;

/** An import that a rule forbids. */
export interface WrongImport {
  /** Path of the importing file, from the root of the project. */
  readonly from: string;
  /** Path of the imported file, or the name of a library. */
  readonly to: string;
  readonly reason: string;
}

/** Returns dependency-cruiser's rules for one room. */
function rulesOf(
  { folder, imports, types = [], not = [], apart, parts = {} }: Room,
): IRegularForbiddenRuleType[] {
  const rules: IRegularForbiddenRuleType[] = [];
  const from = { path: start(folder), pathNot: TEST };
  const rule = (name: string, to: IRegularForbiddenRuleType["to"], who = from) =>
    rules.push({ name, severity: "error", from: who, to });
  if (imports !== "everything") {
    const values = [folder, ...imports].map(start);
    rule(`${folder} may not import this`, {
      path: "\\.ts$",
      pathNot: [...values, ...types.map(start)],
    });
    rule(`${folder} may import only types from here`, {
      path: types.map(start),
      pathNot: values,
      dependencyTypesNot: ["type-only"],
    });
    rule(`${folder} knows the interface only, not what is behind it`, { path: not.map(start) });
  }
  if (apart) {
    const each = (excepted: readonly string[]) => ({
      path: `${start(folder)}([^/]+)/`,
      pathNot: excepted.map((name) => start(`${folder}${name}/`)),
    });
    const others = `${start(folder)}[^/]+/`;
    const name = `the folders of ${folder} do not import each other`;
    rules.push({
      name,
      severity: "error",
      from: each(Object.keys(apart)),
      to: { path: others, pathNot: `${start(folder)}$1/` },
    });
    for (const [one, given] of Object.entries(apart)) {
      const seen = [one, ...given].map((name) => start(`${folder}${name}/`));
      rules.push({
        name,
        severity: "error",
        from: { path: start(`${folder}${one}/`) },
        to: { path: others, pathNot: seen },
      });
    }
  }
  const inside = `${start(folder)}[^/]+/`;
  for (const [part, seen] of Object.entries(parts)) {
    rules.push({
      name: `${part}/ imports ${["no other part", ...seen].join(" but ")}`,
      severity: "error",
      from: { path: `${inside}${part}/`, pathNot: TEST },
      to: { path: inside, pathNot: [part, ...seen].map((name) => `${inside}${name}/`) },
    });
  }
  return rules.filter(({ to }) => !Array.isArray(to.path) || to.path.length > 0);
}

const library = (name: string) => `${start(name)}($|/)`;

const rules: IRegularForbiddenRuleType[] = [
  ...rooms.flatMap(rulesOf),
  ...Object.entries(libraries).map(([name, folders]): IRegularForbiddenRuleType => ({
    name: `only ${folders.join(" and ")} may import this library`,
    severity: "error",
    from: { pathNot: [TEST, ...folders.map(start)] },
    to: { path: library(name) },
  })),
  {
    name: "every library is in the table of tools/checks/rooms.ts",
    severity: "error",
    from: {},
    to: { couldNotResolve: true, pathNot: Object.keys(libraries).map(library) },
  },
  { name: "imports go in a circle", severity: "error", from: {}, to: { circular: true } },
];

/**
 * Returns every import below a folder that breaks a rule of `rooms` or `libraries` or is part of a
 * circle.
 * @param root the root of the project
 * @param files how many .ts files there are
 * @throws Error if not all of them could be read
 */
export async function wrongImports(root: URL, files: number): Promise<WrongImport[]> {
  const baseDir = fileURLToPath(root).replace(/[\\/]$/, "");
  const top = [...Deno.readDirSync(root)]
    .filter(({ name, isDirectory }) => isDirectory ? /^[a-z]/.test(name) : name.endsWith(".ts"))
    .map(({ name }) => name);
  const { output } = await cruise(top, {
    baseDir,
    validate: true,
    ruleSet: { forbidden: rules },
    tsPreCompilationDeps: true, // imports of types count
    exclude: { path: "^(dist|node_modules)/|\\.js$" },
  }, { alias: { "@deno/usb": fileURLToPath(new URL("ffi/libusb/mod.ts", root)) } });
  const { modules, summary } = output as ICruiseResult;
  const read = modules.filter(({ source, couldNotResolve }) =>
    source.endsWith(".ts") && !couldNotResolve
  );
  if (read.length !== files) {
    throw new Error(`dependency-cruiser read ${read.length} of ${files} files`);
  }
  return summary.violations.map(({ from, to, rule, cycle }) => ({
    from,
    to,
    reason: cycle
      ? `${rule.name}: ${[from, ...cycle.map(({ name }) => name)].join(" → ")}`
      : rule.name,
  }));
}
