import { pathToFileURL } from "node:url";
import { UnbrickError } from "../core/common/errors.ts";
import { sentences, text } from "../core/common/text.ts";
import type { BoardFamily } from "../core/family/family.ts";
import * as api from "./plugin_api.ts";

/** What a plugin file exports: a family, or what makes one of the parts that unbrick hands out. */
interface Plugin {
  readonly default?: unknown;
  /** The version of plugin_api.ts that it was written for; a bare family needs none. */
  readonly apiVersion?: unknown;
}

type MakeFamily = (unbrick: typeof api) => unknown;

const needed = ["id", "boards", "usbIds", "recognise", "plan", "simulate"] as const;

/**
 * Loads a board family from a JavaScript file (docs/plugins.md).
 * @throws UnbrickError `not-found` if the file, or one that it imports, is not there; `usage` if it fails,
 * is for another version or exports no family; an UnbrickError of the plugin keeps its kind
 */
export async function loadPlugin(file: string): Promise<BoardFamily> {
  const { default: exported, apiVersion }: Plugin = await ofPlugin(
    file,
    () => import(pathToFileURL(file).href),
  );
  if (apiVersion === undefined ? typeof exported === "function" : apiVersion !== api.version) {
    throw otherVersion(file, apiVersion);
  }
  const family = typeof exported === "function"
    ? await ofPlugin(file, () => (exported as MakeFamily)(api))
    : exported;
  const missing = needed.find((name) =>
    (family as Partial<BoardFamily> | undefined)?.[name] == null
  );
  if (missing === undefined) return family as BoardFamily;
  throw new UnbrickError(
    "usage",
    text`The plugin ${file} exports no board family: it has no "${missing}".`,
    { plugin: file, missing },
  );
}

/** Runs what the plugin brings. */
async function ofPlugin<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof UnbrickError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isMissing = reason.startsWith("Module not found");
    throw new UnbrickError(
      isMissing ? "not-found" : "usage",
      text`The plugin ${file} cannot be loaded: ${reason}`,
      isMissing ? { file } : { plugin: file },
      { cause },
    );
  }
}

function otherVersion(file: string, apiVersion: unknown): UnbrickError {
  const needs = apiVersion === undefined
    ? text`The plugin ${file} does not export apiVersion, the version of the plugin API that it needs.`
    : text`The plugin ${file} needs version ${String(apiVersion)} of the plugin API.`;
  return new UnbrickError(
    "usage",
    sentences(needs, text`This unbrick has version ${api.version}.`),
    { plugin: file, version: api.version },
  );
}
