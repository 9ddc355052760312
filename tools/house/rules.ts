import { lineAt, type SourceFile } from "./source.ts";

/** A place where a rule of the house is broken. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What a protocol may build on although it is one itself: ST's serial boot is spoken inside DFU. */
const layers: Record<string, readonly string[]> = { serial_boot: ["dfu"] };

/** What every protocol may import, besides itself. */
const protocolGround = [
  "core/transport/usb/",
  "core/transport/serial/",
  "core/common/",
  // How a file is refused, with its offset or line.
  "core/image/bad_image.ts",
];

/** Ways to a device; a protocol knows only the interface in front of them. */
const transports = [
  "core/transport/usb/memory.ts",
  "core/transport/usb/virtual_bus.ts",
  "tests/support/usbip/",
  "ffi/",
];

/** Tests and what only they use. */
const isTest = (path: string) =>
  /_test\.ts$|(^|\/)(testing|tests)\/|(^|\/)testing\.ts$|(^|\/)test_\w+\.ts$/.test(path);

/** The message if `from` may not import `to` (both from the root of the project). */
export function forbiddenImport(from: string, to: string): string | undefined {
  const into = (...folders: string[]) => folders.some((folder) => to.startsWith(folder));
  const room = from.split("/")[0];
  if (!isTest(from) && room !== "tests" && room !== "tools" && into("tests/", "tools/")) {
    return "only tests and tools import tests and tools";
  }
  if (room === "core" && into("boards/")) return "core imports no boards";
  if (room === "core" && into("ffi/")) return "core imports no ffi";
  if (room === "ffi" && into("boards/", "core/cli/", "main.ts")) {
    return "ffi knows no boards and no command line";
  }
  if (room === "boards") {
    if (into("ffi/")) return "boards import no ffi";
    const [, family] = from.split("/");
    const [other, otherFamily, file] = to.split("/");
    if (other === "boards" && file && family !== otherFamily && from.split("/").length > 2) {
      return `the family ${family} imports the family ${otherFamily}`;
    }
  }
  return forbiddenInProtocol(from, to);
}

function forbiddenInProtocol(from: string, to: string): string | undefined {
  const [room, part, protocol] = from.split("/");
  if (room !== "core" || part !== "protocols") return undefined;
  const own = [protocol, ...layers[protocol] ?? []].map((name) => `core/protocols/${name}/`);
  if (own.some((folder) => to.startsWith(folder))) return undefined;
  if (to.startsWith("core/protocols/")) {
    return `the protocol ${protocol} imports the protocol ${to.split("/")[2]}`;
  }
  if (isTest(from)) return undefined;
  if (transports.some((place) => to.startsWith(place))) {
    return `the protocol ${protocol} imports a transport implementation, ${to}`;
  }
  if (!protocolGround.some((place) => to.startsWith(place))) {
    return `the protocol ${protocol} imports ${to}, which is no ground for protocols`;
  }
  return undefined;
}

interface Habit {
  readonly pattern: RegExp;
  readonly message: string;
  readonly allowed: (path: string) => boolean;
}

const startsWith = (...places: string[]) => (path: string) =>
  isTest(path) || places.some((place) => path.startsWith(place));

/** Things of the language that only some rooms may use. */
const habits: readonly Habit[] = [
  {
    pattern: /\bDeno\s*\.\s*(dlopen|Unsafe\w+)/g,
    message: "only ffi and tools touch native code",
    allowed: startsWith("ffi/", "tools/"),
  },
  {
    pattern:
      /\bconsole\s*\.\s*(log|error|warn|info|debug|trace|table|dir|group\w*|time\w*|count\w*)\b|\bDeno\s*\.\s*(stdout|stderr)\b|\bprocess\s*\.\s*std(out|err)\b/g,
    message: "only core/cli, main.ts and tools print",
    allowed: startsWith("core/cli/", "main.ts", "tools/"),
  },
  {
    pattern:
      /(?<![.\w])(setTimeout|setInterval)\s*\(|\bDate\s*\.\s*now\b|\bperformance\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bAbortSignal\s*\.\s*timeout\b/g,
    message: "time comes from a Clock",
    allowed: startsWith("core/common/clock.ts", "core/common/virtual_clock.ts", "tools/"),
  },
  {
    pattern: /\bDeno\s*\.\s*env\b/g,
    message: "a variable may be no text: core/common/environment.ts reads it",
    allowed: startsWith("core/common/environment.ts", "tools/"),
  },
  {
    pattern: /\bnew\s+Deno\s*\.\s*Command\b/g,
    message: "the program starts no other programs",
    allowed: startsWith("tools/"),
  },
];

/** Every broken rule, in the order of the files. `resolve` gives the file an import means, if it is ours. */
export function checkHouse(
  files: readonly SourceFile[],
  resolve: (specifier: string, from: string) => string | undefined,
): Violation[] {
  const violations: Violation[] = [];
  for (const { path, code, imports } of files) {
    for (const { specifier, line } of imports) {
      const to = resolve(specifier, path);
      const message = /^(https?|jsr):/.test(specifier)
        ? `${specifier} is neither ours nor from npm`
        : to && forbiddenImport(path, to);
      if (message) violations.push({ path, line, message });
    }
    for (const { pattern, message, allowed } of habits) {
      if (allowed(path)) continue;
      for (const { 0: found, index } of code.matchAll(pattern)) {
        violations.push({ path, line: lineAt(code, index), message: `${message}: ${found}` });
      }
    }
  }
  return [...violations, ...cycles(files, resolve)];
}

/** Each group of files that import each other in a circle, told once, with one circle through it. */
function cycles(
  files: readonly SourceFile[],
  resolve: (specifier: string, from: string) => string | undefined,
): Violation[] {
  const graph = new Map(files.map(({ path, imports }) => [
    path,
    imports.flatMap(({ specifier, line }) => {
      const to = resolve(specifier, path);
      return to ? [{ to, line }] : [];
    }),
  ]));
  const violations: Violation[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    for (const { to, line } of graph.get(path) ?? []) {
      const start = [...trail, path].indexOf(to);
      if (start >= 0) {
        const circle = [...trail, path].slice(start).concat(to);
        violations.push({ path, line, message: `imports go in a circle: ${circle.join(" → ")}` });
      } else if (!done.has(to)) walk(to, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of graph.keys()) if (!done.has(path)) walk(path, []);
  return violations;
}
