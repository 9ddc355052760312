import { dirname } from "node:path";
import { type OperatingSystem, udevRules } from "../../common/advice.ts";
import { UnbrickError } from "../../common/errors.ts";

/** Where the rules are written, replaced in tests. */
export type WriteRules = (path: string, text: string) => void;

const writeRules: WriteRules = (path, text) => {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
};

/**
 * Writes the udev rules. udev notices new rules by itself; they take effect when a device is plugged in.
 * @returns what was done, for people
 * @throws UnbrickError `usage` on another system than Linux, `permission` without the right
 */
export function installUdevRules(os: OperatingSystem, write: WriteRules = writeRules): string[] {
  if (os !== "linux") throw new UnbrickError("usage", "udev rules exist on Linux only.", { os });
  const { path, text } = udevRules;
  try {
    write(path, `${text.join("\n")}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnbrickError("permission", `${path} cannot be written: ${reason}.`, {
      path,
      superUser: true,
    }, { cause: error });
  }
  return [`Wrote ${path}.`, "Unplug the cameras that are connected and plug them in again."];
}
