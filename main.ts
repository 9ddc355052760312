import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Context } from "./core/cli/context.ts";
import config from "./deno.json" with { type: "json" };
import { text } from "./core/common/text.ts";

/**
 * The entry point, which combines boards, native code and the command line. The rest of the program
 * is loaded only when it is needed, so that `--version` answers at once.
 */

const images = new URL("./images/", import.meta.url);

/** Creates the program's context. From then on Ctrl-C is handled. */
export async function makeContext(): Promise<Context> {
  const [
    boards,
    clock,
    environment,
    console,
    folder,
    interrupts,
    language,
    prompts,
    plain,
    after,
    pack,
    files,
    native,
    system,
    lastResort,
    posix,
    windows,
  ] = await Promise.all([
    import("./boards/mod.ts"),
    import("./core/common/clock.ts"),
    import("./core/common/environment.ts"),
    import("./core/cli/terminal/console.ts"),
    import("./core/cli/images/data_folder.ts"),
    import("./core/cli/terminal/interrupts.ts"),
    import("./core/cli/language/language.ts"),
    import("./core/cli/prompts/terminal_prompts.ts"),
    import("./core/cli/prompts/plain_prompts.ts"),
    import("./core/cli/prompts/after_output.ts"),
    import("./core/image/pack.ts"),
    import("./core/image/files.ts"),
    import("./ffi/native/mod.ts"),
    import("./ffi/system/linux.ts"),
    import("./ffi/system/last_resort.ts"),
    import("./ffi/system/posix.ts"),
    import("./ffi/system/windows.ts"),
  ]);
  const { signal, interrupt } = interrupts.watchInterrupts({
    ignoresHangup: native.hostSystem() !== "windows" && posix.ignoresHangup(),
    onSeen: native.hostSystem() === "linux" ? lastResort.armLastResort() : undefined,
  });
  const flush = (stallMs: number) => console.flushConsole(clock.systemClock, stallMs, signal);
  const isDumb = environment.environmentValue("TERM") === "dumb";
  return {
    version: config.version,
    os: native.hostSystem(),
    clock: clock.systemClock,
    signal,
    families: boards.families,
    prompts: after.afterOutput(isDumb ? plain.makePlainPrompts() : prompts.makePrompts(), flush),
    plainPrompts: after.afterOutput(plain.makePlainPrompts(), flush),
    flushOutput: flush,
    openKeys: () => ({ input: process.stdin, interrupt }),
    languageSources: language.systemLanguageSources,
    openConsole: console.systemConsole,
    openUsbBus: async ({ library }) =>
      (await import("./ffi/usb_bus.ts")).openMachineBus({ library, signal }),
    usbLibrary: async ({ library }) => {
      const { Context } = await import("@deno/usb");
      const session = await Context.open(library ?? native.libusbFile(), signal);
      const { version, place } = session;
      await session.close();
      return { version, ...(place !== undefined && place !== "memory" && { folder: place }) };
    },
    systemFiles: () => native.hostSystem() === "linux" ? system.linuxFiles(signal) : undefined,
    openSerialBus: async () => (await import("./ffi/serial/mod.ts")).openSerialBus(signal),
    tryReading: (words) => files.tryReading(words, clock.systemClock, signal),
    bundledImages: () => pack.bundledSet((path) => Deno.readFileSync(new URL(path, images))),
    realImages: () => pack.realSet((path) => Deno.readFileSync(new URL(path, images))),
    dataFolder: () => folder.dataFolder(native.hostSystem(), environment.environmentValue),
    pinnedKey: () => pack.bundledKey((path) => Deno.readFileSync(new URL(path, images))),
    ownsWindow: () => native.hostSystem() === "windows" && windows.ownsConsole(),
    licences: () => native.licences(),
    runsFolder: () => {
      const base = folder.dataFolder(native.hostSystem(), environment.environmentValue);
      const isOff = Boolean(environment.environmentValue("UNBRICK_NO_RECORDER"));
      return base === undefined || isOff ? undefined : join(base, "runs");
    },
    personalNames: () => {
      const value = environment.environmentValue;
      return {
        home: value("HOME") ?? value("USERPROFILE"),
        user: value("USER") ?? value("USERNAME") ?? value("LOGNAME"),
        host: hostname(),
      };
    },
    traceFile: () => environment.environmentValue("UNBRICK_TRACE") || undefined,
    loadFamily: async (file) => (await import("./boards/load_plugin.ts")).loadPlugin(file),
  };
}

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    console.log(config.version);
    return 0;
  }
  if (Deno.build.standalone && !isText(import.meta.url)) return refuseTemporaryFolder();
  const [{ runCommandLine }, context] = await Promise.all([
    import("./core/cli/run.ts"),
    makeContext(),
  ]);
  return await runCommandLine(argv, context);
}

/** Returns true if the bytes of a path are UTF-8. */
function isText(url: string): boolean {
  try {
    return decodeURI(url) !== "";
  } catch {
    return false;
  }
}

/**
 * Reports that the temporary folder cannot be used. The runtime looks up the modules of an
 * executable under the folder for temporary files, and does not find npm packages there if its name
 * is not UTF-8.
 */
function refuseTemporaryFolder(): number {
  console.error(String(text`The name of the folder for temporary files is not UTF-8 text.`));
  console.error(
    String(text`Set another folder, then run the same command again: export TMPDIR=/tmp`),
  );
  return 2;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
