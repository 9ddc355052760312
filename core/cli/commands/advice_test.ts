import assert from "node:assert/strict";
import type { OperatingSystem } from "../../common/advice.ts";
import { type ErrorData, type ErrorKind, exitCodes } from "../../common/errors.ts";
import type { Command } from "../arguments/command.ts";
import { optionsOf } from "../arguments/option_names.ts";
import { parseArguments } from "../arguments/parse.ts";
import { vendorTools } from "../vendor/tools.ts";
import { commandAdvice } from "./advice.ts";
import { commandTable } from "./table.ts";

const systems: readonly OperatingSystem[] = ["linux", "windows", "darwin"];
const all = [...commandTable.commands, commandTable.unnamed];
const works = ({ common }: Command) => common.does.includes("simulate");
const takesImages = ({ common }: Command) => common.does.includes("image");

/** The data of errors of a kind, besides none, and the commands in which that happens. */
const facts: {
  readonly [Kind in ErrorKind]?: readonly (readonly [ErrorData, (command: Command) => boolean])[];
} = {
  "usage": [
    [{ board: "x" }, ({ parts }) => "board" in parts || "words" in parts],
    [{ exists: true }, () => true],
    [{ command: "restore" }, ({ name }) => name === "restore"],
    [{ plugin: "x.js" }, ({ common }) => common.does.includes("plugin")],
  ],
  "not-found": [
    [{ path: "x.bin" }, () => true],
    [{ path: "x.bin", full: true }, () => true],
    [{ path: "/dev/ttyUSB0", name: "ENOENT" }, works],
    [{ set: "5.0.0" }, ({ name }) => name === "images"],
    [{ folder: "/tmp" }, () => true],
    [{ library: "x" }, ({ common }) => common.does.includes("libusb")],
    [{ role: "firmware" }, takesImages],
    [{ role: "firmware", comesWith: "ide" }, takesImages],
    [{ role: "firmware", bootloaderOnly: true }, ({ name }) => /restore|station/.test(name)],
    [{ role: "firmware", romfsOnly: true }, ({ name }) => name === "flash"],
    [{ licences: true }, ({ name }) => name === "licenses"],
    [{ run: "21" }, ({ name }) => name === "runs"],
    [{ origin: "firmware.zip", board: "openmv-h7" }, takesImages],
  ],
  "permission": [
    [{ superUser: true }, ({ name }) => name === "doctor"],
    [{ path: "x.json" }, () => true],
    [{ path: "/dev/ttyUSB0", name: "EACCES" }, works],
    [{ places: ["/tmp"] }, ({ common }) => common.does.includes("libusb")],
    [{ privacyPane: "Input Monitoring" }, ({ common }) => common.does.includes("libusb")],
  ],
  "driver": [
    [{ missing: "usb" }, () => true],
    [{ usbId: "0483:df11" }, () => true],
    [{ usbId: "37c5:9204", problem: 28 }, ({ common }) => common.does.includes("libusb")],
    [{ usbId: "0483:df11", problem: 22 }, ({ common }) => common.does.includes("libusb")],
    [{ usbId: "0483:df11", problem: 43 }, ({ common }) => common.does.includes("libusb")],
    [{ library: "x" }, ({ common }) => common.does.includes("libusb")],
  ],
  "busy": [[{ folder: "/x" }, () => true]],
  "timeout": [
    [{ call: "open", port: "1-1" }, () => true],
    [{ unreadPath: "x.bin" }, () => true],
    [{ isSilent: true }, works],
    [{ silentPort: "1-1" }, () => true],
    [{ silentPort: "1-1", what: "the camera" }, works],
    [{ romEntry: "st-boot-pin" }, works],
    [{ onlyPort: "1-1" }, ({ common }) => common.does.includes("port")],
  ],
  "wrong-board": [
    [{ job: "restore" }, (one) => works(one) || one.name === "plan"],
    [{ file: "x.bin", board: "openmv-h7" }, takesImages],
    [{ otherCamera: "0123", board: "openmv-h7" }, works],
    [{ isStranger: true, port: "1-1" }, () => true],
    [{ partition: "ROMFS0", board: "openmv-h7" }, works],
    [{ part: "x", comesWith: "se-tools", role: "system-ae" }, takesImages],
    [{ board: "openmv-h7", found: "openmv-m7,openmv-m4" }, works],
  ],
  "bad-image": [
    [{ simulationOnly: true }, (one) => works(one) && takesImages(one)],
    [
      { simulationOnly: true, whereToGet: ["firmware", "se-tools"] },
      (one) => works(one) && takesImages(one),
    ],
    [{ pinnedKey: "0123" }, () => true],
    [{ firstRelease: "4.7" }, takesImages],
    [{ joined: true }, takesImages],
    [{ key: true }, () => true],
    [{ key: "encrypted" }, () => true],
    [{ isFile: false }, () => true],
    [{ records: "records" }, ({ name }) => name === "station"],
    [{ places: [] }, ({ name }) => name === "images"],
  ],
  "protected": [[{ unread: "x", board: "openmv-ae3" }, works]],
  "verify-failed": [[{ written: "5.0.0", version: "4.8.1" }, works]],
  "consent-needed": [
    [{ consent: "write" }, works],
    [{ consent: "boot-source", fuse: true }, ({ common }) => common.does.includes("allow")],
    [{ missing: "command" }, ({ name }) => name === ""],
    [{ option: "--operator" }, ({ name }) => name === "station"],
  ],
};

