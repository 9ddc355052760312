import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../core/common/clock.ts";
import { exitCodes, UnbrickError } from "../../../core/common/errors.ts";
import type { BoardFamily } from "../../../core/family/family.ts";
import { sha256 } from "../../../core/common/sha256.ts";
import { bundledSet } from "../../../core/image/pack.ts";
import type { UsbBus } from "../../../core/transport/usb/device.ts";
import type { Console } from "../../../core/cli/terminal/console.ts";
import type { Context } from "../../../core/cli/context.ts";
import type { Prompts } from "../../../core/cli/prompts/terminal_prompts.ts";
import { runCommandLine } from "../../../core/cli/run.ts";
import { assertLines, assertRecord } from "./json_documents.ts";
import { toyFamily } from "./toy_family.ts";

/** Runs a command line in a test's own surroundings, and captures what it prints. */

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  /** The lines of `out` as JSON. */
  readonly json: Record<string, unknown>[];
}

export interface Surroundings {
  readonly families?: readonly BoardFamily[];
  readonly console?: Partial<Console>;
  readonly prompts?: Partial<Prompts>;
  readonly context?: Partial<Context>;
  /** True if the bundled firmware is for simulated cameras only (the default). */
  readonly simulationOnly?: boolean;
  readonly bus?: UsbBus;
}

const refuse = () => Promise.reject(new Error("the test does not expect a question"));

/** Nobody is at the terminal, so a question is a defect. */
export const noPrompts: Prompts = {
  confirm: refuse,
  typeWord: refuse,
  select: refuse,
  search: refuse,
  line: refuse,
  discardTypeahead: () => Promise.resolve(),
  keyPressed: refuse,
};

const toyFirmware = Uint8Array.from({ length: 1000 }, (_, at) => at * 7);

/** @param line a command line without quotes, or its words */
export async function ran(
  line: string | readonly string[],
  surroundings: Surroundings = {},
): Promise<Ran> {
  let out = "", error = "";
  const console: Console = {
    isTerminal: false,
    canAsk: false,
    columns: 80,
    colour: false,
    unicode: false,
    write: (text) => out += text,
    writeError: (text) => error += text,
    ...surroundings.console,
  };
  const simulationOnly = surroundings.simulationOnly ?? true;
  const manifest = new TextEncoder().encode(JSON.stringify({
    schema: 1,
    files: [{
      folder: "OPENMVTOY",
      role: "firmware",
      path: "firmware.bin",
      size: toyFirmware.length,
      sha256: sha256(toyFirmware),
      source: "made by the test",
      licence: "MIT",
      simulationOnly,
    }],
  }));
  const bundled: Record<string, Uint8Array> = {
    "manifest.json": manifest,
    "firmware.bin": toyFirmware,
  };
  const context: Context = {
    version: "1.2.3",
    os: "linux",
    clock: systemClock,
    signal: new AbortController().signal,
    families: surroundings.families ?? [toyFamily()],
    prompts: { ...noPrompts, ...surroundings.prompts },
    openConsole: ({ plain }) =>
      plain ? { ...console, isTerminal: false, colour: false, plain, columns: 10_000 } : console,
    openUsbBus: () => {
      if (surroundings.bus) return Promise.resolve(surroundings.bus);
      throw new UnbrickError("driver", "This test has no USB.");
    },
    usbLibrary: () => Promise.resolve({ version: "1.0.0" }),
    bundledImages: () =>
      bundledSet((path) => {
        if (path in bundled) return bundled[path];
        throw new Deno.errors.NotFound(path);
      }),
    loadFamily: () => Promise.reject(new Error("no plugins here")),
    ...surroundings.context,
  };
  const argv = typeof line === "string" ? line.split(" ").filter(Boolean) : line;
  const code = await runCommandLine(argv, context);
  if (argv.includes("--json") && argv[0] !== "completion") assertLines(out);
  const report = argv[argv.indexOf("--report") + 1];
  const isWritten = argv.includes("--report") && code !== exitCodes.usage && existsSync(report);
  if (isWritten && report.endsWith(".json")) assertRecord(report);
  else if (isWritten && argv[0] === "station") {
    for (const name of readdirSync(report)) {
      if (name.endsWith(".json")) assertRecord(join(report, name));
    }
  }
  return {
    code,
    out,
    error,
    get json() {
      return out.trimEnd().split("\n").map((text) => JSON.parse(text));
    },
  };
}
