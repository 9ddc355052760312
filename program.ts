import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Context } from "./core/cli/context.ts";
import config from "./deno.json" with { type: "json" };
import { families } from "./boards/mod.ts";
import { dataFolder } from "./core/cli/images/data_folder.ts";
import { systemLanguageSources } from "./core/cli/language/language.ts";
import { afterOutput } from "./core/cli/prompts/after_output.ts";
import { makePlainPrompts } from "./core/cli/prompts/plain_prompts.ts";
import { makePrompts } from "./core/cli/prompts/terminal_prompts.ts";
import { runCommandLine } from "./core/cli/run.ts";
import { flushConsole, systemConsole } from "./core/cli/terminal/console.ts";
import { watchInterrupts } from "./core/cli/terminal/interrupts.ts";
import { systemClock } from "./core/common/clock.ts";
import { environmentValue } from "./core/common/environment.ts";
import { ownImage } from "./core/image/embedded_images.ts";
import { tryReading } from "./core/image/files.ts";
import { bundledKey, bundledSet, realSet } from "./core/image/pack.ts";
import { hostSystem, libusbFile, licences } from "./ffi/native/mod.ts";
import { armLastResort } from "./ffi/system/last_resort.ts";
import { linuxFiles } from "./ffi/system/linux.ts";
import { ignoresHangup } from "./ffi/system/posix.ts";
import { ownsConsole } from "./ffi/system/windows.ts";

/**
 * The program apart from its entry point: the one place where boards, native code and the command
 * line meet.
 */

/** Runs a command line. @returns the exit code */
export const runProgram = (argv: readonly string[]): Promise<number> =>
  runCommandLine(argv, makeContext());

/** Returns a function that makes a value once. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** Creates the program's context. From then on Ctrl-C is handled. */
export function makeContext(): Context {
  const { signal, interrupt } = watchInterrupts({
    ignoresHangup: hostSystem() !== "windows" && ignoresHangup(),
    onSeen: hostSystem() === "linux" ? armLastResort() : undefined,
  });
  const flush = (stallMs: number) => flushConsole(systemClock, stallMs, signal);
  const isDumb = environmentValue("TERM") === "dumb";
  return {
    version: config.version,
    os: hostSystem(),
    clock: systemClock,
    signal,
    families,
    prompts: afterOutput(isDumb ? makePlainPrompts() : makePrompts(), flush),
    plainPrompts: afterOutput(makePlainPrompts(), flush),
    flushOutput: flush,
    openKeys: () => ({ input: process.stdin, interrupt }),
    languageSources: systemLanguageSources,
    openConsole: systemConsole,
    openUsbBus: async ({ library }) =>
      (await import("./ffi/usb_bus.ts")).openMachineBus({ library, signal }),
    usbLibrary: async ({ library }) => {
      const { Context } = await import("@deno/usb");
      const session = await Context.open(library ?? libusbFile(), signal);
      const { version, place } = session;
      await session.close();
      return { version, ...(place !== undefined && place !== "memory" && { folder: place }) };
    },
    systemFiles: () => hostSystem() === "linux" ? linuxFiles(signal) : undefined,
    openSerialBus: async () => (await import("./ffi/serial/mod.ts")).openSerialBus(signal),
    tryReading: (words) => tryReading(words, systemClock, signal),
    bundledImages: once(() => bundledSet(ownImage)),
    realImages: once(() => realSet(ownImage)),
    dataFolder: () => dataFolder(hostSystem(), environmentValue),
    pinnedKey: () => bundledKey(ownImage),
    ownsWindow: () => hostSystem() === "windows" && ownsConsole(),
    licences,
    runsFolder: () => {
      const base = dataFolder(hostSystem(), environmentValue);
      const isOff = Boolean(environmentValue("UNBRICK_NO_RECORDER"));
      return base === undefined || isOff ? undefined : join(base, "runs");
    },
    personalNames: () => {
      const value = environmentValue;
      return {
        home: value("HOME") ?? value("USERPROFILE"),
        user: value("USER") ?? value("USERNAME") ?? value("LOGNAME"),
        host: hostname(),
      };
    },
    runOrigin: async () => (await import("./core/cli/records/origin.ts")).runOrigin(),
    traceFile: () => environmentValue("UNBRICK_TRACE") || undefined,
    loadFamily: async (file) => (await import("./boards/load_plugin.ts")).loadPlugin(file),
  };
}
