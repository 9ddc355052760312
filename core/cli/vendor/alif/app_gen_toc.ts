import { resolve } from "node:path";
import { parseAtoc } from "../../../protocols/alif_isp/packets/atoc.ts";
import {
  buildTocPackage,
  padToc,
  type TocItem,
} from "../../../protocols/alif_isp/packets/build_toc.ts";
import { wholeLines } from "../../../protocols/alif_isp/packets/bytes.ts";
import { SYSTEM_BASE } from "../../../protocols/alif_isp/packets/memory_map.ts";
import { entryDefect } from "../../../protocols/alif_isp/packets/toc_entry_check.ts";
import { hex } from "../../../common/format.ts";
import { badImage } from "../../../image/bad_image.ts";
import { checkWritable } from "../../pages/output_file.ts";
import { tableAdvice } from "./advice.ts";
import { type Given, usage, value } from "../options.ts";
import type { VendorTool } from "../tool.ts";
import { tocLines } from "./toc_lines.ts";
import { tocItems } from "./toc_config.ts";
import { tocKeys } from "./toc_signer.ts";
import { type AlifJob, alifTool } from "./tool.ts";

const help = `Usage: unbrick app-gen-toc -f FILE.json [-o FILE] [OPTIONS]

The command line of Alif's app-gen-toc, run by unbrick itself in the folder of the SE Tools: images come
from build/images, the signing key from utils/key, the owner's key certificates for signed entries from
cert. As with the vendor's tool, every entry is signed unless it has "signed": false, as those of an AE3
have. Compressed images need Alif's own compressor and encrypted ones a key inside the chip, which no AE3
has, so both are refused.

  -f, --filename FILE      JSON of the SE Tools (default build/config/app-cfg.json)
  -o, --output, --output-file FILE
                           The package (default build/AppTocPackage.bin)
  --pad FILE               Also write the package padded to 8192 bytes, for 0x8057E000
  --cfg-part PART          Make a table of version 2, which only this part accepts
  --cfg-rev REV            Accepted; there is only one silicon revision
  -v, --verbose            Accepted; has no effect
  -h, --help               This text

A compiled device configuration is taken from build/images; one in build/config is compiled if it
declares only crystals, like the AE3's.

Examples:
  unbrick app-gen-toc -f app-cfg.json --pad firmware_pad.toc
`;

export const appGenToc: VendorTool = alifTool({
  name: "app-gen-toc",
  help,
  advice: tableAdvice,
  options: [
    value("--filename", "-f"),
    value("--output-file", "-o", "--output"),
    value("--pad"),
    value("--cfg-part"),
    value("--cfg-rev"),
  ],
  prepare: prepareToc,
});

/** Reads configuration, images and keys, and returns a function that makes the table. */
export function prepareToc(given: Given, job: AlifJob): () => Promise<void> {
  const { folder } = job;
  const file = (option: string) => {
    const path = given.value(option);
    return path === undefined ? undefined : resolve(folder, path);
  };
  const config = file("--filename") ?? resolve(folder, "build/config/app-cfg.json");
  const items = tocItems(config, folder);
  const keys = tocKeys(folder, items.some(({ isSigned }) => isSigned));
  const output = file("--output-file") ?? resolve(folder, "build/AppTocPackage.bin");
  const pad = file("--pad");
  return async () => {
    const bytes = buildTocPackage(items, keys, given.value("--cfg-part"));
    refuseOverlaps(items, SYSTEM_BASE - bytes.length);
    for (const line of checkedLines(output, bytes)) job.print(line);
    const padded = pad === undefined ? undefined : padToc(bytes);
    checkWritable(output);
    if (pad !== undefined) checkWritable(pad);
    await Deno.writeFile(output, bytes);
    job.print(`${output}: ${bytes.length} bytes for ${hex(SYSTEM_BASE - bytes.length)}`);
    if (pad === undefined || padded === undefined) return;
    await Deno.writeFile(pad, padded);
    job.print(`${pad}: ${padded.length} bytes, padded`);
  };
}

/** Returns the table in words, after reading back what was built. */
function checkedLines(output: string, bytes: Uint8Array): string[] {
  const table = parseAtoc(bytes, output);
  for (const entry of table.entries) {
    const defect = entryDefect(entry, table);
    if (defect !== undefined) throw badImage(output, defect);
  }
  return tocLines(output, table);
}

function refuseOverlaps(items: readonly TocItem[], tableStart: number): void {
  const placed = [
    ...items.flatMap(({ name, bytes, address }) =>
      address === undefined
        ? []
        : [{ name, start: address, end: address + wholeLines(bytes).length }]
    ),
    { name: "the table of contents", start: tableStart, end: SYSTEM_BASE },
  ].toSorted((a, b) => a.start - b.start);
  placed.forEach((one, at) => {
    const next = placed[at + 1];
    if (next && one.end > next.start) throw usage(`${one.name} and ${next.name} overlap.`);
  });
}
