import * as z from "../../image/schema.ts";
import type { Mode } from "../../device/detected_device.ts";
import { badImage } from "../../image/bad_image.ts";
import { text } from "../../common/text.ts";
import type { BackupDisk } from "./disk.ts";

/** The note beside a backup while its run goes on: whether that run has begun to write. */

const NOTE = "run.json";
const Note = z.object({
  at: z.string(),
  board: z.string(),
  simulated: z.boolean(),
  /** The run began to write to the camera, so that what it saved is final. */
  isWriting: z.boolean(),
  camera: z.array(z.object({ id: z.string(), mode: z.string(), productId: z.optional(z.int()) })),
  /** The regions in the folder, read twice. */
  saved: z.array(
    z.object({
      name: z.string(),
      memory: z.string(),
      address: z.number(),
      size: z.number(),
      sha256: z.string(),
    }),
  ),
});

export type RunNote = z.output<typeof Note>;

/**
 * Returns the note of an earlier run; undefined if there is none.
 * @param name of the backup, for the message
 * @throws UnbrickError `bad-image` if it is damaged
 */
export function readNote(disk: BackupDisk, name: string): RunNote | undefined {
  const bytes = disk.part(NOTE);
  if (!bytes) return undefined;
  try {
    return Note.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw badImage(`${name}.part`, text`its ${NOTE} is damaged`);
  }
}

export function writeNote(disk: BackupDisk, note: RunNote): void {
  disk.putPart(NOTE, new TextEncoder().encode(JSON.stringify(note, undefined, 2) + "\n"));
}

/** Returns the ids as the program uses them. */
export const idsOf = ({ camera }: RunNote) =>
  camera.map((one) => ({ ...one, mode: one.mode as Mode }));
