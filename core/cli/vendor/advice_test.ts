import assert from "node:assert/strict";
import type { OperatingSystem } from "../../common/advice.ts";
import { type ErrorData, type ErrorKind, exitCodes } from "../../common/errors.ts";
import { Status } from "../../protocols/mboot/packets/status.ts";
import { parseArguments } from "../arguments/parse.ts";
import { commandTable } from "../commands/table.ts";
import { type Given, parseOptions } from "./options.ts";
import type { VendorTool } from "./tool.ts";
import { vendorTools } from "./tools.ts";

const systems: readonly OperatingSystem[] = ["linux", "windows", "darwin"];

/** The data of errors of a kind in the vendors' commands, besides none. */
const facts: { readonly [Kind in ErrorKind]?: readonly ErrorData[] } = {
  "usage": [{ exists: true }],
  "not-found": [
    { isThere: true },
    { path: "x.bin" },
    { library: "libusb" },
    { folder: "/tmp" },
    { file: "x" },
  ],
  "permission": [{ superUser: true }],
  "driver": [{ missing: "usb" }, { usbId: "0483:df11" }],
  "timeout": [
    { waited: true },
    { waited: true, isThere: true },
    { stage: "rom" },
    { stage: "flashloader" },
  ],
  "device-status": [
    { statusName: "errWRITE" },
    ...Object.values(Status).map((status) => ({ status })),
  ],
  "wrong-board": [
    { file: "x.bin" },
    { port: "1-1" },
    { path: "/dev/ttyUSB0" },
    { unknownPart: true },
    { partition: "ROMFS0", board: "openmv-n6" },
    { otherCamera: "0123" },
    { isStranger: true },
  ],
  "bad-image": [{ simulationOnly: true }, { pinnedKey: "0123" }],
  "protected": [{ alternate: "@OTP" }, { unread: "x", board: "openmv-ae3" }],
  "verify-failed": [{ readable: false }, { index: 6 }],
  "consent-needed": [{ ports: "1-1, 1-2" }],
};

/** Command lines as people type them. */
const lines: Readonly<Record<string, readonly string[]>> = {
  "dfu-util": [
    "-w -d ,0483:df11 -a 0 -s 0x08000000 -D bootloader.bin",
    "-d ,37c5:9204 -a 2 -U out.bin",
    "-a 0 -s :unprotect:force -D x.bin",
  ],
  "sdphost": [
    "-u 0x1FC9,0x0135 -- write-file 0x20001C00 sdphost_flash_loader.bin",
    "-- jump-address 0x20001C00",
    "-- error-status",
  ],
  "blhost": [
    "-- write-memory 0x60001000 firmware.bin",
    "-t 5000 -- flash-erase-region 0x60000000 0x1000",
    "-- get-property 1",
    "-- efuse-read-once 6",
    "-- efuse-program-once 6 00000010",
  ],
  "STM32_Programmer_CLI": ["-c port=USB1 -d FlashLayout.tsv", "-c port=USB1"],
  "maintenance": ["", "-opt hardmaint", "-opt devenquiry", "-opt getrevision", "-opt recovery"],
  "updateSystemPackage": [""],
  "app-write-mram": ["-i list"],
  "app-gen-toc": ["-f x.json"],
  "toc": ["firmware_pad.toc"],
};

/** Advice that cannot help a person who uses this tool. */
function impossible(tool: string): RegExp {
  const rerun = "Run the same command again|does what is missing";
  if (/dfu-util/.test(tool)) return new RegExp(rerun);
  if (/host$/.test(tool)) return new RegExp(`${rerun}|Zadig|WinUSB|run the line again`);
  if (tool === "STM32_Programmer_CLI") return /the line again/;
  return new RegExp(`${rerun}|[Jj]umper|Zadig|WinUSB|1FC9`);
}

function* failures(): Generator<readonly [VendorTool, string, Given, ErrorKind, ErrorData]> {
  for (const tool of vendorTools) {
    for (const line of lines[tool.name]) {
      const given = parseOptions(words(line), tool.options, wordsOf(tool.name));
      for (const kind of Object.keys(exitCodes) as ErrorKind[]) {
        for (const data of [{}, ...facts[kind] ?? []] as ErrorData[]) {
          if (canBe(tool, line, data)) yield [tool, line, given, kind, data];
        }
      }
    }
  }
}

function canBe({ options }: VendorTool, line: string, data: ErrorData): boolean {
  if (data.library !== undefined) return options.some(({ names }) => names[0] === "--libusb");
  return data.index === undefined || line.includes("efuse-program-once");
}

const words = (line: string) => line.split(" ").filter(Boolean);
const wordsOf = (tool: string) => /host$/.test(tool) ? "end" : "kept";

Deno.test("every tool has advice for every error on every system, and it can be followed there", () => {
  for (const [tool, line, given, kind, data] of failures()) {
    for (const os of systems) {
      const actions = tool.advise({ kind, data }, os, given);
      const what = `${tool.name} ${line}, ${kind} ${JSON.stringify(data)}, ${os}: ${
        actions.join(" ")
      }`;
      assert.ok(actions.length > 0 && actions.every((action) => action.trim() !== ""), what);
      assert.doesNotMatch(actions.join(" "), impossible(tool.name), what);
      for (const action of actions) assertPossible(tool, action, what);
    }
  }
});

Deno.test("no tool advises what was just done, except after the camera lost its power", () => {
  for (const [tool, line, given, kind, data] of failures()) {
    const actions = tool.advise({ kind, data }, "linux", given);
    if (line === "" || actions.some((action) => /[Uu]nplug|flashloader/.test(action))) continue;
    const done = `unbrick ${tool.name} ${line}`;
    for (const action of actions) assert.ok(!action.includes(done), `${done}, ${kind}: ${action}`);
  }
});

const checked = new Set<string>();

/** The program that an advice names accepts the commands and options in it. */
function assertPossible(tool: VendorTool, action: string, what: string): void {
  const key = `${tool.name}: ${action}`;
  if (checked.has(key)) return;
  checked.add(key);
  const [, command] = /(?:^ +|: )unbrick ([^;:]*)/.exec(action) ?? [];
  if (command !== undefined) {
    const [name, ...argv] = words(command.replace(/ shows the pins.*|\.$/, ""));
    const other = vendorTools.find((one) => one.name === name);
    if (other) parseOptions(argv, other.options, wordsOf(name));
    else if (name) parseArguments([name, ...argv], { ...commandTable, version: "1.2.3" });
  }
  for (
    const [option] of action.replace(/unbrick .*|lsusb .*|SUBSYSTEM.*|udevadm .*/, "")
      .matchAll(/(?<=^|[ ,])--?[a-z][\w-]*/gi)
  ) {
    const names = tool.options.flatMap(({ names }) => names);
    assert.ok(names.includes(option), `${option} is no option of ${tool.name}. ${what}`);
  }
}
