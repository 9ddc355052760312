import { fileURLToPath } from "node:url";
import { ensureDenort } from "../../tools/native.ts";
import type { Guest } from "./guest.ts";
import { capture } from "./process.ts";

/**
 * Compiles a program in the same way as unbrick and copies it into the guest, unless it is already
 * there.
 * @param to path in the guest
 * @param source path from the root of the project
 * @param includes files to embed
 */
export async function putCompiled(
  guest: Guest,
  to: string,
  source: string,
  includes: readonly string[] = [],
): Promise<void> {
  if ((await guest.run(`test -x ${to}`)).code === 0) return;
  const folder = await Deno.makeTempDir();
  const output = `${folder}/program`;
  await capture(Deno.execPath(), [
    ...["compile", "--quiet", "--no-prompt", "--allow-ffi", "--allow-read", "--no-lock"],
    ...includes.flatMap((file) => ["--include", file]),
    ...["--output", output, source],
  ], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: { DENORT_BIN: Deno.env.get("DENORT_BIN") ?? await ensureDenort() },
  });
  await guest.machine.put(to, await Deno.readFile(output));
  await Deno.remove(folder, { recursive: true });
  await guest.run(`chmod 755 ${to}`);
}
