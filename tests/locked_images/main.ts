import { run } from "../../tools/run.ts";
import { projectRoot } from "../../tools/targets.ts";
import { releaseServer, version } from "./release_server.ts";

/**
 * `deno run -A tests/locked_images/main.ts`: makes images.lock.json of the release of the tests in a
 * temporary folder, and builds the executable of this machine with its images. All licences but ST's
 * are accepted.
 */

const accepted = ["openmv-firmware", "openmv-bootloader", "nxp-flashloader"];

await using server = releaseServer();
const folder = await Deno.makeTempDir();
try {
  const lock = `${folder}/images.lock.json`, notice = `${folder}/notice.txt`;
  await Deno.writeTextFile(notice, "These files were made by the tests of unbrick.\n");
  const deno = (tool: string, ...args: string[]) =>
    run(Deno.execPath(), ["run", "-A", tool, ...args], { cwd: projectRoot });
  console.log(
    await deno(
      "tools/lock_images.ts",
      version,
      ...["--firmware", server.sources.firmware],
      ...["--loaders", server.sources.loaders],
      ...["--packages", server.sources.packages],
      ...accepted.flatMap((id) => ["--accept", id, "--notice", `${id}=${notice}`]),
      ...["--refuse", "st-openbootloader", "--output", lock],
    ),
  );
  console.log(await deno("tools/build.ts", "--locked-images", "--lock", lock));
} finally {
  await Deno.remove(folder, { recursive: true });
}
