import { exists, readIfThere, replaceFile } from "./files.ts";
import { unpackedPackage } from "./npm_fetch.ts";
import { hidPackage } from "./npm_packages.ts";
import { nativeFolder, type Target, targets } from "./targets.ts";

/**
 * Takes hidapi, already built, from the pinned npm package, for a target that needs it (on macOS,
 * libusb cannot claim a HID device without root).
 * @returns the shared library; undefined for a target that does not need it
 */
export async function takeHidapi(target: Target): Promise<URL | undefined> {
  const facts = targets[target];
  if (!("hidapi" in facts)) return undefined;
  const library = new URL(facts.hidapi, nativeFolder(target));
  const stamp = new URL(`${library.href}.source`);
  if (await readIfThere(stamp) === hidPackage.integrity && await exists(library)) return library;
  const folder = `HID-${target === "macos-arm64" ? "darwin-arm64" : "darwin-x64"}`;
  const built = new URL(`prebuilds/${folder}/node-napi-v4.node`, await unpackedPackage(hidPackage));
  await replaceFile(library, await Deno.readFile(built), 0o755);
  await Deno.writeTextFile(stamp, hidPackage.integrity);
  return library;
}
