import { addresses, whereToGet } from "../../common/addresses.ts";
import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { ErrorKind, UnbrickError } from "../../common/errors.ts";
import { text, type Words } from "../../common/text.ts";
import type { Command } from "../arguments/command.ts";

type Failure = Pick<UnbrickError, "kind" | "data">;

/** What can be done about an error of a command; `command` is left out if the line is not understood. */
export function commandAdvice(
  error: Failure,
  os: OperatingSystem,
  command?: Pick<Command, "name" | "common">,
): Words[] {
  if (command === undefined) return advice(error, os);
  const { name, common } = command;
  const own = common.does.includes("simulate")
    ? undefined
    : withoutCamera[error.kind]?.(error, { os, name });
  const data = name === "" ? error.data : { command: name, ...error.data };
  return own ?? advice({ ...error, data }, os);
}

const cable = text`Check the cable, and plug it into the computer, not a hub.`;
const report = text`This is a bug in unbrick, not a fault of your camera. Please report it with the
  command and this text: ${addresses.program}`;
const nothingWritten = text`Nothing was written to a camera. Run the command again when you are
  ready.`;
const inUse = text`Close programs that may be using the camera: OpenMV IDE, a virtual machine,
  another unbrick.`;

const waitForOther = text`Wait until the other program has finished: another unbrick, or a virus
  scanner.`;

/**
 * Commands that only show something, or keep image sets, do not go on where they stopped, and they have
 * no images of a job. Undefined: as for a job.
 */
const withoutCamera: {
  readonly [Kind in ErrorKind]?: (
    error: Failure,
    where: { os: OperatingSystem; name: string },
  ) => Words[] | undefined;
} = {
  "bug": () => [report],
  "usage": ({ data }, { name }) =>
    name === "boards" && data.board !== undefined
      ? [text`Leave out the name to list all boards.`]
      : undefined,
  "busy": ({ data }) => [data.folder === undefined ? inUse : waitForOther],
  "driver": ({ data }, { os }) =>
    data.missing === undefined && data.library === undefined && os === "darwin"
      ? [inUse]
      : undefined,
  "disconnected": () => [cable],
  "timeout": ({ data }) =>
    data.call === undefined && data.silentPort === undefined ? [cable] : undefined,
  "stalled": () => [cable],
  "protocol": () => [cable],
  "device-status": () => [cable],
  "verify-failed": () => [cable],
  "bad-image": ({ data }, { name }) =>
    data.places !== undefined
      ? (["firmware", "openmv-ide", "se-tools"] as const).map(whereToGet)
      : [data.pinnedKey, data.key, data.isFile].every((one) => one === undefined) && name !== "plan"
      ? [text`Get the files again from where they came, or choose others.`]
      : undefined,
  "wrong-board": ({ data }, { name }) =>
    data.job === undefined && data.isStranger === undefined && name !== "plan"
      ? [text`Compare the name on the camera with the list from: unbrick boards`]
      : undefined,
  "cancelled": () => [nothingWritten],
};
