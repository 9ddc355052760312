import { hostname } from "node:os";
import { builtin } from "../../common/builtin.ts";
import type { RunOrigin } from "../../plan/report.ts";

/** Bytes that are read at once. */
const CHUNK = 1 << 20;

/**
 * Returns where a run happens. The hash is that of the executable; when unbrick runs from its source
 * code, there is none.
 */
export function runOrigin(): RunOrigin {
  const host = hostname();
  return Deno.build.standalone ? { host, sha256: hashOf(Deno.execPath()) } : { host };
}

/** Reads a file piece by piece, because an executable has more than 100 MB. */
function hashOf(path: string): string {
  const hash = builtin.crypto.createHash("sha256");
  const chunk = new Uint8Array(CHUNK);
  using file = Deno.openSync(path);
  for (let count; (count = file.readSync(chunk)) !== null;) hash.update(chunk.subarray(0, count));
  return hash.digest("hex");
}
