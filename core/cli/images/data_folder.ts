import { join } from "node:path";
import type { OperatingSystem } from "../../common/advice.ts";

/**
 * Returns the folder for the user's own image sets: XDG Base Directory Specification on Linux,
 * Known Folders on Windows, the File System Programming Guide on macOS. Undefined if the
 * environment names no home folder.
 *
 * @param variable returns an environment variable
 */
export function dataFolder(
  os: OperatingSystem,
  variable: (name: string) => string | undefined,
): string | undefined {
  const below = (name: string, ...parts: string[]) => {
    const base = variable(name);
    return base ? join(base, ...parts) : undefined;
  };
  switch (os) {
    case "windows":
      return below("LOCALAPPDATA", "unbrick") ??
        below("USERPROFILE", "AppData", "Local", "unbrick");
    case "darwin":
      return below("HOME", "Library", "Application Support", "unbrick");
    case "linux":
      return below("XDG_DATA_HOME", "unbrick") ?? below("HOME", ".local", "share", "unbrick");
  }
}
