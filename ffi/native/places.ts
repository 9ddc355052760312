import { environmentValue } from "../../core/common/environment.ts";
import { folderPlace } from "./folder_place.ts";
import { memoryPlace } from "./memory_place.ts";
import type { System } from "./mod.ts";
import type { LibraryPlace } from "./place.ts";
import { windowsPlace } from "./windows_place.ts";

/**
 * Returns the places for a library on a system, the safest first (host-systems.md 5.3).
 * @param value of an environment variable, undefined if it is not set
 */
export function libraryPlaces(
  system: System,
  value: (name: string) => string | undefined = environmentValue,
): LibraryPlace[] {
  const home = value("HOME");
  const below = (...names: string[]) => home === undefined ? undefined : [home, ...names].join("/");
  switch (system) {
    case "linux":
      return [
        memoryPlace(),
        ...folders(
          value("XDG_RUNTIME_DIR"),
          value("XDG_CACHE_HOME") ?? below(".cache"),
          value("TMPDIR") ?? "/tmp",
        ),
      ];
    case "darwin":
      return folders(below("Library", "Caches", "unbrick"), value("TMPDIR") ?? "/tmp");
    case "windows":
      return [value("LOCALAPPDATA"), value("TEMP")].filter(isNamed).map(windowsPlace);
  }
}

function folders(...bases: (string | undefined)[]): LibraryPlace[] {
  return bases.filter(isNamed).map(folderPlace);
}

function isNamed(base: string | undefined): base is string {
  return base !== undefined && base !== "";
}
