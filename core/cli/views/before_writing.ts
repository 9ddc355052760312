import { byteSize, duration } from "../../common/format.ts";
import type { RunEvent } from "../../plan/events.ts";
import { padded } from "../terminal/columns.ts";
import { say } from "../language/say.ts";
import { wrap } from "../terminal/layout.ts";
import type { RunState } from "./run_state.ts";

type AboutToWrite = Extract<RunEvent, { type: "about-to-write" }>;

/** The one summary before the first write: which camera, what goes in, what is lost, what stays. */
export function beforeWritingLines(
  { started }: RunState,
  { identifiedBy, camera, changes, keeps, irreversible, expectedMs }: AboutToWrite,
  width: number,
): string[] {
  const images = started?.images ?? [];
  const isWritten = (name: string) => changes.some(({ image }) => image === name);
  const written = images.filter(({ name }) => isWritten(name)).map(({ name, version, bytes }) =>
    [name, version, `(${byteSize(bytes)})`].filter(Boolean).join(" ")
  );
  const erased = changes.filter(({ effect }) => effect !== "irreversible")
    .map(({ region }) => region);
  return [
    ...rows("Camera", [
      started ? `${started.board.name}.` : "",
      ...identifiedBy,
      camera ? `It is on port ${camera.port}: ${camera.title}.` : "",
    ], width),
    ...rows(
      "Images",
      written.length > 0 ? [`${started?.imagesFrom}: ${written.join(", ")}.`] : [],
      width,
    ),
    ...rows("Erased", [`${[...new Set(erased)].join(", ")}: what is there now is lost.`], width),
    ...rows(
      "Kept",
      [keeps.length > 0 ? `${keeps.map(inWords).join(", ")}.` : "Nothing is certain to stay."],
      width,
    ),
    ...rows(
      "For ever",
      irreversible.length > 0
        ? [`${irreversible.join(", ")}: asked for again before it is done.`]
        : ["Nothing: all of it can be written again."],
      width,
    ),
    ...rows("Time", [`About ${duration(expectedMs)}, and the time that hands need.`], width),
  ];
}

function inWords(place: string): string {
  return place === "file system" ? "the files on the camera" : place;
}

/** A name in front, the sentences behind it, aligned. */
function rows(name: string, sentences: readonly string[], width: number): string[] {
  const text = sentences.filter(Boolean).join(" ");
  return text === "" ? [] : wrap(text, width, `  ${padded(say(name), 9)} `);
}