/**
 * The facts that advice depends on are in the table above: everything that is read from the data of
 * an error.
 */
Deno.test("no fact that advice depends on is missing in the table", () => {
  const sources = ["../../common/advice.ts", "../../common/windows_driver_advice.ts", "./advice.ts"]
    .map((name) => Deno.readTextFileSync(new URL(name, import.meta.url))).join("\n");
  const read = [
    ...[...sources.matchAll(/\bdata\.(\w+)/g)].map(([, name]) => name),
    ...[...sources.matchAll(/\{([^{}]+)\}(?: = data;|: ErrorData)/g)]
      .flatMap(([, names]) => names.split(",").map((name) => name.trim())),
  ];
  const given = Object.values(facts).flat().flatMap(([data]) => Object.keys(data));
  assert.ok(read.length > 40);
  assert.deepEqual([...new Set(read)].filter((name) => !given.includes(name)), []);
});

/** Kinds of errors that only work on a camera can cause, and those that need images. */
const ofWork: readonly ErrorKind[] = ["consent-needed", "protected", "verify-failed"];

function* failures(): Generator<readonly [Command, ErrorKind, ErrorData]> {
  for (const command of all) {
    for (const kind of Object.keys(exitCodes) as ErrorKind[]) {
      const isPossible = works(command) || !ofWork.includes(kind);
      const needsImages = kind === "bad-image" || kind === "wrong-board";
      if (isPossible && (!needsImages || takesImages(command) || command.name === "images")) {
        yield [command, kind, {}];
      }
      for (const [data, happens] of facts[kind] ?? []) {
        if (happens(command)) yield [command, kind, data];
      }
    }
  }
}

Deno.test("every command has advice for every error on every system, and it can be followed", () => {
  for (const [command, kind, data] of failures()) {
    for (const os of systems) {
      const actions = commandAdvice({ kind, data }, os, command).map(String);
      const what = `${command.name} ${kind} ${JSON.stringify(data)} ${os}: ${actions.join(" ")}`;
      assert.ok(actions.length > 0 && actions.every((action) => action.trim() !== ""), what);
      for (const action of actions) assertPossible(command, action, what);
    }
  }
});

Deno.test("only commands that work on a camera continue where they stopped", () => {
  for (const [command, kind, data] of failures()) {
    if (works(command)) continue;
    const actions = commandAdvice({ kind, data }, "darwin", command).map(String).join(" ");
    assert.doesNotMatch(actions, /reads the camera|jumper|pass through/, `${command.name} ${kind}`);
  }
});

Deno.test("a camera may have a switch instead of a jumper", () => {
  for (const [command, kind, data] of failures()) {
    if (data.romEntry === "st-boot-pin") continue; // these have a jumper
    const actions = commandAdvice({ kind, data }, "linux", command).map(String).join(" ");
    assert.doesNotMatch(actions, /jumper(?! or)/, `${command.name} ${kind}`);
  }
});

Deno.test("no command is the advice for its own error", () => {
  for (const [command, kind, data] of failures()) {
    const actions = commandAdvice({ kind, data }, "linux", command).map(String);
    const own = new RegExp(`: unbrick ${command.name}$`);
    if (command.name === "") continue;
    for (const action of actions) assert.doesNotMatch(action, own, `${command.name} ${kind}`);
  }
});

function assertPossible(command: Command, action: string, what: string): void {
  const [, line] = /: (?:sudo )?unbrick (.*)/.exec(action) ?? [];
  if (line !== undefined) {
    const words = line.replace(/\.$/, "").split(" ");
    const isTool = vendorTools.some(({ name }) => name === words[0]);
    if (!isTool) parseArguments(words, { ...commandTable, version: "1.2.3" });
  }
  const rest = action.replace(/unbrick [a-z-].*|lsusb .*|SUBSYSTEM.*|udevadm .*|mkdir .*/, "");
  const options = optionsOf(command);
  for (const [option] of rest.matchAll(/(?<=^|[ ,])--[a-z][\w-]*/gi)) {
    assert.ok(options.has(option), `${option} is no option there. ${what}`);
  }
}
