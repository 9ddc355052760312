import { basename, dirname, join } from "node:path";
import {
  type Atoc,
  type AtocEntry,
  flagNames,
  parseAtoc,
} from "../../../protocols/alif_isp/packets/atoc.ts";
import { isSignatureValid, MANAGED } from "../../../protocols/alif_isp/packets/certificate.ts";
import { TOC_SIZE } from "../../../protocols/alif_isp/packets/memory_map.ts";
import { cpuName, versionText } from "../../../protocols/alif_isp/packets/replies.ts";
import {
  checkPaddedToc,
  checkTocFits,
  checkTocPart,
  entryDefect,
} from "../../../protocols/alif_isp/packets/toc_check.ts";
import { byteSize, hex } from "../../../common/format.ts";
import { badImage } from "../../../image/bad_image.ts";
import { isFile, readFile } from "../../../image/files.ts";
import { usage, value } from "../options.ts";
import type { VendorTool } from "../tool.ts";
import { alifTool } from "./tool.ts";

const help = `Usage: unbrick toc FILE [--bootloader FILE] [--part PART]

Explains a table of contents of an AE3 (firmware_pad.toc, firmware.toc, AppTocPackage.bin): entries,
addresses, hashes, signatures, part number, and whether it describes bootloader.bin (the one beside it,
or --bootloader FILE). Touches no device.

The exit code is 0 only if the table is sound and fits what it was compared with.
`;

const LARGEST = 0x100_0000;

export const toc: VendorTool = alifTool({
  name: "toc",
  help,
  takesWords: true,
  options: [
    value("--bootloader"),
    value("--part"),
  ],
  prepare(given, job) {
    const [path, ...others] = given.words;
    if (path === undefined || others.length > 0) {
      throw usage("One file is needed: unbrick toc FILE.");
    }
    const name = basename(path);
    const bytes = readFile(path, LARGEST);
    const table = bytes.length === TOC_SIZE
      ? checkPaddedToc({ name, bytes })
      : parseAtoc(bytes, name);
    const bootloader = given.value("--bootloader") ?? besideIt(path);
    const part = given.value("--part");
    return () => {
      for (const line of tocLines(name, table)) job.print(line);
      for (const entry of table.entries) {
        const defect = entryDefect(entry);
        if (defect !== undefined) throw badImage(name, defect);
      }
      if (part !== undefined) checkTocPart(table, name, part);
      if (bootloader === undefined) {
        job.print("There is no bootloader.bin beside it to compare it with.");
        return Promise.resolve();
      }
      const file = { name: bootloader, bytes: readFile(bootloader, LARGEST) };
      checkTocFits(table, name, file);
      job.print(`It describes ${bootloader}: address, length and SHA-256 are right.`);
      return Promise.resolve();
    };
  },
});

function besideIt(path: string): string | undefined {
  const beside = join(dirname(path), "bootloader.bin");
  return isFile(beside) ? beside : undefined;
}

/** A table, told for people. */
export function tocLines(name: string, table: Atoc): string[] {
  const { packageAddress, packageSize, version, part, entries } = table;
  return [
    `${name}: table of contents, version ${version}, ${byteSize(packageSize)} at ${
      hex(packageAddress)
    }`,
    part
      ? `Made for the part ${part}.`
      : "Bound to no part: it is taken on every one (tables of SETOOLS 1.109 and newer name one).",
    "",
    ...entries.flatMap(entryLines),
  ];
}

function entryLines(
  { name, type, cpu, flags, length, version, objectAddress, certificate }: AtocEntry,
) {
  const kind = type === 3 ? "device configuration" : type === 4 ? "image" : `type ${type}`;
  const lines = [
    `${name}: ${kind}, version ${versionText(version)}, ${length} bytes` +
    `${cpu === 15 ? "" : `, for ${cpuName(cpu)}`}${flags ? `, ${flagNames(flags)}` : ""}`,
    `    certificate at ${hex(objectAddress)}`,
  ];
  if (!certificate) return [...lines, "    NO CERTIFICATE stands there", ""];
  const { storeAddress, hash } = certificate;
  const place = storeAddress === MANAGED ? "inside the table's package" : `at ${hex(storeAddress)}`;
  return [
    ...lines,
    `    stands ${place}`,
    `    sha256 ${hash.toHex()}`,
    `    signature ${isSignatureValid(certificate) ? "right" : "WRONG"}`,
    "",
  ];
}
