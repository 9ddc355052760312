import { basename } from "node:path";
import { firstDifference } from "../../../common/bytes.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { byteSize, hex } from "../../../common/format.ts";
import type { MbootClient } from "../../../protocols/mboot/client/mboot_client.ts";
import {
  MEMORY_FLEXSPI_NOR,
  Property,
  propertyNames,
  versionText,
} from "../../../protocols/mboot/packets/property.ts";
import { LOADER_PRODUCT_ID, LOADER_VENDOR_ID } from "../../../protocols/mboot/packets/report.ts";
import { writeNew } from "../../pages/output_file.ts";
import { programOnce } from "./blhost_fuse.ts";
import type { Context } from "../../context.ts";
import { usage } from "../options.ts";
import { readPayload } from "../payload.ts";
import { placedPayload } from "../placed_payload.ts";
import { type NxpOptions, takeArguments, word } from "./options.ts";
import { hexDump, type NxpJob, plainHex, printGeneric, printSuccess } from "./tool.ts";

export type BlhostWork = (client: MbootClient, job: NxpJob) => Promise<void>;

/** The sub-commands of blhost, with NXP's arguments (imxrt-sdp-flashloader.md B6, B10). */
export const blhostCommands: Readonly<
  Record<string, (options: NxpOptions, context: Context) => BlhostWork | Promise<BlhostWork>>
> = {
  "get-property": ({ command }) => {
    const given = takeArguments(command, ["tag"], ["memory"]);
    const tag = propertyTag(given.tag);
    const memory = word(given.memory ?? "0", "the memory or index");
    return async (client, job) => {
      const values = await client.getProperty(tag, memory);
      printSuccess(job, values);
      const name = propertyNames[tag] ?? `Property ${tag}`;
      job.print(`${name} = ${propertyText(tag, values)}`);
    };
  },

  "list-memory": ({ command }) => {
    takeArguments(command, []);
    return listMemory;
  },

  "fill-memory": ({ command }) => {
    const given = takeArguments(command, ["address", "bytes", "pattern"], ["size"]);
    const address = word(given.address, "the address"), length = word(given.bytes, "the count");
    const pattern = spread(word(given.pattern, "the pattern"), given.size ?? "word");
    return async (client, job) => {
      await client.fillMemory(address, length, pattern);
      printGeneric(job);
    };
  },

  "configure-memory": ({ command }) => {
    const given = takeArguments(command, ["memory", "address"]);
    const memory = word(given.memory, "the memory"), address = word(given.address, "the address");
    return async (client, job) => {
      await client.configureMemory(memory, address);
      printGeneric(job);
    };
  },

  "flash-erase-region": ({ command }) => {
    const given = takeArguments(command, ["address", "bytes"], ["memory"]);
    const address = word(given.address, "the address"), length = word(given.bytes, "the count");
    const memory = mappedMemory(given.memory);
    return async (client, job) => {
      await client.eraseRegion(address, length, memory);
      printGeneric(job);
    };
  },

  "flash-erase-all": ({ command, allowed }) => {
    const given = takeArguments(command, [], ["memory"]);
    const memory = word(given.memory ?? "0", "the memory");
    if (!allowed.has("erase-all")) {
      throw new UnbrickError(
        "consent-needed",
        "flash-erase-all erases bootloader, firmware and all files; it needs --allow erase-all.",
        { consent: "erase-all" },
      );
    }
    return async (client, job) => {
      await client.eraseAll(memory);
      printGeneric(job);
    };
  },

  "write-memory": async ({ command, allowed }, context) => {
    const given = takeArguments(command, ["address", "file"], ["memory"]);
    const address = word(given.address, "the address");
    const bytes = await payload(given.file, address, context, allowed);
    const memory = mappedMemory(given.memory);
    return async (client, job) => {
      const total = bytes.length;
      job.print(`Preparing to send ${total} (${plainHex(total)}) bytes to the target.`);
      await client.writeMemory(address, bytes, memory, (done) => job.progress(done, total));
      printGeneric(job);
      job.print(`Wrote ${total} of ${total} bytes.`);
      const found = await client.readMemory(address, total, memory);
      const at = firstDifference(bytes, found);
      if (at >= 0) throw differs(address + at, found[at], bytes[at]);
      job.print(`Read back ${total} bytes: equal.`);
    };
  },

  "read-memory": ({ command }) => {
    const given = takeArguments(command, ["address", "bytes"], ["file", "memory"]);
    const address = word(given.address, "the address"), length = word(given.bytes, "the count");
    const memory = mappedMemory(given.memory);
    return async (client, job) => {
      const bytes = await client.readMemory(address, length, memory);
      if (given.file !== undefined) writeNew(given.file, bytes);
      else hexDump(bytes).forEach((row) => job.print(row));
      printSuccess(job, [length]);
      job.print(`Read ${length} of ${length} bytes.`);
    };
  },

  "efuse-read-once": ({ command }) => {
    const index = word(takeArguments(command, ["index"]).index, "the index");
    return async (client, job) => printSuccess(job, [4, await client.readOnce(index)]);
  },

  "efuse-program-once": programOnce,

  "reset": ({ command }) => {
    takeArguments(command, []);
    return async (client, job) => {
      await client.reset();
      printGeneric(job);
    };
  },
};

