import { join } from "node:path";
import * as z from "../../../image/schema.ts";
import { isFile, readFile } from "../../../image/files.ts";
import { writeText } from "../../pages/output_file.ts";
import { parseJson } from "./json.ts";

/** The two files that Alif's tools share in the current folder (alif-isp.md A.2, C.2). */

const PORT_FILE = "isp_config_data.cfg";
const DEVICE_FILE = "global-cfg.db";
/** Largest size of either file, bytes. Chosen by unbrick. */
const LARGEST = 0x1_0000;

/** Returns the port in isp_config_data.cfg; undefined if there is no such file or line. */
export function savedPort(folder: string): string | undefined {
  const text = readText(join(folder, PORT_FILE));
  return text === undefined ? undefined : portIn(text);
}

/** Returns the port in the text of isp_config_data.cfg. */
export function portIn(text: string): string | undefined {
  return text.split(/\r?\n/).map((line) => /^\s*comport\s+(\S+)/.exec(line)?.[1]).find(Boolean);
}

/** Writes the lines that the vendor's tools and OpenMV IDE write; they read only `comport`. */
export function savePort(folder: string, path: string): void {
  const lines = [
    `comport ${path}`,
    "timeout tx 2",
    "timeout rx 0",
    "stopbits 1",
    "bytesize 8",
    "rtscts 0",
    "xonxoff 0",
  ];
  writeText(join(folder, PORT_FILE), lines.join("\n") + "\n");
}

/** Part and revision in global-cfg.db, if it contains them. */
export interface SavedDevice {
  readonly part?: string;
  readonly revision?: string;
}

/**
 * Reads global-cfg.db from `utils`, as in the SE Tools, or from the folder itself. @throws
 * UnbrickError `bad-image`
 */
export function savedDevice(folder: string): SavedDevice {
  for (const path of deviceFiles(folder)) {
    const text = readText(path);
    if (text !== undefined) return deviceIn(text, path);
  }
  return {};
}

const deviceSchema = z.looseObject({
  DEVICE: z.optional(
    z.looseObject({ "Part#": z.optional(z.string()), Revision: z.optional(z.string()) }),
  ),
});

/** Returns the device in the text of global-cfg.db. @throws UnbrickError `bad-image` */
export function deviceIn(text: string, path: string): SavedDevice {
  const { DEVICE: { "Part#": name = "", Revision: revision } = {} } = parseJson(
    text,
    path,
    deviceSchema,
  );
  const part = /\((\w+)\)/.exec(name)?.[1];
  return { ...(part && { part }), ...(revision && { revision }) };
}

export function saveDevice(folder: string, part: string, revision: string): void {
  const [inUtils, here] = deviceFiles(folder);
  const content = {
    DEVICE: { Revision: revision, "Part#": `E3 (${part}) - 5.5 MRAM / 13.5 SRAM` },
    "MRAM-BURNER": { Interface: "isp", "Jtag-adapter": "J-Link" },
  };
  const hasUtils = isFolder(join(folder, "utils"));
  writeText(hasUtils ? inUtils : here, JSON.stringify(content, null, 4) + "\n");
}

const deviceFiles = (folder: string): [string, string] => [
  join(folder, "utils", DEVICE_FILE),
  join(folder, DEVICE_FILE),
];

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Reads a text file; undefined if there is none. @throws UnbrickError `bad-image` if it is too
 * large.
 */
function readText(path: string): string | undefined {
  return isFile(path) ? new TextDecoder().decode(readFile(path, LARGEST)) : undefined;
}
