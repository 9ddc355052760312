import { MissingProgram, run } from "./run.ts";

/**
 * Makes sure that a program exists: on Debian, as root, it installs it.
 * @param debianPackages the packages that contain it
 * @throws MissingProgram that names the Debian packages
 */
export async function ensureProgram(
  program: string,
  ...debianPackages: readonly string[]
): Promise<void> {
  if (await isInstalled(program)) return;
  if (await canInstall()) {
    await aptInstall(debianPackages);
    if (await isInstalled(program)) return;
  }
  throw new MissingProgram(
    program,
    `on Debian: apt-get install ${debianPackages.join(" ")} (as root this is done by itself)`,
  );
}

/**
 * Installs Debian packages, as root.
 * @throws Error if apt-get fails
 */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  console.log(`installing ${packages.join(", ")}`);
  // Another program may be installing at the same time.
  const patient = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", "-q"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", [...patient, "update"], { env });
  await run("apt-get", [...patient, "install", "-y", "--no-install-recommends", ...packages], {
    env,
  });
}

async function canInstall(): Promise<boolean> {
  return Deno.build.os === "linux" && Deno.uid() === 0 && await isInstalled("apt-get");
}

/** Returns true if a program of this name can be started. */
async function isInstalled(program: string): Promise<boolean> {
  const windows = Deno.build.os === "windows";
  const folders = (Deno.env.get("PATH") ?? "").split(windows ? ";" : ":");
  const names = windows ? [program, `${program}.exe`, `${program}.cmd`] : [program];
  for (const folder of folders) {
    for (const name of names) {
      const found = await Deno.stat(`${folder}/${name}`).catch(() => undefined);
      if (found?.isFile) return true;
    }
  }
  return false;
}
