import { fileURLToPath } from "node:url";
import { locked } from "../../../tools/native.ts";
import { unpackedPackage } from "../../../tools/npm_fetch.ts";
import { hidPackage } from "../../../tools/npm_packages.ts";
import { MissingProgram, run } from "../../../tools/run.ts";

const symbols = {
  fake_plug: { parameters: ["i32", "i32", "i32", "u32"], result: "void" },
  fake_unplug: { parameters: ["i32"], result: "void" },
  fake_refuse_open: { parameters: ["i32"], result: "void" },
  fake_open_devices: { parameters: [], result: "i32" },
  fake_sessions: { parameters: [], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Plugs and unplugs the fake HID devices. */
export type FakeHid = Deno.DynamicLibrary<typeof symbols>["symbols"] & { readonly file: string };

/** The folder with hidapi.h and the headers beside hidapi_darwin.h. */
export async function hidapiHeaders(): Promise<string> {
  return fileURLToPath(
    new URL("hidapi/hidapi/", await locked(() => unpackedPackage(hidPackage))),
  );
}

/**
 * Compiles and opens the fake library. Returns undefined, and prints the reason, if it cannot be
 * compiled.
 */
export async function openFakeHid(): Promise<FakeHid | undefined> {
  if (Deno.build.os !== "linux") {
    console.log("skipped: the fake hidapi is only compiled on Linux");
    return undefined;
  }
  const file = await Deno.makeTempFile({ suffix: ".so" });
  globalThis.addEventListener("unload", () => Deno.removeSync(file));
  const source = fileURLToPath(new URL("./fake_hidapi.c", import.meta.url));
  try {
    const headers = await hidapiHeaders();
    const flags = ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", `-I${headers}`];
    await run("gcc", [...flags, "-o", file, source]);
    return { ...Deno.dlopen(file, symbols).symbols, file };
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.log(`skipped: ${error.message}`);
    return undefined;
  }
}
