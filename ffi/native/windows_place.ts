import { builtin } from "../../core/common/builtin.ts";
import { join } from "node:path";
import type { LibraryPlace } from "./place.ts";

/**
 * Returns a folder under `base`, which belongs to this user (Windows). A loaded library cannot be
 * removed there: it stays under a name derived from its bytes, which are compared before each use.
 */
export function windowsPlace(base: string): LibraryPlace {
  const folder = join(base, "unbrick", "lib");
  return {
    name: base,
    load(bytes, fileName, open) {
      Deno.mkdirSync(folder, { recursive: true });
      const name = builtin.crypto.createHash("sha256").update(bytes).digest("hex").slice(0, 16);
      const path = join(folder, `${name}-${fileName}`);
      for (const one of [join(base, "unbrick"), folder]) {
        if (Deno.lstatSync(one).isSymlink) throw new Error(`${one} is a link`);
      }
      if (!isThere(path, bytes)) replace(path, bytes);
      if (!isThere(path, bytes)) throw new Error(`${path} is not what was written`);
      return open(path);
    },
  };
}

/** Returns true for a file, not a link, with these bytes. */
function isThere(path: string, bytes: Uint8Array): boolean {
  try {
    if (!Deno.lstatSync(path).isFile) return false;
    const found = Deno.readFileSync(path);
    return found.length === bytes.length && found.every((byte, at) => byte === bytes[at]);
  } catch {
    return false;
  }
}

function replace(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    Deno.writeFileSync(temporary, bytes, { createNew: true });
    Deno.renameSync(temporary, path);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was never created.
    }
    throw error;
  }
}
