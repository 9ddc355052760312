import { join } from "node:path";
import { UnbrickError } from "../../errors.ts";
import { writeText } from "../output_file.ts";

/** The two files that Alif's tools share in the folder they are started in (alif-isp.md A.2, C.2). */

const PORT_FILE = "isp_config_data.cfg";
const DEVICE_FILE = "global-cfg.db";

/** The port of isp_config_data.cfg; undefined if there is no such file or line. */
export function savedPort(folder: string): string | undefined {
  const text = readText(join(folder, PORT_FILE));
  return text?.split(/\r?\n/).map((line) => /^\s*comport\s+(\S+)/.exec(line)?.[1]).find(Boolean);
}

/** The lines that the vendor's tools and OpenMV IDE write; they read only `comport`. */
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

/** Part and revision that global-cfg.db names, as far as it does. */
export interface SavedDevice {
  readonly part?: string;
  readonly revision?: string;
}

/** In `utils`, as in the SE Tools, or in the folder itself. */
export function savedDevice(folder: string): SavedDevice {
  for (const path of deviceFiles(folder)) {
    const text = readText(path);
    if (text === undefined) continue;
    const device = deviceOf(text, path);
    const part = /\((\w+)\)/.exec(device["Part#"] ?? "")?.[1];
    return { ...(part && { part }), ...(device.Revision && { revision: device.Revision }) };
  }
  return {};
}

function deviceOf(text: string, path: string): Record<string, string | undefined> {
  try {
    return JSON.parse(text)?.DEVICE ?? {};
  } catch (cause) {
    throw new UnbrickError("bad-image", `${path} is not JSON.`, { path }, { cause });
  }
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

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
