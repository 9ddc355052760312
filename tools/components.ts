import { pathToFileURL } from "node:url";
import { exists } from "./files.ts";
import { unpackedPackage } from "./npm_fetch.ts";
import {
  carriedDenortVersion,
  denortCarriers,
  hidPackage,
  type PinnedPackage,
  usbPackage,
} from "./npm_packages.ts";
import type { ShippedPackage } from "./shipped.ts";
import { isCarried, projectRoot, type Target, targets } from "./targets.ts";

/** One part of an executable that others wrote, or unbrick itself. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly text: string;
  /** Package URL. */
  readonly purl: string;
  /** The npm package that it was extracted from, if that is another one. */
  readonly takenFrom?: PinnedPackage;
  /** The npm tarball's hash, `sha512-…`. */
  readonly integrity?: string;
}

/** Returns all parts of a target's executable, unbrick first. */
export async function components(
  target: Target,
  packages: readonly ShippedPackage[],
  officialRuntime: boolean,
): Promise<Component[]> {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", projectRoot)));
  const all: Component[] = [
    {
      name: "unbrick",
      version,
      licence: "MIT",
      text: await Deno.readTextFile(new URL("LICENSE", projectRoot)),
      purl: `pkg:generic/unbrick@${version}`,
    },
    await runtime(target, officialRuntime),
    await libusb(),
  ];
  if ("hidapi" in targets[target]) all.push(await hidapi());
  for (const one of packages) {
    const { name, version, licence, integrity } = one;
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    all.push({ name, version, licence, integrity, purl, text: await packageLicence(one) });
  }
  return all;
}

async function runtime(target: Target, official: boolean): Promise<Component> {
  const version = official ? Deno.version.deno : carriedDenortVersion;
  return {
    name: "deno",
    version,
    licence: "MIT",
    text: `${await denoLicence()}
The runtime contains V8 (BSD-3-Clause), ICU (Unicode-3.0) and Rust crates (nearly all MIT or Apache-2.0).
Their licence texts are published with the source of Deno ${version}.
`,
    purl: `pkg:generic/deno@${version}`,
    takenFrom: !official && isCarried(target) ? denortCarriers[target] : undefined,
  };
}

async function libusb(): Promise<Component> {
  const folder = await unpackedPackage(usbPackage);
  return {
    name: "libusb",
    version: "1.0.30",
    licence: "LGPL-2.1-or-later",
    text:
      `libusb is a separate shared library inside this program: unmodified, built from the source that the
npm package usb ${usbPackage.version} carries (on macOS: the build that it carries). Another libusb can be used in its
place with --libusb FILE. How it is built: tools/libusb_recipes.ts in the source of unbrick.

${await Deno.readTextFile(new URL("libusb/COPYING", folder))}`,
    purl: "pkg:generic/libusb@1.0.30",
    takenFrom: usbPackage,
  };
}

/** hidapi may be used under one of three licences; this is the BSD licence. */
async function hidapi(): Promise<Component> {
  const folder = await unpackedPackage(hidPackage);
  return {
    name: "hidapi",
    version: "0.15.0",
    licence: "BSD-3-Clause",
    text: await Deno.readTextFile(new URL("hidapi/LICENSE-bsd.txt", folder)),
    purl: "pkg:generic/hidapi@0.15.0",
    takenFrom: hidPackage,
  };
}

/**
 * Returns the licence file of an unpacked npm package, otherwise what its package.json declares.
 */
async function packageLicence({ folder, name, version, licence }: ShippedPackage): Promise<string> {
  for (const entry of Deno.readDirSync(folder)) {
    if (/^licen[cs]e(\.(md|txt))?$/i.test(entry.name)) {
      return await Deno.readTextFile(new URL(entry.name, folder));
    }
  }
  if (licence === "NOASSERTION") throw new Error(`${name}@${version} has no licence`);
  return `${name}@${version} declares the licence ${licence}, without a text.\n`;
}

/** In its npm package, Deno's own licence is beside the program. */
async function denoLicence(): Promise<string> {
  const beside = new URL("LICENSE", pathToFileURL(Deno.execPath()));
  if (await exists(beside)) return await Deno.readTextFile(beside);
  return "Deno is published under the MIT licence, by the Deno authors.\n";
}
