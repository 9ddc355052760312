import { fileURLToPath } from "node:url";
import { ensureProgram } from "../../tools/apt.ts";
import { exists } from "../../tools/files.ts";
import { run } from "../../tools/run.ts";
import { cacheFolder } from "../../tools/targets.ts";

const root = new URL("arm64/root/", cacheFolder);
const complete = new URL("arm64/complete", cacheFolder);
/** Packages of the system that a compiled program needs. */
const packages = ["libc6", "libgcc-s1"];

/**
 * Unpacks Debian's arm64 C library into .cache/arm64 without installing it, for
 * `qemu-aarch64-static -L`.
 * @returns the folder.
 */
export async function ensureLibraries(): Promise<string> {
  await ensureProgram("qemu-aarch64-static", "qemu-user-static");
  if (await exists(complete)) return fileURLToPath(root);
  console.log("fetching Debian's arm64 C library, once");
  const folder = new URL(".", complete);
  await Deno.remove(folder, { recursive: true }).catch(() => {}); // not there the first time
  const apt = aptFor(folder);
  for (const name of ["lists/partial", "cache/archives/partial", "root"]) {
    await Deno.mkdir(new URL(name, folder), { recursive: true });
  }
  await Deno.writeTextFile(new URL("status", folder), "");
  await run("apt-get", [...apt, "update"]);
  await run("apt-get", [...apt, "download", ...packages], { cwd: folder });
  for (const { name } of [...Deno.readDirSync(folder)].filter(({ name }) => /\.deb$/.test(name))) {
    await run("dpkg-deb", ["-x", fileURLToPath(new URL(name, folder)), fileURLToPath(root)]);
  }
  await Deno.writeTextFile(complete, "");
  return fileURLToPath(root);
}

/**
 * Returns apt for another architecture, with its own folders: the machine's apt does not change.
 */
function aptFor(folder: URL): string[] {
  const place = (name: string) => fileURLToPath(new URL(name, folder));
  return [
    "APT::Architecture=arm64",
    "APT::Architectures=arm64",
    `Dir::State::lists=${place("lists")}`,
    `Dir::State::status=${place("status")}`,
    `Dir::Cache=${place("cache")}`,
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]).concat("-q");
}
