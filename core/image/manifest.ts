import { z } from "zod";
import { badImage } from "./bad_image.ts";
import type { Image } from "./image.ts";
import { loadImage, refuseOtherAddress } from "./load.ts";
import { sha256 } from "../common/sha256.ts";
import { normalPath, pathDanger } from "./pack_files.ts";
import { Text, text, type Words } from "../common/text.ts";
import { byteCount } from "../common/format.ts";

/** The manifest of a pack: what each file is, and the hash that binds it. */

/** Changes when a reader of the older format could misunderstand a newer file. */
export const manifestSchema = 1;

/** A file of a set, as its manifest lists it. */
export interface ManifestFile<Address = number> {
  /** Folder of a firmware release: `OPENMV4`. */
  folder: string;
  role: string;
  /** Relative to the manifest, with `/`. */
  path: string;
  /** Where it is written; left out for a file that has no address of its own. */
  address?: Address;
  /** Bytes of the file as it stands. */
  size: number;
  /** Of the file as it stands. */
  sha256: string;
  /** Left out: the source does not tell. */
  version?: string;
  /** Where the file came from. */
  source: string;
  licence: string;
  /** Never written to a real device. */
  simulationOnly: boolean;
}

/** What a set of images holds. */
export interface Manifest<Address = number> {
  schema: typeof manifestSchema;
  /** What the set is called: `5.0.0`. */
  name?: string;
  /** Of the firmware: `5.0.0`. Sets are compared by it. */
  version?: string;
  files: ManifestFile<Address>[];
}

/** As it is written in JSON: addresses are text, `0x08000000`. */
export type ManifestJson = Manifest<string>;

/** What a set may be called: a folder is named after it, on any system. */
export const setName: RegExp = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

/** What is shown to people, or compared: it cannot command a terminal. */
const harmless = z.string().min(1).regex(/^\P{Cc}*$/u, { error: text`has control characters`.key });

const manifestFile: z.ZodType<ManifestFile, ManifestFile<string>> = z.strictObject({
  folder: harmless,
  role: harmless,
  path: z.string().refine((path) => pathDanger(path) === undefined && normalPath(path) === path, {
    message: text`is not a safe relative path`.key,
  }),
  address: z.string().regex(/^0x[0-9A-F]{8}$/).transform(Number).optional(),
  size: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  version: harmless.optional(),
  source: harmless,
  licence: harmless,
  simulationOnly: z.boolean(),
});

const manifest: z.ZodType<Manifest, ManifestJson> = z.strictObject({
  schema: z.literal(manifestSchema),
  name: z.string().regex(setName).optional(),
  version: harmless.max(64).optional(),
  files: z.array(manifestFile),
});

/**
 * @param file Name for messages.
 * @throws UnbrickError `bad-image`: no JSON, not this schema, or one role of a board twice.
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
  const result = manifest.safeParse(json);
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
 * Makes an image of a file that the manifest lists.
 *
 * @param source Where the file is, for people.
 * @throws UnbrickError `bad-image` if size or SHA-256 differ (both are named), if the container states
 * another address, and as `loadImage`.
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
