import { UnbrickError } from "../../common/errors.ts";
import { duration } from "../../common/format.ts";
import { text } from "../../common/text.ts";
import { jobSupport } from "../../family/board.ts";
import { boardImages } from "../../image/board_images.ts";
import { isFile } from "../../image/files.ts";
import { madeBy } from "../backup/backed_up_job.ts";
import { BackupFolder } from "../backup/backup_folder.ts";
import { boardById, ready } from "../devices/board_names.ts";
import type { Session } from "../session.ts";

/** Saving takes at most this long where the wizard proposes it, milliseconds. */
const SHORT_MS = 120_000;

/**
 * Asks whether the camera is to be saved before it is changed; "yes" comes first if that is quick.
 * @param boardIds the boards that it may be
 * @returns the zip to write; undefined: it is not to be saved, or cannot be
 */
export async function chooseBackup(
  session: Session,
  boardIds: readonly string[],
): Promise<string | undefined> {
  const times = await Promise.all(boardIds.map((id) => savingMs(session, id)));
  if (times.length === 0 || times.includes(undefined)) return undefined;
  const ms = Math.max(...times as number[]);
  const file = newName(boardIds.length === 1 ? boardIds[0] : "camera");
  const yes = { value: file, label: text`Yes, in ${file} (about ${duration(ms)})` };
  const no = {
    value: undefined,
    label: text`No: files on the camera may be lost`,
  };
  const { context: { prompts }, signal } = session;
  return await prompts.select<string | undefined>(
    text`Save what is on the camera before anything is written?`,
    ms < SHORT_MS ? [yes, no] : [no, yes],
    signal,
  );
}

/** Returns the time to read all of a board twice; undefined if its family cannot save it. */
async function savingMs(session: Session, id: string): Promise<number | undefined> {
  const { board, family } = await ready(boardById(id, session.families));
  if (jobSupport(board, "backup") !== true) return undefined;
  const backup = new BackupFolder(undefined, madeBy(session));
  try {
    const { steps } = family.plan("backup", board, boardImages(text`the camera`, []), { backup });
    const weights = steps.filter(({ id }) => id.startsWith("back-up-")).map(({ weight }) => weight);
    return weights.length === 0 ? undefined : weights.reduce((sum, one) => sum + one, 0);
  } catch (error) {
    if (error instanceof UnbrickError) return undefined; // a plugin without this job
    throw error;
  }
}

/** Returns a name that is free in the current folder: `openmv-h7-backup.zip`. */
function newName(board: string): string {
  const name = `${board}-backup`;
  for (let number = 1;; number++) {
    const file = number === 1 ? `${name}.zip` : `${name}-${number}.zip`;
    if (!isFile(file)) return file;
  }
}
