/**
 * Rules for `deno lint`: what only some folders may do. The visitors use the type of a node,
 * because selectors with attributes would take four times as long for the whole project.
 */

interface Restriction {
  readonly message: string;
  /** Properties of global objects, as in `Deno.dlopen`. */
  readonly members: Readonly<Record<string, RegExp>>;
  /** Global functions. */
  readonly calls?: RegExp;
  /** Classes that are made without arguments. */
  readonly bareNew?: RegExp;
  /** Folders and files that are exempt. Tests and tools always are. */
  readonly allowed: readonly string[];
}

const restrictions: Readonly<Record<string, Restriction>> = {
  "native-code": {
    message: "only ffi and tools touch native code",
    members: { Deno: /^(dlopen|Unsafe)/ },
    allowed: ["ffi/"],
  },
  "printing": {
    message: "only core/cli, main.ts and tools print",
    members: {
      console: /^(log|error|warn|info|debug|trace|table|dir|group|time|count)/,
      Deno: /^std(out|err)$/,
      process: /^std(out|err)$/,
    },
    allowed: ["core/cli/", "main.ts"],
  },
  "time": {
    message: "time comes from a Clock",
    members: { Date: /^now$/, performance: /^now$/, AbortSignal: /^timeout$/ },
    calls: /^set(Timeout|Interval)$/,
    bareNew: /^Date$/,
    allowed: ["core/common/clock.ts", "core/common/virtual_clock.ts"],
  },
  "environment": {
    message: "a variable may be no text: core/common/environment.ts reads it",
    members: { Deno: /^env$/ },
    allowed: ["core/common/environment.ts"],
  },
  "programs": {
    message: "the program starts no other programs",
    members: { Deno: /^Command$/ },
    allowed: [],
  },
};

/** The project's root with slashes: the names of linted files begin with it. */
const root = import.meta.dirname!.replaceAll("\\", "/").replace(/tools\/checks$/, "");

function isAllowed(filename: string, { allowed }: Restriction): boolean {
  const path = filename.replaceAll("\\", "/").replace(root, "");
  return /_test\.ts$|^(tests|tools)\//.test(path) ||
    allowed.some((place) => path.startsWith(place));
}

const nameOf = (node: Deno.lint.Node) => node.type === "Identifier" ? node.name : "";

function rule(restriction: Restriction): Deno.lint.Rule {
  const { message, calls, bareNew } = restriction;
  const members = new Map(Object.entries(restriction.members));
  return {
    create(context) {
      if (isAllowed(context.filename, restriction)) return {};
      return {
        MemberExpression(node) {
          const properties = members.get(nameOf(node.object));
          if (properties?.test(nameOf(node.property))) context.report({ node, message });
        },
        CallExpression(node) {
          if (calls?.test(nameOf(node.callee))) context.report({ node, message });
        },
        NewExpression(node) {
          const isBare = node.arguments.length === 0 && bareNew?.test(nameOf(node.callee));
          if (isBare) context.report({ node, message });
        },
      };
    },
  };
}

const rules = Object.entries(restrictions).map(([name, restriction]) =>
  [name, rule(restriction)] as const
);

const plugin: Deno.lint.Plugin = { name: "unbrick", rules: Object.fromEntries(rules) };
export default plugin;
