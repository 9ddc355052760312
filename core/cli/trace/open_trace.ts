import { builtin } from "../../common/builtin.ts";
import { inMemory } from "../../image/byte_source.ts";
import { zipFiles } from "../../image/zip.ts";
import { badImage } from "../../image/bad_image.ts";
import { text } from "../../common/text.ts";
import { fileError } from "../../common/file_error.ts";
import { TRACE_NAME } from "./export_run.ts";
import { readTrace, type TraceEntry } from "../../trace/read_trace.ts";

/** Largest trace that is unpacked, bytes. */
const MOST_BYTES = 2 ** 29;

/** Reads a trace file, also one that gzip packed, and the zip of `runs export`. @throws UnbrickError `not-found`, `permission`, `bad-image` */
export function openTrace(path: string): TraceEntry[] {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    throw fileError(path, "read", error);
  }
  if (isZip(bytes)) {
    const inside = zipFiles(inMemory(bytes), path).read(TRACE_NAME, MOST_BYTES);
    return readTrace(inside, path);
  }
  return readTrace(isGzip(bytes) ? unpacked(bytes, path) : bytes, path);
}

const isZip = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;
const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

function unpacked(bytes: Uint8Array, path: string): Uint8Array {
  try {
    return builtin.zlib.gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    throw badImage(
      path,
      text`it cannot be unpacked: ${error instanceof Error ? error.message : ""}`,
    );
  }
}
