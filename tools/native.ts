import { fileURLToPath } from "node:url";
import { extractDenort } from "./denort.ts";
import { takeHidapi } from "./hidapi.ts";
import { buildLibusb } from "./libusb.ts";
import { cacheFolder, hostTarget, isCarried, parseTarget, type Target } from "./targets.ts";

/** Makes native files in one process at a time: builds at the same time wait for each other. */
export async function locked<T>(work: () => Promise<T>): Promise<T> {
  await Deno.mkdir(cacheFolder, { recursive: true });
  using lock = await Deno.open(new URL("lock", cacheFolder), { create: true, write: true });
  await lock.lock(true);
  return await work();
}

/** Returns the path of libusb for a target; builds it if it does not exist. */
export async function ensureLibusb(target: Target = "linux-x64"): Promise<string> {
  return fileURLToPath(await locked(() => buildLibusb(target)));
}

/** Returns the path of hidapi for a target that needs it. */
export async function ensureHidapi(target: Target): Promise<string | undefined> {
  const library = await locked(() => takeHidapi(target));
  return library && fileURLToPath(library);
}

/** Returns the path of the runtime for `deno compile`; extracts it if it does not exist. */
export async function ensureDenort(target: Target = "linux-x64"): Promise<string> {
  if (!isCarried(target)) {
    throw new Error(
      `a Deno runtime for ${target} can only be had from Deno itself: build it with ` +
        "--official-runtime, where Deno's host can be reached, or name a denort in DENORT_BIN",
    );
  }
  return fileURLToPath(await locked(() => extractDenort(target)));
}

if (import.meta.main) {
  const chosen = Deno.args.length > 0 ? Deno.args.map(parseTarget) : [hostTarget()];
  for (const target of chosen) {
    console.log(await ensureLibusb(target));
    const hidapi = await ensureHidapi(target);
    if (hidapi) console.log(hidapi);
    if (isCarried(target)) console.log(await ensureDenort(target));
  }
}
