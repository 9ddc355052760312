import { fileURLToPath } from "node:url";
import { ensureProgram } from "../../tools/apt.ts";
import { exists } from "../../tools/files.ts";
import { run } from "../../tools/run.ts";
import { cacheFolder } from "../../tools/targets.ts";
import { type Outcome, start, type StartOptions } from "../executables/launcher.ts";

/**
 * A Debian 13 system in .cache/, because Debian 12's Wine is too old for Deno (platform.md 5). It
 * needs root, and takes about two minutes to make, once.
 */
const root = new URL("windows/trixie/", cacheFolder);
/** A file outside the system that exists only when the system is complete. */
const complete = new URL("windows/complete", cacheFolder);

/** The environment of programs inside. WINEDEBUG=-all hides Wine's own messages. */
export const environment = {
  PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/root",
  XDG_RUNTIME_DIR: "/tmp",
  WINEDEBUG: "-all",
};

/** Returns the path on this machine of a file inside. */
export function outside(path: string): string {
  return fileURLToPath(root) + path.replace(/^\//, "");
}

/**
 * Makes the system with Wine if it does not exist.
 * @throws MissingProgram, or Error if not root
 */
export async function ensureChroot(): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    throw new Error(
      "the Windows executable is tried on Linux, as root: a Debian with Wine is needed",
    );
  }
  if (await exists(complete)) return;
  await ensureProgram("debootstrap", "debootstrap");
  await Deno.remove(new URL(".", complete), { recursive: true }).catch(() => {}); // it does not exist the first time
  await Deno.mkdir(new URL(".", complete), { recursive: true });
  console.log("making a Debian 13 with Wine in .cache/windows, once; about two minutes");
  // In its own mount namespace, so that no mount remains on this machine.
  const debootstrap = ["debootstrap", "--variant=minbase", "trixie", fileURLToPath(root)];
  await run("unshare", ["--mount", ...debootstrap]);
  await inChroot(["apt-get", "update", "-q"]);
  const options = ["-q", "-y", "--no-install-recommends"];
  await inChroot(["apt-get", "install", ...options, "wine", "wine64"], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
    deadlineMs: 600_000,
  });
  await wine(["wineboot", "--init"], { deadlineMs: 300_000 });
  await Deno.writeTextFile(complete, "");
}

/**
 * Runs a program of the system inside.
 * @throws Error if it fails
 */
async function inChroot(line: readonly string[], options: StartOptions = {}): Promise<void> {
  const { code, stdout, stderr } = await enter(line, options);
  if (code !== 0) throw new Error(`${line.join(" ")} failed inside:\n${stdout}${stderr}`);
}

/** Starts a Windows program. */
export function wine(line: readonly string[], options: StartOptions = {}): Promise<Outcome> {
  return enter(["wine", ...line], options);
}

/** Runs a program of the system inside and ignores a failure. */
export async function enter(line: readonly string[], options: StartOptions = {}): Promise<Outcome> {
  return await start(entering(line), { ...options, env: { ...environment, ...options.env } });
}

/** Returns the command line that runs another one inside; it needs `environment`. */
export function entering(line: readonly string[]): string[] {
  const script = 'cd "$0"; mount -t proc proc proc; mount --rbind /dev dev; exec chroot . "$@"';
  const command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script];
  return [...command, fileURLToPath(root), ...line];
}
