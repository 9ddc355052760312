import { cacheFolder } from "../../tools/targets.ts";
import type { Outcome, StartOptions } from "../executables/launcher.ts";
import { DebianChroot } from "../support/debian_chroot.ts";

/** The environment of programs inside. WINEDEBUG=-all hides Wine's own messages. */
export const environment = {
  PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/root",
  XDG_RUNTIME_DIR: "/tmp",
  WINEDEBUG: "-all",
};

/** A Debian 13 with Wine, because Debian 12's Wine is too old for Deno (platform.md 5). */
export const wineSystem = new DebianChroot(
  new URL("windows/", cacheFolder),
  ["wine", "wine64"],
  environment,
);

/**
 * Makes the system with Wine if it does not exist.
 * @throws MissingProgram, or Error if not root
 */
export async function ensureWine(): Promise<void> {
  await wineSystem.ensure(() => wine(["wineboot", "--init"], { deadlineMs: 300_000 }));
}

/** Starts a Windows program. */
export function wine(line: readonly string[], options: StartOptions = {}): Promise<Outcome> {
  return wineSystem.enter(["wine", ...line], options);
}
