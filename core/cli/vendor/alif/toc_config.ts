import { join } from "node:path";
import * as z from "../../../image/schema.ts";
import { EntryFlag, EntryType, NO_CPU } from "../../../protocols/alif_isp/packets/atoc.ts";
import type { LoadClaim } from "../../../protocols/alif_isp/packets/build_certificate.ts";
import type { TocItem } from "../../../protocols/alif_isp/packets/build_toc.ts";
import { wholeLines } from "../../../protocols/alif_isp/packets/bytes.ts";
import { ramInEnclaveView } from "../../../protocols/alif_isp/packets/enclave_view.ts";
import { checkApplicationRange } from "../../../protocols/alif_isp/packets/memory_map.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { badImage } from "../../../image/bad_image.ts";
import { isFile, readFile } from "../../../image/files.ts";
import { compileDeviceConfig } from "./device_config.ts";
import { parseJson } from "./json.ts";
import { usage } from "../options.ts";

/** Reads the JSON from which app-gen-toc makes a table (alif-isp.md C.7). */

const LARGEST = 0x100_0000;

const address = z.string().check(
  z.regex(/^0x[0-9a-f]{1,8}$/i, "it is no address such as 0x80000000"),
);
const entrySchema = z.strictObject({
  disabled: z.optional(z.boolean()),
  binary: z.string(),
  version: z.optional(z.string()),
  mramAddress: z.optional(address),
  loadAddress: z.optional(address),
  cpu_id: z.optional(z.string()),
  flags: z.optional(z.array(z.string())),
  signed: z.optional(z.boolean()),
});
type Entry = z.infer<typeof entrySchema>;
const schema = z.record(z.string().check(z.minLength(1)), entrySchema);

/** Longest name; the vendor's tool truncates longer ones. */
const NAME_SIZE = 8;
const cpuIds = ["A32_0", "A32_1", "M55_HP", "M55_HE"];
const flagBits: Readonly<Record<string, number>> = {
  BOOT: EntryFlag.BOOT,
  LOAD: EntryFlag.LOAD,
  DEFERRED: EntryFlag.DEFERRED,
  COMPRESS: EntryFlag.COMPRESSED,
  ENCRYPT: EntryFlag.ENCRYPTED,
};
/** What cannot be made here, and why; the AE3's own entries are neither (alif-isp.md C.7). */
const unsupported: Readonly<Record<string, string>> = {
  COMPRESS: "it needs Alif's own compressor, whose format is not published",
  ENCRYPT: "it needs a key inside the chip, which no OpenMV AE3 has",
};

/** Returns the entries that are not disabled. @throws UnbrickError `bad-image`, `not-found`, `usage` */
export function tocItems(path: string, folder: string): TocItem[] {
  const text = new TextDecoder().decode(readFile(path, LARGEST));
  const items = Object.entries(parseJson(text, path, schema))
    .filter(([, { disabled }]) => !disabled)
    .map(([name, entry]) => itemOf(name.slice(0, NAME_SIZE), entry, folder));
  if (items.length === 0) throw badImage(path, "it has no entry that is not disabled");
  return items;
}

function itemOf(name: string, entry: Entry, folder: string): TocItem {
  const version = versionNumber(entry.version, name);
  const shared = { name, version, isSigned: entry.signed !== false };
  if (name === "DEVICE") {
    const bytes = deviceConfig(entry.binary, folder);
    return { ...shared, bytes, type: EntryType.DEVICE_CONFIG, flags: NO_CPU };
  }
  const bytes = readFile(join(folder, "build", "images", entry.binary), LARGEST);
  const flags = flagsOf(name, entry);
  const load = flags & EntryFlag.LOAD ? loadOf(name, entry) : undefined;
  const place = entry.mramAddress === undefined ? undefined : Number(entry.mramAddress);
  if (place !== undefined) checkApplicationRange(place, wholeLines(bytes).length, name);
  return {
    ...shared,
    bytes,
    type: EntryType.IMAGE,
    flags,
    ...(place !== undefined && { address: place }),
    ...(load && { load }),
  };
}

/** Returns the configuration that the SE Tools compiled, or compiles it from the JSON. */
function deviceConfig(binary: string, folder: string): Uint8Array {
  const compiled = join(folder, "build", "images", binary.replace(/\.json$/i, ".bin"));
  if (isFile(compiled)) return readFile(compiled, LARGEST);
  const source = join(folder, "build", "config", binary);
  if (!isFile(source)) {
    throw new UnbrickError(
      "not-found",
      `There is neither ${compiled} nor ${source}: the device configuration is missing.`,
      { file: binary },
    );
  }
  return compileDeviceConfig(new TextDecoder().decode(readFile(source, LARGEST)), source);
}

function flagsOf(name: string, { cpu_id: cpu, flags = [] }: Entry): number {
  const cpuId = cpu === undefined ? NO_CPU : cpuIds.indexOf(cpu);
  if (cpuId < 0) throw usage(`${name}: there is no cpu_id "${cpu}".`);
  const bits = flags.map((flag) => {
    const word = flag.toUpperCase();
    if (!Object.hasOwn(flagBits, word)) throw usage(`${name}: there is no flag "${flag}".`);
    const reason = unsupported[word];
    if (reason) throw usage(`${name}: the flag "${flag}" cannot be used: ${reason}.`);
    return flagBits[word];
  });
  const all = bits.reduce((sum, bit) => sum | bit, cpuId);
  if (all & EntryFlag.BOOT && cpuId === NO_CPU) throw usage(`${name}: "boot" needs a cpu_id.`);
  return all;
}

function loadOf(name: string, { loadAddress }: Entry): LoadClaim {
  if (loadAddress === undefined) throw usage(`${name}: "load" needs a loadAddress.`);
  const address = ramInEnclaveView(Number(loadAddress));
  if (address === undefined) {
    throw usage(`${name}: there is no memory at the loadAddress ${loadAddress}.`);
  }
  return { address, nonce: crypto.getRandomValues(new Uint8Array(8)) };
}

/**
 * Returns a version as a number: `1.0.0` as 0x01000000, `0.5.00` as 0x00050000 (alif-isp.md C.7).
 */
function versionNumber(text: string | undefined, name: string): number {
  const parts = text?.split(".").map(Number) ?? [];
  if (!/^\d{1,3}(\.\d{1,3}){0,2}$/.test(text ?? "") || parts.some((part) => part > 255)) {
    throw usage(
      `${name}: ${text === undefined ? "it has" : `"${text}" is`} no version such as 1.0.0.`,
    );
  }
  const [major, minor = 0, patch = 0] = parts;
  return (major << 24 | minor << 16 | patch << 8) >>> 0;
}
