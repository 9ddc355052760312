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
  return isKind(error, "consent-needed") ? [] : advice(error, os);
}
