import assert from "node:assert/strict";
import { run } from "../tools/run.ts";
import { projectRoot } from "../tools/targets.ts";

/** What a command loads before it can begin: the time of a start is the time to load modules. */

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
  readonly redirects: Readonly<Record<string, string>>;
}

const { modules, redirects }: Graph = JSON.parse(
  await run(Deno.execPath(), ["info", "--json", "main.ts"], { cwd: projectRoot }),
);
const known = new Map(modules.map((module) => [module.specifier, module]));

/** Returns everything that is loaded with these files, but not what waits until it is needed. */
function loadedWith(...files: readonly string[]): Set<string> {
  const found = new Set<string>();
  const open = files.map((file) => new URL(file, projectRoot).href);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const module = known.get(redirects[next] ?? next);
    if (found.has(next) || !module) continue;
    found.add(next);
    for (const { code, isDynamic } of module.dependencies ?? []) {
      if (code?.specifier && !isDynamic) open.push(code.specifier);
    }
  }
  return new Set([...found].map((one) => one.replace(projectRoot.href, "")));
}

/** Files of a family that list and recognise its cameras. */
const facts =
  /^boards\/(mod|\w+\/(boards|chips|consents|drawing|facts|memory_map|recognise|traps))\.ts$/;

/** What no command needs in order to begin. */
const late: readonly RegExp[] = [
  /^core\/protocols\/\w+\/client\//,
  /^core\/protocols\/(?!serial_boot\/model\/rom_switches\.ts$)\w+\/model\//,
  /^core\/(station|trace)\//,
  /^core\/plan\/(?!consents|hardware_action|job_words)/,
  /^core\/transport\/(usb|serial)\/(memory|virtual_bus|cdc_bus)\.ts$/,
  /^core\/cli\/(doctor|fieldtest|guide|trace\/traced_line)/,
  /^ffi\/libusb\//,
  /^npm:\/?@clack\/|^npm:\/?(fflate|fast-png|gettext-parser|jpeg-js)@/,
  /^npm:\/?@optique\/core@[^/]*\/(facade|completion|constructs|doc)/,
];

const begin = ["main.ts", "program.ts"];
const starts: Readonly<Record<string, readonly string[]>> = {
  "a line without --help": begin,
  "boards": [...begin, "core/cli/commands/boards.ts"],
  "--version": ["main.ts"],
};

for (const [line, files] of Object.entries(starts)) {
  Deno.test(`${line} loads no plans, models, protocols or libraries that it does not need`, () => {
    const loaded = [...loadedWith(...files)];
    assert.deepEqual(loaded.filter((file) => late.some((pattern) => pattern.test(file))), []);
    const ofFamilies = loaded.filter((file) => file.startsWith("boards/"));
    assert.deepEqual(ofFamilies.filter((file) => !facts.test(file)), []);
  });
}

Deno.test("help also loads the grammar, Tab the completion, devices the bus: nothing else", () => {
  const more: Readonly<Record<string, RegExp>> = {
    "core/cli/arguments/help_page.ts": /^npm:\/?@optique\/core@[^/]*\/constructs/,
    "core/cli/completion/shells.ts": /^npm:\/?@optique\/core@[^/]*\/(completion|constructs)/,
    "core/cli/commands/devices.ts": /^core\/transport\//,
  };
  for (const [file, allowed] of Object.entries(more)) {
    const loaded = [...loadedWith(...begin, file)].filter((one) => !allowed.test(one));
    assert.ok(loaded.includes(file), `${file} is gone`);
    assert.deepEqual(loaded.filter((one) => late.some((pattern) => pattern.test(one))), [], file);
    const ofFamilies = loaded.filter((one) => one.startsWith("boards/"));
    assert.deepEqual(ofFamilies.filter((one) => !facts.test(one)), [], file);
  }
});

Deno.test("the executable does not contain the reader of PO files: its translations are JSON", () => {
  assert.ok(known.has(new URL("core/cli/language/chinese.ts", projectRoot).href));
  assert.deepEqual([...known.keys()].filter((one) => /gettext|po_forms/.test(one)), []);
});

Deno.test("the families are known at the start, and their jobs are loaded later", () => {
  assert.ok(loadedWith(...begin).has("boards/openmv_ae3/facts.ts"));
  assert.ok(loadedWith("boards/openmv_ae3/mod.ts").has("boards/openmv_ae3/camera.ts"));
});
