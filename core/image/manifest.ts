import * as z from "./schema.ts";
import { badImage } from "./bad_image.ts";
import type { Image } from "./image.ts";
import { loadImage, refuseOtherAddress } from "./load.ts";
import { sha256 } from "../common/sha256.ts";
import { normalPath, pathDanger } from "./pack_files.ts";
import { Text, text, type Words } from "../common/text.ts";
import { byteCount } from "../common/format.ts";

/** The manifest of a pack: the purpose and the hash of each file. */

/** Version of the format; it changes when older readers could misunderstand a newer file. */
export const manifestSchema = 1;

/** A file of a set, as its manifest lists it. */
export interface ManifestFile<Address = number> {
  /** Folder of a firmware release: `OPENMV4`. */
  folder: string;
  role: string;
  /** Relative to the manifest, with `/`. */
  path: string;
  /** Target address; undefined for a file without one. */
  address?: Address;
  /** Bytes of the original file. */
  size: number;
  /** SHA-256 of the original file. */
  sha256: string;
  /** Undefined if the source does not contain it. */
  version?: string;
  /** Where the file came from. */
  source: string;
  licence: string;
  /** Never written to a real device. */
  simulationOnly: boolean;
}

/** The content of a set of images. */
export interface Manifest<Address = number> {
  schema: typeof manifestSchema;
  /** Name of the set: `5.0.0`. */
  name?: string;
  /** Firmware version, by which sets are compared: `5.0.0`. */
  version?: string;
  files: ManifestFile<Address>[];
}

/** A manifest in JSON: addresses are text, `0x08000000`. */
export type ManifestJson = Manifest<string>;

/** Allowed names of a set: its folder has this name on any system. */
export const setName: RegExp = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

/** Returns what a manifest must be. Only a program that reads one needs the time to make this. */
function manifestRules(): z.ZodMiniType<Manifest, ManifestJson> {
  // Text that is shown or compared must not control a terminal.
  const harmless = z.string().check(
    z.minLength(1),
    z.regex(/^\P{Cc}*$/u, { error: text`has control characters`.key }),
  );

  const manifestFile: z.ZodMiniType<ManifestFile, ManifestFile<string>> = z.strictObject({
    folder: harmless,
    role: harmless,
    path: z.string().check(
      z.refine((path) => pathDanger(path) === undefined && normalPath(path) === path, {
        error: text`is not a safe relative path`.key,
      }),
    ),
    address: z.optional(
      z.pipe(z.string().check(z.regex(/^0x[0-9A-F]{8}$/)), z.transform(Number)),
    ),
    size: z.int().check(z.positive()),
    sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    version: z.optional(harmless),
    source: harmless,
    licence: harmless,
    simulationOnly: z.boolean(),
  });

  return z.strictObject({
    schema: z.literal(manifestSchema),
    name: z.optional(z.string().check(z.regex(setName))),
    version: z.optional(harmless.check(z.maxLength(64))),
    files: z.array(manifestFile),
  });
}

/**
 * @param file Name for messages.
 * @throws UnbrickError `bad-image`: not JSON, not this schema, or one role of a board twice.
 */
export function parseManifest(bytes: Uint8Array, file: Words): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw badImage(
      file,
      text`it is not JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  const result = manifestRules().safeParse(json);
  if (!result.success) {
    const { path, message } = result.error.issues[0];
    throw badImage(file, text`${path.join(".") || text`the manifest`}: ${new Text(message)}`);
  }
  const seen = new Set<string>();
  for (const { folder, role } of result.data.files) {
    const key = `${folder} ${role}`;
    if (seen.has(key)) throw badImage(file, text`it lists two files for ${folder}, ${role}`);
    seen.add(key);
  }
  return result.data;
}

/**
 * Reads a manifest inside this program, which the build has read with `parseManifest`. Checking it
 * again at each run would take a tenth of the time in which a restore begins.
 */
export function trustedManifest(bytes: Uint8Array): Manifest {
  const { files, ...about }: ManifestJson = JSON.parse(new TextDecoder().decode(bytes));
  return {
    ...about,
    files: files.map(({ address, ...file }) =>
      address === undefined ? file : { ...file, address: Number(address) }
    ),
  };
}

/**
 * Makes an image from a file that the manifest lists.
 *
 * @param source Where the file is, for people.
 * @throws UnbrickError `bad-image` if size or SHA-256 differ (with both values), or the container
 * states another address; others as `loadImage`.
 */
export function loadListedImage(bytes: Uint8Array, listed: ManifestFile, source: string): Image {
  const { role, path, version, simulationOnly } = listed;
  if (bytes.length !== listed.size) {
    throw badImage(
      path,
      text`it has ${byteCount(bytes.length)}, but its manifest says ${listed.size}`,
      { offset: Math.min(bytes.length, listed.size) },
      { size: bytes.length, expectedSize: listed.size },
    );
  }
  const computed = sha256(bytes);
  if (computed !== listed.sha256) {
    throw badImage(
      path,
      text`its SHA-256 is ${computed}, but its manifest says ${listed.sha256}`,
      {},
      { sha256: computed, expectedSha256: listed.sha256 },
    );
  }
  const name = path.slice(path.lastIndexOf("/") + 1);
  const image = loadImage(bytes, {
    role,
    name,
    source,
    simulationOnly,
    ...(version !== undefined && { version }),
  });
  if (listed.address === undefined) return image;
  refuseOtherAddress(image, listed.address);
  return { ...image, address: listed.address };
}
