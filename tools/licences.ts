import { exists } from "./files.ts";
import { unpackedPackage } from "./npm_fetch.ts";
import { usbPackage } from "./npm_packages.ts";
import { run } from "./run.ts";
import { projectRoot } from "./targets.ts";

/** A licence text that must travel with the executable. */
export interface LicenceText {
  /** `zod-4.6.7.txt` */
  readonly file: string;
  readonly text: string;
}

/**
 * The licence texts of everything inside the executable: unbrick, libusb, Deno and the npm packages of
 * deno.lock (fast-check and its like come along although only tests use them).
 * @throws Error that names a package without a licence text.
 */
export async function licenceTexts(): Promise<LicenceText[]> {
  const libusb = new URL("libusb/COPYING", await unpackedPackage(usbPackage));
  const texts = [
    { file: "unbrick.txt", text: await Deno.readTextFile(new URL("LICENSE", projectRoot)) },
    { file: "libusb-1.0.30.txt", text: await Deno.readTextFile(libusb) },
    { file: "deno.txt", text: await denoLicence() },
  ];
  for (const { name, version, folder } of await npmPackages()) {
    const file = `${name.replace("@", "").replace("/", "-")}-${version}.txt`;
    texts.push({ file, text: await packageLicence(folder, `${name}@${version}`) });
  }
  return texts;
}

/** `1.0.0` of `npm:name@1.0.0`, for every package in deno.lock, with its folder in Deno's cache. */
async function npmPackages(): Promise<{ name: string; version: string; folder: URL }[]> {
  const lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", projectRoot)));
  const { npmCache } = JSON.parse(await run(Deno.execPath(), ["info", "--json"]));
  const registries = [...Deno.readDirSync(npmCache)].filter((entry) => entry.isDirectory);
  const packages = [];
  for (const key of Object.keys(lock.npm)) {
    const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key)!;
    for (const registry of registries) {
      const folder = new URL(`file://${npmCache}/${registry.name}/${name}/${version}/`);
      if (await exists(folder)) packages.push({ name, version, folder });
    }
  }
  return packages;
}

/** The licence file of an unpacked npm package, else what its package.json declares. */
async function packageLicence(folder: URL, name: string): Promise<string> {
  for (const entry of Deno.readDirSync(folder)) {
    if (/^licen[cs]e(\.(md|txt))?$/i.test(entry.name)) {
      return await Deno.readTextFile(new URL(entry.name, folder));
    }
  }
  const { license, author } = JSON.parse(await Deno.readTextFile(new URL("package.json", folder)));
  if (!license) throw new Error(`${name} has no licence text`);
  const by = typeof author === "string" ? author : author?.name;
  return `${name} declares the licence ${license}${by ? `, by ${by}` : ""}, without a text.\n`;
}

/** Deno's own licence lies beside the program in its npm package. */
async function denoLicence(): Promise<string> {
  const beside = new URL("LICENSE", `file://${Deno.execPath()}`);
  if (await exists(beside)) return await Deno.readTextFile(beside);
  return "Deno is published under the MIT licence, by the Deno authors.\n";
}
