import { run } from "../../tools/run.ts";
import { projectRoot } from "../../tools/targets.ts";
import { releaseServer, version } from "./release_server.ts";

/** Licences that the maintainer of the test accepts: all but ST's. */
const accepted = ["openmv-firmware", "openmv-bootloader", "nxp-flashloader"];

/**
 * Makes a lock of the release of the tests, and builds the executable of this machine with its images.
 * @param dist Folder for it, relative to the project or absolute.
 * @param say Receives what the tools print.
 */
export async function buildLocked(dist: string, say: (text: string) => void): Promise<void> {
  await using server = releaseServer();
  const folder = await Deno.makeTempDir();
  try {
    const lock = `${folder}/images.lock.json`, notice = `${folder}/notice.txt`;
    await Deno.writeTextFile(notice, "These files were made by the tests of unbrick.\n");
    const deno = async (tool: string, ...args: string[]) =>
      say(await run(Deno.execPath(), ["run", "-A", tool, ...args], { cwd: projectRoot }));
    await deno(
      "tools/lock_images.ts",
      version,
      ...["--firmware", server.sources.firmware],
      ...["--loaders", server.sources.loaders],
      ...["--packages", server.sources.packages],
      ...accepted.flatMap((id) => ["--accept", id, "--notice", `${id}=${notice}`]),
      ...["--refuse", "st-openbootloader", "--output", lock],
    );
    await deno("tools/build.ts", "--locked-images", "--lock", lock, "--dist", dist);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
