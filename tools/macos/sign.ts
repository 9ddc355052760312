import { fileURLToPath } from "node:url";
import { run } from "../run.ts";
import { type MacSignature, macSignature } from "../runtime/mach_o.ts";

const entitlements = new URL("entitlements.plist", import.meta.url);

/** The identity that names no signer. */
const AD_HOC = "-";

/**
 * Signs an executable with Apple's `codesign`: hardened runtime, and only the entitlements of
 * entitlements.plist.
 * @param identity `Developer ID Application: …`, or `-` to name no signer
 * @throws Error if the result is not signed like this; MissingProgram where there is no codesign
 */
export async function signForMac(executable: URL, identity: string): Promise<void> {
  await run("codesign", [
    "--force",
    ...["--options", "runtime"],
    ...["--entitlements", fileURLToPath(entitlements)],
    ...identity === AD_HOC ? [] : ["--timestamp"],
    ...["--sign", identity, fileURLToPath(executable)],
  ], { hint: "it comes with macOS: sign on a Mac" });
  checkSignature(macSignature(await Deno.readFile(executable)), identity);
  console.log(
    identity === AD_HOC
      ? "signed ad hoc: Gatekeeper stops a downloaded copy, because no signer is named"
      : `signed by ${identity}`,
  );
}

/** @throws Error if a signature is not what a release needs */
export function checkSignature(signature: MacSignature | undefined, identity: string): void {
  if (!signature) throw new Error("the executable is not signed");
  if (!signature.isHardened) throw new Error("the hardened runtime is off");
  if (signature.isAdHoc !== (identity === AD_HOC)) {
    throw new Error(`the signature ${signature.isAdHoc ? "names no" : "names a"} signer`);
  }
  const wanted = entitlementsIn(Deno.readTextFileSync(entitlements));
  const found = entitlementsIn(signature.entitlements ?? "");
  if (wanted.join() !== found.join()) {
    throw new Error(`the entitlements are ${found.join(", ")}; needed: ${wanted.join(", ")}`);
  }
}

/** Returns the names of the entitlements in a property list, sorted. */
export function entitlementsIn(plist: string): string[] {
  return [...plist.matchAll(/<key>([^<]+)<\/key>/g)].map(([, key]) => key).sort();
}
