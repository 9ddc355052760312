import assert from "node:assert/strict";
import { UnbrickError } from "../core/common/errors.ts";
import { errorOf } from "../tests/support/expected_error.ts";
import { loadPlugin } from "./load_plugin.ts";
import * as api from "./plugin_api.ts";

/** Which files are plugins, and what is said about others (docs/plugins.md). */

const bare = `{ id: "bare", boards: [], usbIds: [], recognise() {}, plan() {}, simulate() {} }`;

/** Loads a file with this content; `what` gets its path. */
async function loaded<T>(content: string, what: (file: string) => Promise<T>): Promise<T> {
  const file = await Deno.makeTempFile({ prefix: "unbrick plugin ", suffix: ".js" });
  try {
    await Deno.writeTextFile(file, content);
    return await what(file);
  } finally {
    await Deno.remove(file);
  }
}

/** The error of a file with this content, with its path replaced. */
const refused = (content: string) =>
  loaded(content, async (file) => {
    const { kind, message, data, cause } = await errorOf(loadPlugin(file));
    const named = (value: unknown) => value === file ? "FILE" : value;
    return {
      ...{ kind, cause, message: message.replaceAll(file, "FILE") },
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, named(value)])),
    };
  });

const idOf = (content: string) => loaded(content, async (file) => (await loadPlugin(file)).id);

Deno.test("a family is the default export, or what the default export makes of unbrick's parts", async () => {
  assert.equal(await idOf(`export default ${bare}`), "bare");
  const version = `export const apiVersion = ${api.version};`;
  assert.equal(api.version, 2);
  assert.equal(await idOf(`${version} export default ${bare}`), "bare");
  const made = (async: string) =>
    `${version} export default ${async} (unbrick) => ({ ...${bare}, id: typeof unbrick.FlashMemory })`;
  for (const async of ["", "async"]) assert.equal(await idOf(made(async)), "function");
});

Deno.test("a plugin for another version, and a function without one, are refused", async () => {
  const data = { plugin: "FILE", version: 2 };
  for (const family of [bare, `() => (${bare})`]) {
    for (const version of [1, 3, '"2"']) {
      const text = `export const apiVersion = ${version}; export default ${family}`;
      assert.deepEqual(await refused(text), {
        ...{ kind: "usage", data, cause: undefined },
        message:
          `The plugin FILE needs version ${`${version}`.replaceAll('"', "")} of the plugin ` +
          "API. This unbrick has version 2.",
      });
    }
  }
  assert.deepEqual(await refused(`export default () => (${bare})`), {
    ...{ kind: "usage", data, cause: undefined },
    message: "The plugin FILE does not export apiVersion, the version of the plugin API that it " +
      "needs. This unbrick has version 2.",
  });
});

Deno.test("a family without a part is refused, with the part", async () => {
  for (const missing of ["id", "boards", "usbIds", "recognise", "plan", "simulate"]) {
    for (const value of ["undefined", "null"]) {
      const { kind, message, data } = await refused(
        `export default { ...${bare}, ${missing}: ${value} }`,
      );
      assert.deepEqual([kind, data], ["usage", { plugin: "FILE", missing }]);
      assert.equal(
        message,
        `The plugin FILE exports no board family: it has no "${missing}".`,
      );
    }
  }
  for (const content of ["export const x = 1;", "export default null", "export default 7"]) {
    assert.equal((await refused(content)).data.missing, "id");
  }
});

Deno.test("what goes wrong in a plugin is a usage error with its reason; unbrick's own errors stay", async () => {
  const version = "export const apiVersion = 2;";
  const faults: [content: string, reason: string][] = [
    ['throw new Error("at loading")', "at loading"],
    ['throw "a text"', "a text"],
    [`${version} export default () => { throw new Error("at making") }`, "at making"],
    [`${version} export default () => Promise.reject("later")`, "later"],
  ];
  for (const [content, reason] of faults) {
    const { kind, message, data, cause } = await refused(content);
    assert.deepEqual([kind, data], ["usage", { plugin: "FILE" }]);
    assert.equal(message, `The plugin FILE cannot be loaded: ${reason}`);
    assert.equal(cause instanceof Error ? cause.message : cause, reason);
  }
  const own = await refused(
    `${version} export default ({ UnbrickError }) => { throw new UnbrickError("protected", "No.", { a: 1 }) }`,
  );
  assert.deepEqual([own.kind, own.message, own.data], ["protected", "No.", { a: 1 }]);
});

Deno.test("a file that is not there, or that needs one that is not there, is not found", async () => {
  const missing = await errorOf(loadPlugin("/nowhere/plugin.js"), "not-found");
  assert.deepEqual(missing.data, { file: "/nowhere/plugin.js" });
  assert.ok(missing.cause instanceof Error && missing instanceof UnbrickError);
  const needs = await refused('import "./not-there.js";');
  assert.deepEqual([needs.kind, needs.data], ["not-found", { file: "FILE" }]);
});
