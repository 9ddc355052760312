import { basename } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import { readFile } from "../../image/files.ts";
import { simulationOnly } from "../../common/simulation_only.ts";
import { hasSimulationMark } from "../../image/simulation_mark.ts";
import type { Context } from "../context.ts";
import { refuseUnsignedFile } from "../images/signed_files.ts";

/** Largest file in bytes, more than any memory that a vendor's tool writes. Chosen by unbrick. */
const LARGEST_FILE = 0x1000_0000;

/**
 * Reads a file that a vendor's command line sends to a device, before searching for a device.
 * @throws UnbrickError `not-found`; `bad-image` for an empty file, a simulation-only one and, if a
 * key is pinned, one that no signed set lists
 */
export function readPayload(path: string, context: Context): Uint8Array {
  return checkedPayload(readFile(path, LARGEST_FILE), basename(path), context);
}

/** Like `readPayload`, for bytes from another source. */
export function checkedPayload(bytes: Uint8Array, name: string, context: Context): Uint8Array {
  refuseUnsignedFile(context, bytes, name);
  if (bytes.length === 0) throw new UnbrickError("bad-image", `${name} is empty.`, { file: name });
  if (hasSimulationMark(bytes)) throw simulationOnly([{ name }]);
  return bytes;
}
