import { builtExecutable } from "../executables/built.ts";
import { commonCases } from "../executables/common_cases.ts";
import type { Launcher } from "../executables/launcher.ts";
import { runCases } from "../executables/run_cases.ts";
import { windowsPath } from "./paths.ts";
import { windowsCases } from "./cases.ts";
import { ensureWine, wine, wineSystem } from "./chroot.ts";
import { serialCases } from "./serial_cases.ts";
import { wizardCase } from "./wizard_case.ts";

/**
 * `deno task windows [--only=PATTERN] [--built]`: builds the Windows executable and runs it under Wine 10,
 * on Linux, as root.
 */

const FOLDER = "/try", EXECUTABLE = `${FOLDER}/unbrick.exe`;
/** The %LOCALAPPDATA% of Wine's user, as a path on this machine. */
const LOCAL_DATA = "/root/.wine/drive_c/users/root/AppData/Local";

await ensureWine();
const executable = await builtExecutable("windows-x64");
for (const folder of [FOLDER, `${LOCAL_DATA}/unbrick`]) {
  await Deno.remove(wineSystem.outside(folder), { recursive: true }).catch(() => {}); // it does not exist the first time
}
await Deno.mkdir(wineSystem.outside(FOLDER));
await Deno.copyFile(executable, wineSystem.outside(EXECUTABLE));
const version = (await wine(["--version"])).stdout.trim();
const launcher: Launcher = {
  title: `windows-x64, ${version}`,
  folder: wineSystem.outside(FOLDER),
  inside: (name) => windowsPath(`${FOLDER}/${name}`),
  imageStore: "C:\\users\\root\\AppData\\Local\\unbrick\\images",
  run: (...args) => wine([EXECUTABLE, ...args]),
};
const cases = [...commonCases, ...windowsCases(EXECUTABLE), wizardCase(EXECUTABLE)]
  .concat(serialCases);
Deno.exit(await runCases(cases, launcher));
