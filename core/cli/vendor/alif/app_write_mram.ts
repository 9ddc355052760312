import { basename, resolve } from "node:path";
import type { Atoc } from "../../../protocols/alif_isp/packets/atoc.ts";
import { refuseForeignChip } from "../../../protocols/alif_isp/client/chip_check.ts";
import type { IspClient } from "../../../protocols/alif_isp/client/isp_client.ts";
import { enterMaintenance } from "../../../protocols/alif_isp/client/connect.ts";
import {
  BOOTLOADER_ADDRESS,
  BOOTLOADER_SIZE,
  checkApplicationRange,
  MRAM_LINE,
  SYSTEM_BASE,
  TOC_ADDRESS,
  TOC_SIZE,
} from "../../../protocols/alif_isp/packets/memory_map.ts";
import {
  isReadRefused,
  readMram,
  verifyMram,
} from "../../../protocols/alif_isp/client/read_back.ts";
import {
  bootEntry,
  checkPaddedToc,
  checkSoundToc,
  checkTocFits,
  checkTocPart,
} from "../../../protocols/alif_isp/packets/toc_check.ts";
import { writeImage } from "../../../protocols/alif_isp/client/write_image.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import { readFile } from "../../../image/files.ts";
import { placedPayload } from "../placed_payload.ts";
import { savedDevice } from "./config_files.ts";
import { flag, type Given, usage, value } from "../options.ts";
import { readPayload } from "../payload.ts";
import type { VendorTool } from "../tool.ts";
import { type AlifJob, alifTool, portHelp, portOptions } from "./tool.ts";

const help = `Usage: unbrick app-write-mram -i "FILE ADDRESS [FILE ADDRESS ...]" [OPTIONS]

Accepts the command line of Alif's app-write-mram. Every image is read back.

  -i, --images LIST       Files and addresses, or file:LISTFILE
  -p, --pad               Pad images with zeros to a multiple of 16 bytes (the file is not changed)
  -s, --switch, --skip-baud
                          Stay at 55000 baud
  -nr, --no-reset         Do not reset before and after; the chip must already be in maintenance
  --cfg-part PART, --cfg-rev REV
                          Warn if the chip is another one
  --allow NAME            Consent to write an unchecked-image, which does not belong to its place
${portHelp}
Nothing is erased: writing needs no erase, and erasing the application area stops the camera from
starting. A table of contents must describe its bootloader, and is written last.
The exit code is 0 only if everything was read back and equal.

Examples:
  unbrick app-write-mram -i "bootloader.bin 0x80000000 firmware_pad.toc 0x8057E000"
`;

interface MramFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly address: number;
}

export const appWriteMram: VendorTool = alifTool({
  name: "app-write-mram",
  help,
  options: [
    ...portOptions,
    value("--cfg-part"),
    value("--cfg-rev"),
    value("--images", "-i"),
    flag("--pad", "-p"),
    flag("--skip-baud", "-s", "--switch"),
    flag("--no-reset", "-nr"),
    value("--erase", "-e"),
    value("--auth-token", "-a"),
    flag("--skip", "-S"),
    value("--allow"),
  ],
  async prepare(given, job) {
    if (given.has("--erase")) {
      throw usage(
        `-e ${given.value("--erase")}: nothing is erased. Writing needs no erase, and an erased ` +
          "application area stops the camera from starting.",
      );
    }
    if (given.has("--skip")) {
      throw usage('-S writes a table alone; name it instead: -i "firmware_pad.toc 0x8057E000".');
    }
    if (given.has("--auth-token")) throw usage("-a is for secured parts, which an AE3 is not.");
    const list = given.value("--images");
    if (list === undefined) throw usage('No images were given: -i "FILE ADDRESS ...".');
    const files = filesOf(list, given.has("--pad"), job);
    const toc = checkFiles(files);
    await refuseMisplaced(files, new Set(given.values("--allow")), job);
    return () => write(files, toc, given, job);
  },
});

/** Largest list of files and addresses, bytes. */
const LARGEST_LIST = 65_536;

