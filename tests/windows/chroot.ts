import { fileURLToPath } from "node:url";
import { ensureProgram } from "../../tools/apt.ts";
import { exists } from "../../tools/files.ts";
import { run } from "../../tools/run.ts";
import { cacheFolder } from "../../tools/targets.ts";
import { type Outcome, start, type StartOptions } from "../executables/launcher.ts";

/**
 * A Debian 13 in .cache/, because Debian 12's Wine is too old for Deno (platform.md 5). Needs root, and
 * is made once, in about two minutes.
 */
const root = new URL("windows/trixie/", cacheFolder);
/** Stands outside the system: only a complete one has it. */
const complete = new URL("windows/complete", cacheFolder);

/** What programs inside get to know of the world. WINEDEBUG=-all: Wine's own complaints are left out. */
export const environment = {
  PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/root",
  XDG_RUNTIME_DIR: "/tmp",
  WINEDEBUG: "-all",
};

/** Path of a file inside, on this machine. */
export function outside(path: string): string {
  return fileURLToPath(root) + path.replace(/^\//, "");
}

/** Makes the system with Wine, if it is not there. @throws MissingProgram, or Error if not root. */
export async function ensureChroot(): Promise<void> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    throw new Error(
      "the Windows executable is tried on Linux, as root: a Debian with Wine is needed",
    );
  }
  if (await exists(complete)) return;
  await ensureProgram("debootstrap", "debootstrap");
  await Deno.remove(new URL(".", complete), { recursive: true }).catch(() => {}); // not there at first
  await Deno.mkdir(new URL(".", complete), { recursive: true });
  console.log("making a Debian 13 with Wine in .cache/windows, once; about two minutes");
  // In a mount namespace of its own nothing of it stays mounted on this machine.
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

/** Runs a program of the system inside. @throws Error if it fails. */
async function inChroot(line: readonly string[], options: StartOptions = {}): Promise<void> {
  const { code, stdout, stderr } = await enter(line, options);
  if (code !== 0) throw new Error(`${line.join(" ")} failed inside:\n${stdout}${stderr}`);
}

/** Starts a Windows program. */
export function wine(line: readonly string[], options: StartOptions = {}): Promise<Outcome> {
  return enter(["wine", ...line], options);
}

/** Runs a program of the system inside, whatever comes of it. */
export async function enter(line: readonly string[], options: StartOptions = {}): Promise<Outcome> {
  return await start(entering(line), { ...options, env: { ...environment, ...options.env } });
}

/** The command line that runs another one inside; needs `environment`. */
export function entering(line: readonly string[]): string[] {
  const script = 'cd "$0"; mount -t proc proc proc; mount --rbind /dev dev; exec chroot . "$@"';
  const command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script];
  return [...command, fileURLToPath(root), ...line];
}
