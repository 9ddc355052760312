import assert from "node:assert/strict";
import { loadPlugin } from "../boards/load_plugin.ts";
import * as api from "../boards/plugin_api.ts";
import { families } from "./support/boards/families.ts";
import { projectRoot } from "../tools/targets.ts";
import { ran } from "./support/cli/command_rig.ts";
import { examplePlugin, pluginPage } from "./support/boards/example_plugin.ts";

/** Families from outside: the one that docs/plugins.md shows, and plugins with errors. */

/** Runs a command line with this plugin and with firmware for the Example Cam and another camera. */
async function withPlugin(content: string, line: string, plugin = "plugin.js") {
  const folder = await Deno.makeTempDir({ prefix: "unbrick plugin " });
  try {
    await Deno.writeTextFile(`${folder}/plugin.js`, content);
    await Deno.writeTextFile(`${folder}/firmware.bin`, "EXAMPLE-CAM".padEnd(50_000, "."));
    await Deno.writeTextFile(`${folder}/other.bin`, "ANOTHER-CAM".padEnd(50_000, "."));
    const words = line.split(" ").map((word) => word.replace("FOLDER", folder));
    return await ran([...words, "--plugin", `${folder}/${plugin}`], {
      families,
      context: { loadFamily: loadPlugin },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const restore = "restore example-cam --simulate --fast --yes";
const withImage = `${restore} --image FOLDER/firmware.bin`;

Deno.test("the family of docs/plugins.md restores its simulated camera, with proof", async () => {
  const { code, json } = await withPlugin(examplePlugin(), `${withImage} --json`);
  assert.equal(code, 0);
  assert.equal(json.at(-1)!.outcome, "proven");
  const [written] = json.filter(({ type }) => type === "proof");
  assert.equal((written.proof as { bytes: number }).bytes, 50_000);
});

Deno.test("the family of docs/plugins.md has at most 60 lines", () => {
  assert.ok(examplePlugin().trim().split("\n").length <= 60);
});

Deno.test("its not-found is unbrick's own error: exit code 3, the reason and a next action", async () => {
  const { code, error } = await withPlugin(examplePlugin(), restore);
  assert.equal(code, 3, error);
  assert.match(error, /no firmware image \(firmware\.bin\) for the Example Cam/);
  assert.match(error, /--image firmware=FILE/);
});

Deno.test("its wrong-board ends with exit code 12", async () => {
  const { code, error } = await withPlugin(
    examplePlugin(),
    `${restore} --image firmware=FOLDER/other.bin`,
  );
  assert.equal(code, 12, error);
});

Deno.test("errors of a plugin's own copy of UnbrickError keep their kind, wherever they are thrown", async () => {
  const copy = new URL("core/common/errors.ts?a-copy", projectRoot);
  const broken = "throw new UnbrickError('not-found', 'It is not there.', {})";
  const places = {
    loading: ["export const apiVersion", `${broken}; export const apiVersion`],
    making: ["const board =", `${broken}; const board =`],
    planning: ["const image =", `${broken}; const image =`],
    step: ["context.request(board.recoveryActions", `(() => { ${broken} })(board.recoveryActions`],
  };
  for (const [place, [before, after]] of Object.entries(places)) {
    const content = examplePlugin().replace("UnbrickError, ", "").replace(before, after);
    assert.ok(content.includes(broken), place);
    const { code, error, out } = await withPlugin(
      `import { UnbrickError } from "${copy}";\n${content}`,
      withImage,
    );
    assert.equal(code, 3, `${place}: ${error}${out}`);
    assert.match(error + out, /It is not there/, place);
  }
});

Deno.test("a family that needs nothing from unbrick may itself be the default export", async () => {
  const bare = `export default {
    id: "bare",
    boards: [{
      ...{ id: "bare", name: "Bare Cam", maker: "Nobody", folder: "BARE", chip: "X1", roles: [] },
      jobs: { restore: { refused: "no" }, flash: { refused: "no" }, read: { refused: "no" },
        verify: { refused: "no" } },
      recoveryActions: [], afterActions: [],
    }],
    usbIds: [], recognise() {}, plan() {}, simulate() {},
  };`;
  const { code, out } = await withPlugin(bare, "boards");
  assert.equal(code, 0);
  assert.match(out, /^bare +BARE +X1/m);
});

Deno.test("a file that is not a plugin for this unbrick is refused, with the reason", async () => {
  const board = examplePlugin().replace('id: "example-cam"', 'id: "openmv-h7"');
  for (
    const [content, reason] of [
      [
        examplePlugin().replace("apiVersion = 2", "apiVersion = 3"),
        /needs version 3 of the plugin API\. This unbrick has version 2\./,
      ],
      [examplePlugin().replace("apiVersion", "other"), /does not export apiVersion/],
      ["export default {}", /it has no "id"/],
      ["export const x = 1;", /it has no "id"/],
      ["export const apiVersion = 2; export default () => ({ id: 'x' })", /it has no "boards"/],
      ["export default {", /cannot be loaded: .*at file:/s],
      ["export const apiVersion = 2; export default () => null.x", /cannot be loaded: .*null/],
      [board, /adds the board openmv-h7, which unbrick already has/],
    ] as const
  ) {
    const { code, error } = await withPlugin(content, "boards");
    assert.equal(code, 2, error);
    assert.match(error.replaceAll(/\s+/g, " "), reason);
    assert.match(error, /Leave out --plugin/);
  }
  const missing = await withPlugin("", "boards", "missing.js");
  assert.equal(missing.code, 3, missing.error);
  assert.match(missing.error, /missing\.js/);
});

Deno.test("docs/plugins.md lists every name of the plugin API, and no others", () => {
  const [, table] = /(\| for .*?)\n\n/s.exec(pluginPage())!;
  const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  assert.deepEqual([...listed, "version"].sort(), Object.keys(api).sort());
});