/** Returns pairs of file and address, split at spaces as in the vendor's tool. */
function filesOf(list: string, pad: boolean, { folder, context }: AlifJob): MramFile[] {
  const listFile = /^file:(.+)$/.exec(list)?.[1];
  const text = listFile === undefined
    ? list
    : new TextDecoder().decode(readFile(resolve(folder, listFile), LARGEST_LIST));
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0 || words.length % 2 !== 0) {
    throw usage("The list of images is not made of pairs: FILE ADDRESS.");
  }
  const files: MramFile[] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [path, text] = words.slice(at, at + 2);
    if (!/^0x[0-9a-f]{1,8}$/i.test(text)) throw usage(`${text} is no address such as 0x80000000.`);
    const bytes = readPayload(resolve(folder, path), context);
    const missing = -bytes.length & (MRAM_LINE - 1);
    if (missing > 0 && !pad) {
      throw usage(
        `${path} has ${bytes.length} bytes, no multiple of ${MRAM_LINE}: add -p to fill it up.`,
      );
    }
    const whole = new Uint8Array(bytes.length + missing);
    whole.set(bytes);
    files.push({ name: basename(path), bytes: whole, address: Number(text) });
  }
  return files;
}

/** Checks the files, and a table among them against the bootloader among them. */
function checkFiles(files: readonly MramFile[]): { file: MramFile; toc: Atoc } | undefined {
  for (const one of files) {
    checkApplicationRange(one.address, one.bytes.length, one.name);
    refuseBlank(one);
    refuseHalf(one);
  }
  const sorted = files.toSorted((a, b) => a.address - b.address);
  sorted.forEach((file, at) => {
    const next = sorted[at + 1];
    if (next && file.address + file.bytes.length > next.address) {
      throw usage(`${file.name} and ${next.name} overlap at ${hex(next.address)}.`);
    }
  });
  const file = files.find(({ address }) => address === TOC_ADDRESS);
  if (!file) return undefined;
  const toc = checkSoundToc(file);
  const bootloader = files.find(({ address }) => address === BOOTLOADER_ADDRESS);
  if (bootloader) checkTocFits(toc, file.name, bootloader);
  return { file, toc };
}

/** Refuses a file that does not belong to its place on a camera with a table of contents. */
async function refuseMisplaced(
  files: readonly MramFile[],
  allowed: ReadonlySet<string>,
  { context }: AlifJob,
): Promise<void> {
  const families = context.families.filter(({ boards }) =>
    boards.some(({ roles }) => roles.some(({ role }) => role === "toc"))
  );
  for (const { name, bytes, address } of files) {
    await placedPayload(name, bytes, address, families, allowed);
  }
}

/** Refuses a blank file, which would really be an erase. */
function refuseBlank({ name, bytes }: MramFile): void {
  const [first] = bytes;
  if (first !== 0 && first !== 0xFF || bytes.some((byte) => byte !== first)) return;
  throw usage(`${name} holds nothing but bytes ${hex(first, 2)}: writing it would be an erase.`);
}

/** Refuses part of a bootloader or table: they are checked and replaced as a whole. */
function refuseHalf({ name, bytes, address }: MramFile): void {
  const end = address + bytes.length, bootloaderEnd = BOOTLOADER_ADDRESS + BOOTLOADER_SIZE;
  const isBootloader = address === BOOTLOADER_ADDRESS && end <= bootloaderEnd;
  if (address < bootloaderEnd && !isBootloader) {
    throw usage(
      `${name} cannot be written: from ${hex(BOOTLOADER_ADDRESS)} to ${
        hex(bootloaderEnd)
      } only a ` +
        "whole bootloader may stand.",
    );
  }
  if (end > TOC_ADDRESS && !(address === TOC_ADDRESS && end === SYSTEM_BASE)) {
    throw usage(
      `${name} cannot be written: from ${hex(TOC_ADDRESS)} on only a whole table of contents may ` +
        "stand, as firmware_pad.toc is one.",
    );
  }
}

