import { openUsbBus } from "@deno/usb";
import { pathToFileURL } from "node:url";
import { families } from "./boards/mod.ts";
import config from "./deno.json" with { type: "json" };
import { systemClock } from "./core/clock.ts";
import { systemConsole } from "./core/cli/console.ts";
import type { Context } from "./core/cli/context.ts";
import { watchInterrupts } from "./core/cli/interrupts.ts";
import { makePrompts } from "./core/cli/prompts.ts";
import { runCommandLine } from "./core/cli/run.ts";
import { UnbrickError } from "./core/errors.ts";
import type { BoardFamily } from "./core/family.ts";
import { bundledPack } from "./core/image/pack.ts";
import { hostSystem } from "./ffi/native/mod.ts";

/** Where boards, native code and the command line meet: arguments in, exit code out. */

const images = new URL("./images/", import.meta.url);

export function makeContext(): Context {
  return {
    version: config.version,
    os: hostSystem(),
    clock: systemClock,
    signal: watchInterrupts(),
    families,
    prompts: makePrompts(),
    openConsole: systemConsole,
    openUsbBus,
    bundledImages: () => bundledPack((path) => Deno.readFileSync(new URL(path, images))),
    loadFamily,
  };
}

/** @throws UnbrickError `not-found` if it cannot be loaded, `usage` if it is no family */
async function loadFamily(file: string): Promise<BoardFamily> {
  let module: { default?: Partial<BoardFamily> };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnbrickError("not-found", `The plugin ${file} cannot be loaded: ${reason}`, {
      file,
    }, { cause });
  }
  const family = module.default;
  if (!family?.boards || !family.recognise || !family.plan || !family.simulate) {
    throw new UnbrickError("usage", `The plugin ${file} exports no board family.`, { file });
  }
  return family as BoardFamily;
}

if (import.meta.main) Deno.exit(await runCommandLine(Deno.args, makeContext()));
