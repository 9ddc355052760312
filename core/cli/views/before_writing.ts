import { byteSize, duration } from "../../common/format.ts";
import type { RunEvent } from "../../plan/events.ts";
import { padded } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { RunState } from "./run_state.ts";
import { distinct, isSame, list, sentences, text, type Words } from "../../common/text.ts";

type AboutToWrite = Extract<RunEvent, { type: "about-to-write" }>;

/**
 * Returns the summary before the first write: the camera, the images, and what is erased and kept.
 */
export function beforeWritingLines(
  { started }: RunState,
  about: AboutToWrite,
  width: number,
): string[] {
  const { identifiedBy, camera, changes, keeps, keptBecause, undecided, irreversible, expectedMs } =
    about;
  const images = started?.images ?? [];
  const isWritten = (name: string) => changes.some(({ image }) => image === name);
  const written = images.filter(({ name }) => isWritten(name)).map(({ name, version, bytes }) =>
    version === undefined
      ? text`${name} (${byteSize(bytes)})`
      : text`${name} ${version} (${byteSize(bytes)})`
  );
  const isOpen = (region: Words) => undecided.some((one) => isSame(one.region, region));
  const erased = changes
    .filter(({ effect, region }) => effect !== "irreversible" && !isOpen(region))
    .map(({ region }) => region);
  const kept = [
    ...keeps.filter((place) => !keptBecause.some(({ region }) => isSame(region, place)))
      .map(describePlace),
    ...keptBecause.map(({ region, reason }) => text`${region} (${reason})`),
    ...undecided.map(({ region }) => text`${region} if it is your own`),
  ];
  return [
    ...rows(text`Camera`, [
      started ? text`${started.board.name}.` : "",
      ...identifiedBy,
      camera ? text`It is on port ${camera.port}: ${camera.title}.` : "",
    ], width),
    ...rows(
      text`Images`,
      written.length > 0 ? [text`${started?.imagesFrom ?? ""}: ${list(written)}.`] : [],
      width,
    ),
    ...rows(text`Erased`, erasedWords(distinct(erased), about), width),
    ...rows(
      text`Kept`,
      [kept.length > 0 ? text`${list(kept)}.` : text`Nothing is guaranteed to be kept.`],
      width,
    ),
    ...backupRows(about, width),
    ...rows(
      text`Permanent`,
      irreversible.length > 0
        ? [text`${list(irreversible)}. unbrick asks again before it does this.`]
        : [text`No permanent changes. Everything can be rewritten.`],
      width,
    ),
    ...rows(
      text`Time`,
      [text`About ${duration(expectedMs)}, plus the steps by hand.`],
      width,
    ),
  ];
}

/** Returns what is erased, and what of it is lost. */
function erasedWords(erased: readonly Words[], { backup }: AboutToWrite): Words[] {
  const saved = backup?.regions.filter(({ state }) => state !== "not-saved") ?? [];
  const lost = erased.filter((one) => !saved.some(({ region }) => isSame(region, one)));
  const what = lost.length === 0
    ? text`The backup has the present contents.`
    : lost.length === erased.length
    ? text`The present contents are lost.`
    : text`Not in the backup, and lost: ${list(lost)}.`;
  return [text`${list(erased)}.`, what];
}

/** Returns what is saved and when, or which files may be lost without a backup. */
function backupRows({ backup, mayLose }: AboutToWrite, width: number): string[] {
  if (!backup) {
    if (mayLose.length === 0) return [];
    const words = text`None: files may be lost. To save them first: --backup FILE.zip`;
    return rows(text`Backup`, [words], width);
  }
  const { file, regions } = backup;
  const places = (state: typeof regions[number]["state"]) =>
    list(regions.filter((one) => one.state === state).map(({ region }) => region));
  const saved = places("saved"), later = places("later");
  return [
    ...rows(text`Saved`, [
      String(saved) === "" ? "" : text`In ${file}: ${saved}.`,
      String(later) === ""
        ? ""
        : text`Later, through the new bootloader and before the firmware runs: ${later}.`,
    ], width),
    ...rows(
      text`Not saved`,
      regions.filter(({ state }) => state === "not-saved").map(({ region, reason }) =>
        text`${region}: ${reason ?? ""}`
      ),
      width,
    ),
  ];
}

function describePlace(place: Words): Words {
  return String(place) === "file system" ? text`the files on the camera` : place;
}

/** Returns a label followed by sentences, aligned. */
function rows(name: Words, parts: readonly Words[], width: number): string[] {
  const said = parts.filter((part) => part !== "");
  return said.length === 0 ? [] : wrap(sentences(...said), width, `  ${padded(say(name), 9)} `);
}
