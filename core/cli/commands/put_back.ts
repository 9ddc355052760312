import { basename } from "node:path";
import type { Board } from "../../family/board.ts";
import { UnbrickError } from "../../common/errors.ts";
import { hintAt } from "../../common/nearest.ts";
import { text } from "../../common/text.ts";
import type { Mode } from "../../device/detected_device.ts";
import { type Backup, decodeBackup } from "../../image/backup.ts";
import { boardImages } from "../../image/board_images.ts";
import { readFile } from "../../image/files.ts";
import { loadImage } from "../../image/load.ts";
import { boardById, boardByName } from "../devices/board_names.ts";
import type { Session } from "../session.ts";
import { type JobRequest, runJob } from "./job.ts";

/** Larger than any backup, bytes. Our choice. */
const LARGEST = 0x1000_0000;

export async function writeBackup(
  session: Session,
  { words, only, noCheck }: {
    readonly words: readonly string[];
    readonly only: readonly string[];
    readonly noCheck: boolean;
  },
): Promise<number> {
  const file = words.at(-1)!, name = words.slice(0, -1).join(" ");
  const named = name === "" ? undefined : boardByName(name, session.families).board;
  const request = putBackRequest(session, { file, only, named });
  const { error } = await runJob(session, { ...request, check: !noCheck });
  return error?.exitCode ?? 0;
}

/** @throws UnbrickError `not-found`, `permission`, `bad-image`, `wrong-board`, `usage` */
export function putBackRequest(
  session: Session,
  { file, only, named }: {
    readonly file: string;
    /** Names of the regions to write; empty: all. */
    readonly only: readonly string[];
    /** The board whose backup it must be. */
    readonly named?: Board;
  },
): JobRequest {
  const backup = decodeBackup(readFile(file, LARGEST), basename(file));
  if (named && named.id !== backup.board.id) {
    throw new UnbrickError(
      "wrong-board",
      text`${file} is a backup of another board: ${backup.board.name}, not ${named.name}.`,
      { board: named.id, found: backup.board.id },
    );
  }
  refuseSimulated(session, backup, file);
  const { board } = boardById(backup.board.id, session.families);
  const regions = wanted(backup, only);
  const images = regions.map(({ name, bytes }) =>
    loadImage(bytes, { role: name, name: `${name}.bin`, source: file })
  );
  return {
    job: "put-back",
    board: board.id,
    images: boardImages(text`the backup ${file}`, images),
    putBack: {
      regions,
      camera: backup.camera.map((one) => ({ ...one, mode: one.mode as Mode })),
      isNamed: only.length > 0,
    },
    origin: { putBack: file, only },
  };
}

/** What a simulated camera held is not for a real one. */
function refuseSimulated({ options }: Session, { simulated }: Backup, file: string): void {
  if (!simulated || options.simulate) return;
  throw new UnbrickError(
    "bad-image",
    text`${file} is a backup of a simulated camera; unbrick never writes it to a real one.`,
    { file },
  );
}

/** @throws UnbrickError `usage` for a region that the backup does not have */
function wanted({ regions, missing }: Backup, only: readonly string[]): Backup["regions"] {
  const names = regions.map(({ name }) => name);
  for (const name of only) {
    if (names.includes(name)) continue;
    const reason = missing.find((one) => one.name === name)?.reason;
    throw new UnbrickError(
      "usage",
      reason === undefined
        ? text`The backup has no region "${name}". ${hintAt(name, names)}`
        : text`The backup does not contain ${name}: ${reason}`,
      { region: name },
    );
  }
  return only.length === 0 ? regions : regions.filter(({ name }) => only.includes(name));
}
