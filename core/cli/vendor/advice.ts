import { advice, type OperatingSystem } from "../../common/advice.ts";
import type { ErrorData, ErrorKind, UnbrickError } from "../../common/errors.ts";
import type { Given } from "./options.ts";

/** A failed command line of another tool. */
export interface FailedLine {
  readonly tool: string;
  /** Undefined: the command line could not be parsed. */
  readonly given?: Given;
  readonly os: OperatingSystem;
}

/** A failure, and what advice about it needs. */
interface Failure extends FailedLine {
  readonly data: ErrorData;
  /** The advice of `restore` and unbrick's other commands. */
  readonly ours: string[];
}

/** What to do about each kind of error: one action a line, the most promising first. */
export type AdviceTable = { readonly [Kind in ErrorKind]?: (failure: Failure) => string[] };

export const watch = "See what arrives on the bus with: unbrick devices --watch";
export const cable = "Check the cable, and use a port of the computer, not a hub.";

/** Returns what to do about an error of another tool's command line, with that tool. */
export function vendorAdvice(
  error: Pick<UnbrickError, "kind" | "data">,
  line: FailedLine,
  table: AdviceTable,
): string[] {
  const { kind, data } = error;
  if (data.place !== undefined || data.foreign === true) return [sureAdvice(line.tool)];
  const advise = isAboutFiles(error) ? common[kind] : table[kind] ?? common[kind];
  return advise({ ...line, data, ours: advice(error, line.os).map(String) });
}

/** Returns how to write a file that does not belong to its place, in each tool's own manner. */
function sureAdvice(tool: string): string {
  return tool === "dfu-util"
    ? "If you are sure that it belongs there, drop the check with :force, as in -s 0x08000000:force"
    : "If you are sure that it belongs there, drop the check with: --allow unchecked-image";
}

/**
 * Returns true if a file or library is missing or a file would be overwritten: the same for every
 * tool.
 */
function isAboutFiles({ kind, data }: Pick<UnbrickError, "kind" | "data">): boolean {
  return kind === "not-found" && [data.path, data.library, data.folder].some((one) => one != null);
}

const common: Required<AdviceTable> = {
  "bug": () => [
    "This is a defect of unbrick, not of your camera. Please report it with the command and this text.",
  ],
  "usage": ({ tool, data, ours }) =>
    data.exists === true ? ours : [`For all options, run: unbrick ${tool} --help`],
  "not-found": ({ ours }) => ours,
  "permission": ({ ours }) => ours,
  "driver": ({ ours }) => ours,
  "busy": () => [
    "Close programs that may hold the camera: OpenMV IDE, the vendor's own tool, another unbrick.",
  ],
  "disconnected": () => [cable],
  "timeout": () => [watch],
  "stalled": () => [cable],
  "protocol": () => [cable],
  "device-status": () => [cable],
  "wrong-board": () => ["Compare the name on the camera with the list of: unbrick boards"],
  "bad-image": ({ data, ours }) =>
    data.simulationOnly === true
      ? ["Give the file of an OpenMV firmware release: this one is made for practice."]
      : data.pinnedKey !== undefined
      ? ours
      : ["Get the file again from where it came; it is damaged or another kind of file."],
  "protected": ({ ours }) => ours,
  "verify-failed": () => [
    "If it differs again with another cable and port, the memory of this camera is worn or damaged.",
  ],
  "consent-needed": () => ["See which devices there are with: unbrick devices"],
  "sensor-missing": ({ ours }) => ours,
  "picture-dark": ({ ours }) => ours,
  "picture-unchanged": ({ ours }) => ours,
  "firmware-silent": ({ ours }) => ours,
  "not-started": ({ ours }) => ours,
  "picture-damaged": ({ ours }) => ours,
  "cancelled": () => ["What was being written may be there in part: begin it again."],
};
