import { fileURLToPath } from "node:url";
import { MissingProgram, run } from "../../../tools/run.ts";

/** The functions of the libraries that `sampleLibrary` compiles. */
export const sampleSymbols = {
  answer: { parameters: [], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Compiles a library whose `answer` is 42. With `mark`, it also makes a file of that name as soon
 * as it is loaded. Returns undefined, and prints the reason, if it cannot be compiled.
 */
export async function sampleLibrary(
  mark?: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const source = fileURLToPath(new URL("sample_library.c", import.meta.url));
    const define = mark === undefined ? [] : [`-DMARK="${mark}"`];
    const flags = ["-shared", "-fPIC", "-Wall", "-Werror", ...define];
    await run("gcc", [...flags, "-o", `${folder}/sample.so`, source]);
    return await Deno.readFile(`${folder}/sample.so`);
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.log(`skipped: ${error.message}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