async function listMemory(client: MbootClient, job: NxpJob): Promise<void> {
  job.print("Internal Ram:");
  let first: number | undefined;
  for (let index = 0; index < 16; index++) {
    const [start] = await client.getProperty(Property.RAM_START, index);
    if (start === first) break; // a larger index returns the first one again (B7)
    first ??= start;
    const [size] = await client.getProperty(Property.RAM_SIZE, index);
    job.print(
      `  Region ${index}: ${hex(start)} - ${hex(start + size - 1)}; Total Size: ${byteSize(size)}`,
    );
  }
  const nor = await client.externalMemory(MEMORY_FLEXSPI_NOR);
  if (!nor) return job.print("FlexSPI NOR Memory: not configured");
  const { start = 0, sizeKiB = 0, pageSize, sectorSize, blockSize } = nor;
  job.print("FlexSPI NOR Memory:");
  job.print(`  Start Address = ${hex(start)}  Total Size = ${byteSize(sizeKiB * 1024)}`);
  job.print(`  Page Size = ${pageSize}  Sector Size = ${sectorSize}  Block Size = ${blockSize}`);
}

function differs(address: number, found: number, wanted: number): UnbrickError {
  return new UnbrickError(
    "verify-failed",
    `The memory at ${hex(address)} holds ${hex(found, 2)}, and ${hex(wanted, 2)} was written.`,
    { address },
  );
}

/** Returns the bytes of `{{AABBCC}}`, or of a file, which must belong to the address. */
async function payload(
  text: string,
  address: number,
  context: Context,
  allowed: ReadonlySet<string>,
): Promise<Uint8Array> {
  const literal = /^\{\{\s*((?:[0-9a-f]{2}\s*)+)\}\}$/i.exec(text);
  if (literal) return Uint8Array.fromHex(literal[1].replaceAll(/\s/g, ""));
  const families = context.families.filter(({ usbIds }) =>
    usbIds.some((id) => id.vendorId === LOADER_VENDOR_ID && id.productId === LOADER_PRODUCT_ID)
  );
  return placedPayload(basename(text), readPayload(text, context), address, families, allowed);
}

/**
 * Returns the memory id. Mapped memory is chosen by address: ids up to 255 become 0, as in NXP's
 * tools (B6).
 */
function mappedMemory(text = "0"): number {
  const memory = word(text, "the memory");
  return memory <= 255 ? 0 : memory;
}

/** Repeats a pattern to 32 bits, which the command always sends (B6). */
function spread(pattern: number, size: string): number {
  if (size === "word") return pattern;
  if (size === "short") return (((pattern & 0xffff) << 16) | (pattern & 0xffff)) >>> 0;
  if (size === "byte") return Math.imul(pattern & 0xff, 0x0101_0101) >>> 0;
  throw usage(`The size of a pattern is word, short or byte, not ${size}.`);
}

/** Returns a property from its number, or a name such as `current-version`. */
function propertyTag(text: string): number {
  const known = Object.entries(propertyNames).find(([, name]) =>
    name.toLowerCase().replaceAll(" ", "-") === text.toLowerCase()
  );
  return known ? Number(known[0]) : word(text, "the property");
}

function propertyText(tag: number, values: readonly number[]): string {
  if (tag === Property.CURRENT_VERSION || tag === Property.TARGET_VERSION) {
    return versionText(values[0]);
  }
  if (tag === Property.SECURITY_STATE) return values[0] ? "SECURE" : "UNSECURE";
  return values.map((value) => hex(value, 1)).join(", ");
}
