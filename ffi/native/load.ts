import { UnbrickError } from "../../core/common/errors.ts";
import { hostSystem } from "./mod.ts";
import type { LibraryPlace } from "./place.ts";
import { libraryPlaces } from "./places.ts";
import { list, type Text, text, type Words } from "../../core/common/text.ts";

/** An open library, and where it was loaded from. */
export interface Loaded<S extends Deno.ForeignLibraryInterface> {
  readonly library: Deno.DynamicLibrary<S>;
  /** `memory` or a folder; undefined: from the named file. */
  readonly place?: string;
}

/**
 * Opens a shared library. One inside the executable is first put where the system can load it and no
 * other user can change it.
 * @throws UnbrickError `not-found` if there is no such file, `driver` if it does not have these
 * functions, `permission` if the system refuses to load it from every place.
 */
export function loadLibrary<S extends Deno.ForeignLibraryInterface>(
  file: string | URL,
  symbols: S,
): Loaded<S> {
  const shown = file instanceof URL ? file.pathname.split("/").at(-1)! : file;
  try {
    Deno.statSync(file);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new UnbrickError("not-found", text`There is no library ${shown}.`, { file: shown }, {
      cause,
    });
  }
  if (file instanceof URL && Deno.build.standalone) {
    const places = libraryPlaces(hostSystem());
    return loadBytes(shown, Deno.readFileSync(file), symbols, places);
  }
  try {
    return { library: Deno.dlopen(file, symbols) };
  } catch (cause) {
    const message = text`${shown} cannot be used as a library: ${(cause as Error).message}`;
    throw new UnbrickError("driver", message, { file: shown, library: shown }, { cause });
  }
}

/**
 * Opens a library that is not a file yet, from the first place that permits it.
 * @throws UnbrickError `permission` that names each place and the reason there.
 */
export function loadBytes<S extends Deno.ForeignLibraryInterface>(
  fileName: string,
  bytes: Uint8Array<ArrayBuffer>,
  symbols: S,
  places: readonly LibraryPlace[],
): Loaded<S> {
  const refusals: Text[] = [];
  for (const place of places) {
    try {
      const library = place.load(bytes, fileName, (path) => Deno.dlopen(path, symbols));
      return { library, place: place.name };
    } catch (error) {
      refusals.push(text`from ${place.name} (${reason(error)})`);
    }
  }
  const where = refusals.length > 0 ? list(refusals) : text`from anywhere (no folder is known)`;
  throw new UnbrickError(
    "permission",
    text`The system does not let unbrick load its library ${fileName} ${where}.`,
    { library: fileName, places: places.map(({ name }) => name) },
  );
}

/** Returns a message of the system without paths and numbers. */
function reason(error: unknown): Words {
  const said = error instanceof Error ? error.message : String(error);
  if (/failed to map segment|not permitted|blocked/i.test(said)) {
    return text`programs are not
    allowed to run there`;
  }
  return /^(.*) \(os error \d+\)/.exec(said)?.[1] ?? said;
}
