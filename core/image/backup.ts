import * as z from "./schema.ts";
import { hex } from "../common/format.ts";
import { text, type Words } from "../common/text.ts";
import { badImage } from "./bad_image.ts";
import { inMemory } from "./byte_source.ts";
import { sha256 } from "../common/sha256.ts";
import type { MemoryPart } from "./memory_part.ts";
import { zipFiles } from "./zip.ts";
import { makeZip } from "./zip_writer.ts";

/** A backup: a zip with one file for each region of a camera, and a manifest that binds them. */

/** Changes when a reader of the older format could misunderstand a newer file. */
const schema = 1;
const manifestName = "unbrick-backup.json";

/** A region of a camera. */
export interface Region {
  /** `firmware`, as `read --region` has it. */
  readonly name: string;
  /** The memory that it is in: `flash`, `qspi`. */
  readonly memory: string;
  readonly address: number;
  /** Bytes. */
  readonly size: number;
}

/** A region that was read. */
export interface SavedRegion extends Region, MemoryPart {}

/** A region that could not be read, and why. */
export interface MissingRegion extends Region {
  readonly reason: Words;
}

/** An id that the camera showed while it was read. */
export interface CameraId {
  readonly id: string;
  /** The mode that it was in: `bootloader`. */
  readonly mode: string;
  /** Of the USB device; left out for what a protocol told. */
  readonly productId?: number;
}

export interface Backup {
  readonly board: { readonly id: string; readonly name: string };
  /** Of a simulated camera. */
  readonly simulated: boolean;
  /** Version of the program that made it. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly camera: readonly CameraId[];
  readonly regions: readonly SavedRegion[];
  readonly missing: readonly MissingRegion[];
}

const name = z.string().check(z.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/));
const harmless = z.string().check(z.maxLength(1000), z.regex(/^\P{Cc}*$/u));
const region = {
  name,
  memory: name,
  address: z.string().check(z.regex(/^0x[0-9A-F]{8}$/)),
  size: z.int().check(z.positive()),
};
const Manifest = z.strictObject({
  type: z.literal("unbrick-backup"),
  schema: z.literal(schema),
  board: z.strictObject({ id: harmless, name: harmless }),
  simulated: z.boolean(),
  version: harmless,
  madeAt: harmless,
  camera: z.array(
    z.strictObject({ id: harmless, mode: harmless, productId: z.optional(z.int()) }),
  ),
  regions: z.array(
    z.strictObject({ ...region, sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }),
  ),
  missing: z.array(z.strictObject({ ...region, reason: harmless })),
});

/** Makes the zip of a backup. */
export function encodeBackup(backup: Backup): Uint8Array {
  const { regions, missing, ...rest } = backup;
  const place = ({ name, memory, address, size }: Region) => ({
    name,
    memory,
    address: hex(address),
    size,
  });
  const manifest: z.input<typeof Manifest> = {
    type: "unbrick-backup",
    schema,
    ...rest,
    camera: [...rest.camera],
    regions: regions.map((one) => ({ ...place(one), sha256: sha256(one.bytes) })),
    missing: missing.map((one) => ({ ...place(one), reason: String(one.reason) })),
  };
  return makeZip(
    new Map([
      [manifestName, new TextEncoder().encode(JSON.stringify(manifest, undefined, 2) + "\n")],
      ...regions.map(({ name, bytes }) => [fileOf(name), bytes] as const),
    ]),
  );
}

/**
 * Reads a backup whole.
 * @param file its name, for messages
 * @throws UnbrickError `bad-image` if it is cut off, damaged, changed, or no backup
 */
export function decodeBackup(bytes: Uint8Array, file: string): Backup {
  const zip = zipFiles(inMemory(bytes), file, file, { maximumRatio: DEFLATE_RATIO });
  if (!zip.paths.includes(manifestName)) {
    throw badImage(file, text`it is not a backup: it has no ${manifestName}`);
  }
  const manifest = parse(zip.read(manifestName), file);
  const { board, simulated, version, madeAt, camera, missing } = manifest;
  const total = manifest.regions.reduce((sum, { size }) => sum + size, 0);
  if (total > LARGEST) throw badImage(file, text`it states more memory than any camera has`);
  const expected = [manifestName, ...manifest.regions.map(({ name }) => fileOf(name))];
  if (new Set(expected).size !== expected.length || expected.length !== zip.paths.length) {
    throw badImage(file, text`its files are not those that its manifest lists`);
  }
  const regions = manifest.regions.map((one) => {
    const { sha256: expected, ...place } = one;
    const path = fileOf(one.name), content = zip.read(path);
    if (content.length !== one.size || sha256(content) !== expected) {
      throw badImage(file, text`it is not what the manifest says`, { entry: path });
    }
    return { ...place, address: Number(one.address), bytes: content };
  });
  return {
    board,
    simulated,
    version,
    madeAt,
    camera,
    regions,
    missing: missing.map((one) => ({ ...one, address: Number(one.address) })),
  };
}

/** More than all memories of a camera, bytes. Our choice. */
const LARGEST = 0x800_0000;

/** More than blank flash can be packed with (its packed size times 1032, RFC 1951). */
const DEFLATE_RATIO = 1100;

function fileOf(name: string): string {
  return `${name}.bin`;
}

function parse(bytes: Uint8Array, file: string): z.output<typeof Manifest> {
  try {
    return Manifest.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw badImage(file, text`its manifest is not one that this version of unbrick understands`, {
      entry: manifestName,
    });
  }
}
