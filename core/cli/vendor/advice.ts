import { advice, type OperatingSystem } from "../../common/advice.ts";
import { isKind, type UnbrickError } from "../../common/errors.ts";
import type { Given } from "./options.ts";

/** A command line of another tool that failed. */
export interface VendorLine {
  readonly tool: string;
  /** Left out: the line could not be taken apart. */
  readonly given?: Given;
  readonly os: OperatingSystem;
}

/** What can be done about an error under the command line of another tool. */
export function vendorAdvice(error: UnbrickError, { tool, os }: VendorLine): string[] {
  if (error.kind === "usage") return [`For all options, run: unbrick ${tool} --help`];
  if (error.data.place !== undefined || error.data.foreign === true) return [sureAdvice(tool)];
  return isKind(error, "consent-needed") ? [] : advice(error, os);
}

/** A file that is not what belongs to its place: the way around, in each tool's own manner. */
function sureAdvice(tool: string): string {
  return tool === "dfu-util"
    ? "If you are sure that it belongs there, drop the check with :force, as in -s 0x08000000:force"
    : "If you are sure that it belongs there, drop the check with: --allow unchecked-image";
}
