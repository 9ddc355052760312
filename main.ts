import config from "./deno.json" with { type: "json" };
import { text } from "./core/common/text.ts";

/** The entry point. It loads the program only when it is needed: `--version` answers at once. */

/** @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    console.log(config.version);
    return 0;
  }
  if (Deno.build.standalone && !isText(import.meta.url)) return refuseTemporaryFolder();
  const { runProgram } = await import("./program.ts");
  return await runProgram(argv);
}

/** Returns true if the bytes of a path are UTF-8. */
function isText(url: string): boolean {
  try {
    return decodeURI(url) !== "";
  } catch {
    return false;
  }
}

/**
 * Reports that the temporary folder cannot be used. The runtime looks up the modules of an
 * executable under the folder for temporary files, and does not find npm packages there if its name
 * is not UTF-8.
 */
function refuseTemporaryFolder(): number {
  console.error(String(text`The name of the folder for temporary files is not UTF-8 text.`));
  console.error(
    String(text`Set another folder, then run the same command again: export TMPDIR=/tmp`),
  );
  return 2;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
