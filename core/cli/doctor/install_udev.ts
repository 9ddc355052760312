import { dirname } from "node:path";
import type { OperatingSystem } from "../../common/advice.ts";
import { udevRules } from "../../common/udev_rules.ts";
import { fileError } from "../../common/file_error.ts";
import { UnbrickError } from "../../common/errors.ts";
import { text, type Words } from "../../common/text.ts";

/** Writes the rules; replaced in tests. */
export type WriteRules = (path: string, content: string) => void;

const writeRules: WriteRules = (path, content) => {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, content);
};

/**
 * Writes the udev rules. udev notices new rules without a restart; they take effect when a device
 * is plugged in.
 * @returns what was done, for people
 * @throws UnbrickError `usage` on systems other than Linux, `permission`, `not-found` if they cannot be
 * written
 */
export function installUdevRules(os: OperatingSystem, write: WriteRules = writeRules): Words[] {
  if (os !== "linux") {
    throw new UnbrickError("usage", text`udev rules exist on Linux only.`, { os });
  }
  const { path, text: lines } = udevRules;
  try {
    write(path, `${lines.join("\n")}\n`);
  } catch (error) {
    const { kind, text: words, data } = fileError(path, "written", error);
    const superUser = error instanceof Deno.errors.PermissionDenied;
    throw new UnbrickError(kind, words, { ...data, ...(superUser && { superUser }) }, {
      cause: error,
    });
  }
  return [
    text`Wrote ${path}.`,
    text`Unplug the connected cameras, then plug them in again.`,
  ];
}
