import { fileURLToPath } from "node:url";
import { extractDenort } from "./denort.ts";
import { buildLibusb } from "./libusb.ts";
import { parseTarget, type Target } from "./targets.ts";
import { cacheFolder } from "./targets.ts";

/** Obtains native files, one process at a time: builds that run side by side wait for each other. */
export async function locked<T>(work: () => Promise<T>): Promise<T> {
  await Deno.mkdir(cacheFolder, { recursive: true });
  using lock = await Deno.open(new URL("lock", cacheFolder), { create: true, write: true });
  await lock.lock(true);
  return await work();
}

/** The path of libusb for a target, built if it is not there. */
export async function ensureLibusb(target: Target = "linux-x64"): Promise<string> {
  return fileURLToPath(await locked(() => buildLibusb(target)));
}

/** The path of the runtime for `deno compile`, extracted if it is not there. */
export async function ensureDenort(target: Target = "linux-x64"): Promise<string> {
  return fileURLToPath(await locked(() => extractDenort(target)));
}

if (import.meta.main) {
  for (const name of Deno.args.length > 0 ? Deno.args : ["linux-x64"]) {
    const target = parseTarget(name);
    console.log(await ensureLibusb(target));
    console.log(await ensureDenort(target));
  }
}
