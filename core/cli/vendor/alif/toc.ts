import { basename, dirname, join } from "node:path";
import { parseAtoc } from "../../../protocols/alif_isp/packets/atoc.ts";
import { CHAIN_SIZE } from "../../../protocols/alif_isp/packets/certificate_chain.ts";
import { TOC_SIZE } from "../../../protocols/alif_isp/packets/memory_map.ts";
import { readStoc, type StocTable } from "../../../protocols/alif_isp/packets/stoc.ts";
import {
  checkPaddedToc,
  checkTocFits,
  checkTocPart,
  type NamedBytes,
} from "../../../protocols/alif_isp/packets/toc_check.ts";
import { entryDefect } from "../../../protocols/alif_isp/packets/toc_entry_check.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { badImage } from "../../../image/bad_image.ts";
import { isFile, readFile } from "../../../image/files.ts";
import { tableAdvice } from "./advice.ts";
import { usage, value } from "../options.ts";
import type { VendorTool } from "../tool.ts";
import { checkSignFile, systemPackageLines } from "./system_package_lines.ts";
import { tocLines } from "./toc_lines.ts";
import { type AlifJob, alifTool } from "./tool.ts";

const help = `Usage: unbrick toc FILE [--bootloader FILE] [--part PART]

Describes a table of contents of an AE3 (firmware_pad.toc, firmware.toc, AppTocPackage.bin) or a system
package (SP-PART.bin): entries, addresses, hashes, certificates, part number. Checks the file against
FILE.sign if it exists, and a table against bootloader.bin (in the same folder, or --bootloader FILE).
Uses no device.

  --bootloader FILE   The bootloader that the table must describe
  --part PART         The part that the file must be made for
  -v, --verbose       Accepted; has no effect
  -h, --help          This text

The exit code is 0 only if the file is valid and matches what it was compared with.

Examples:
  unbrick toc firmware_pad.toc
  unbrick toc AppTocPackage.bin --bootloader bootloader.bin
`;

const LARGEST = 0x100_0000;

export const toc: VendorTool = alifTool({
  name: "toc",
  help,
  advice: tableAdvice,
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
    const file = { name: basename(path), bytes: readFile(path, LARGEST) };
    const part = given.value("--part");
    const stoc = readStoc(file.bytes);
    if ("entries" in stoc) {
      return () => Promise.resolve(explainPackage(job, path, file, stoc, part));
    }
    if (stoc.kind !== "magic") throw badImage(file.name, stoc.reason, { offset: stoc.offset });
    const bootloader = given.value("--bootloader") ?? besideIt(path);
    const table = file.bytes.length === TOC_SIZE
      ? checkPaddedToc(file)
      : parseAtoc(file.bytes, file.name);
    return () => {
      for (const line of tocLines(file.name, table)) job.print(line);
      for (const entry of table.entries) {
        const defect = entryDefect(entry, table);
        if (defect !== undefined) throw badImage(file.name, defect);
      }
      checkSign(job, path, file);
      if (part !== undefined) checkTocPart(table, file.name, part);
      if (bootloader === undefined) {
        job.print("There is no bootloader.bin beside it to compare it with.");
        return Promise.resolve();
      }
      checkTocFits(table, file.name, { name: bootloader, bytes: readFile(bootloader, LARGEST) });
      job.print(`It describes ${bootloader}: address, length and SHA-256 are right.`);
      return Promise.resolve();
    };
  },
});

function explainPackage(
  job: AlifJob,
  path: string,
  file: NamedBytes,
  table: StocTable,
  part: string | undefined,
): void {
  for (const line of systemPackageLines(file, table)) job.print(line);
  if (!checkSign(job, path, file)) {
    job.print(`There is no ${file.name}.sign: its bytes cannot be checked.`);
  }
  if (part === undefined || table.part === part) return;
  throw new UnbrickError(
    "wrong-board",
    `${file.name} was made for the part ${table.part}, and not for the ${part}.`,
    { file: file.name, packagePart: table.part, part },
  );
}

/** Returns whether there was a `.sign` file to check against. */
function checkSign(job: AlifJob, path: string, file: NamedBytes): boolean {
  if (!isFile(`${path}.sign`)) return false;
  const name = `${file.name}.sign`;
  checkSignFile(file, { name, bytes: readFile(`${path}.sign`, CHAIN_SIZE) });
  job.print(`${name} matches all of its bytes.`);
  return true;
}

function besideIt(path: string): string | undefined {
  const beside = join(dirname(path), "bootloader.bin");
  return isFile(beside) ? beside : undefined;
}
