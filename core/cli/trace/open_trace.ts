import { fileError } from "../../common/file_error.ts";
import { readTrace, type TraceEntry } from "../../trace/read_trace.ts";

/** Reads a trace file. @throws UnbrickError `not-found`, `permission`, `bad-image` */
export function openTrace(path: string): TraceEntry[] {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    throw fileError(path, "read", error);
  }
  return readTrace(bytes, path);
}