async function write(
  files: readonly MramFile[],
  table: { file: MramFile; toc: Atoc } | undefined,
  given: Given,
  job: AlifJob,
): Promise<void> {
  await job.withEnclave(given, async (client, found) => {
    if (found.enquiry.source === "SEROM") {
      throw new UnbrickError(
        "device-status",
        "The device is in RECOVERY MODE: its ROM answers, and takes no application. Bring its " +
          "firmware back first with: unbrick maintenance -opt recovery",
        { error: found.enquiry.error },
      );
    }
    refuseForeignChip(found);
    const { part, name: revision } = found.revision;
    warnOfOtherDevice(part, revision, given, job);
    if (table) checkTocPart(table.toc, table.file.name, part);
    if (!given.has("--no-reset")) await enterMaintenance(client);
    const { signal } = job.context;
    const slow = given.has("--skip-baud");
    await checkAgainstDevice(client, files, table, { signal, slow });
    const ordered = [
      ...files.filter((file) => file !== table?.file),
      ...(table ? [table.file] : []),
    ];
    const unread: string[] = [];
    for (const { name, bytes, address } of ordered) {
      const what = `${name} at ${hex(address)}`;
      const onProgress = job.progress(`Writing ${what}`);
      await writeImage(client, address, bytes, { signal, slow, onProgress });
      try {
        await verifyMram(client, address, bytes, name, { signal, slow });
        job.print(`${what}: ${bytes.length} bytes written and read back equal.`);
      } catch (error) {
        // Writing both without a proof is better than a bootloader without its table.
        if (!isReadRefused(error)) throw error;
        job.print(`${what}: ${bytes.length} bytes written and acknowledged.`);
        unread.push(name);
      }
    }
    await client.stop();
    if (!given.has("--no-reset")) await client.reset();
    if (unread.length > 0) {
      throw new UnbrickError(
        "protected",
        `Written, but not proven, because the chip does not let it be read back: ${
          unread.join(", ")
        }.`,
        { unread: unread.join(", "), board: "openmv-ae3" },
      );
    }
    job.print("Done. Unplug the camera, set the recovery switch to off, and plug it in again.");
  });
}

/** Checks that bootloader and table belong together if only one of them is written. */
async function checkAgainstDevice(
  client: IspClient,
  files: readonly MramFile[],
  table: { file: MramFile; toc: Atoc } | undefined,
  run: { signal: AbortSignal; slow: boolean },
): Promise<void> {
  const bootloader = files.find(({ address }) => address === BOOTLOADER_ADDRESS);
  if (!!table === !!bootloader) return;
  if (table) {
    const length = Math.min(bootEntry(table.toc)?.length ?? 0, BOOTLOADER_SIZE);
    const bytes = await readFromCamera(client, BOOTLOADER_ADDRESS, length, run);
    checkTocFits(table.toc, table.file.name, { name: "the bootloader in the camera", bytes });
    return;
  }
  const name = "the table of contents in the camera";
  const bytes = await readFromCamera(client, TOC_ADDRESS, TOC_SIZE, run);
  checkTocFits(checkPaddedToc({ name, bytes }), name, bootloader!);
}

async function readFromCamera(...given: Parameters<typeof readMram>): Promise<Uint8Array> {
  try {
    return await readMram(...given);
  } catch (cause) {
    if (!isReadRefused(cause)) throw cause;
    throw new UnbrickError(
      "usage",
      "The chip does not let its memory be read: name bootloader and table of contents together.",
      {},
      { cause },
    );
  }
}

function warnOfOtherDevice(part: string, revision: string, given: Given, job: AlifJob): void {
  const saved = savedDevice(job.folder);
  const wantedPart = given.value("--cfg-part") ?? saved.part;
  const wantedRevision = given.value("--cfg-rev") ?? saved.revision;
  if (wantedPart && part && wantedPart !== part) {
    job.print(`Warning: the chip is a ${part}, and the configuration says ${wantedPart}.`);
  }
  if (wantedRevision && wantedRevision !== revision) {
    job.print(
      `Warning: the chip has silicon ${revision}, and the configuration says ${wantedRevision}.`,
    );
  }
}
