import { join, resolve } from "node:path";
import { constants, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { z } from "zod";
import { EntryFlag, EntryType, parseAtoc } from "../../../protocols/alif_isp/packets/atoc.ts";
import type { Signer } from "../../../protocols/alif_isp/packets/build_certificate.ts";
import {
  buildTocPackage,
  padToc,
  type TocItem,
} from "../../../protocols/alif_isp/packets/build_toc.ts";
import { publicKeyBytes } from "../../../protocols/alif_isp/packets/certificate.ts";
import {
  checkApplicationRange,
  SYSTEM_BASE,
} from "../../../protocols/alif_isp/packets/memory_map.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { hex } from "../../../common/format.ts";
import { isFile, readFile } from "../../../image/files.ts";
import { badImage } from "../../../image/bad_image.ts";
import { checkWritable } from "../../pages/output_file.ts";
import { type Given, usage, value } from "../options.ts";
import { tocLines } from "./toc.ts";
import type { VendorTool } from "../tool.ts";
import { type AlifJob, alifTool } from "./tool.ts";

const help = `Usage: unbrick app-gen-toc -f FILE.json [-o FILE] [OPTIONS]

The command line of Alif's app-gen-toc for tables without signed entries, as the AE3 has them. Images
are taken from build/images here, the signing key from utils/key, as in the SE Tools folder.

  -f, --filename FILE      JSON of the SE Tools (default build/config/app-cfg.json)
  -o, --output-file FILE   The package (default build/AppTocPackage.bin)
      --pad FILE           Also write the package padded to 8192 bytes, for 0x8057E000
      --cfg-part PART      Make a table of version 2, which only this part takes
  -v, -d                   Accepted

A device configuration is taken compiled (build/images/NAME.bin), as the SE Tools leave it.
`;

/** Key and passphrase of the SE Tools' content certificates, below their folder. */
const KEY_FILE = "utils/key/OEMSBContent.pem", PASSPHRASE_FILE = "utils/key/oem_keys_pass.pwd";
const LARGEST = 0x100_0000;

const entrySchema = z.looseObject({
  disabled: z.boolean().optional(),
  binary: z.string(),
  version: z.string().optional(),
  mramAddress: z.string().regex(/^0x[0-9a-f]+$/i).optional(),
  cpu_id: z.string().optional(),
  flags: z.array(z.string()).optional(),
  signed: z.boolean().optional(),
});
const schema = z.record(z.string().min(1).max(8), entrySchema);

const cpuIds = ["A32_0", "A32_1", "M55_HP", "M55_HE"];
const NO_CPU = 15;
const flagBits: Readonly<Record<string, number>> = {
  boot: EntryFlag.BOOT,
  load: EntryFlag.LOAD,
  deferred: EntryFlag.DEFERRED,
  compress: EntryFlag.COMPRESSED,
  encrypt: EntryFlag.ENCRYPTED,
};
/** Those that need more than a plain image in its place. */
const unsupported = ["load", "compress", "encrypt"];

export const appGenToc: VendorTool = alifTool({
  name: "app-gen-toc",
  help,
  options: [
    value("--filename", "-f"),
    value("--output-file", "-o"),
    value("--pad"),
  ],
  prepare: prepareToc,
});

/** Reads configuration, images and key, and returns what makes the table. */
export function prepareToc(given: Given, job: AlifJob): () => Promise<void> {
  const { folder } = job;
  const path = given.value("--filename") ?? "build/config/app-cfg.json";
  const items = itemsOf(path, folder);
  const signer = signerOf(folder);
  const output = resolve(folder, given.value("--output-file") ?? "build/AppTocPackage.bin");
  const padName = given.value("--pad");
  const pad = padName === undefined ? undefined : resolve(folder, padName);
  return async () => {
    const bytes = buildTocPackage(items, signer, given.value("--cfg-part"));
    refuseOverlaps(items, SYSTEM_BASE - bytes.length);
    // What was built must read back as what was meant.
    for (const line of tocLines(output, parseAtoc(bytes, output))) job.print(line);
    const padded = pad === undefined ? undefined : padToc(bytes);
    checkWritable(output);
    if (pad !== undefined) checkWritable(pad);
    await Deno.writeFile(output, bytes);
    job.print(`${output}: ${bytes.length} bytes for ${hex(SYSTEM_BASE - bytes.length)}`);
    if (pad === undefined || padded === undefined) return;
    await Deno.writeFile(pad, padded);
    job.print(`${pad}: ${padded.length} bytes, padded`);
  };
}

function itemsOf(path: string, folder: string): TocItem[] {
  const text = new TextDecoder().decode(readFile(resolve(folder, path), LARGEST));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badImage(path, `it is not JSON (${cause instanceof Error ? cause.message : cause})`);
  }
  const result = schema.safeParse(json);
  if (!result.success) {
    const { path: at, message } = result.error.issues[0];
    throw badImage(path, `${at.join(".") || "the file"}: ${message}`);
  }
  const items = Object.entries(result.data).filter(([, entry]) => !entry.disabled)
    .map(([name, entry]) => itemOf(name, entry, folder));
  if (items.length === 0) throw badImage(path, "it has no entry that is not disabled");
  return items;
}

function itemOf(name: string, entry: z.infer<typeof entrySchema>, folder: string): TocItem {
  const { binary, mramAddress, cpu_id: cpu, flags = [], signed } = entry;
  if (signed) {
    throw usage(
      `${name}: signed entries need the owner's key certificates, which unbrick does not make.`,
    );
  }
  const isDevice = name === "DEVICE";
  const file = isDevice ? binary.replace(/\.json$/i, ".bin") : binary;
  const path = join(folder, "build", "images", file);
  if (isDevice && !isFile(path)) {
    throw new UnbrickError(
      "not-found",
      `${path} is not there: a device configuration is taken compiled, as the SE Tools leave it.`,
      { file },
    );
  }
  const bytes = readFile(path, LARGEST);
  const version = versionNumber(entry.version ?? "1.0.0", name);
  if (isDevice) return { name, bytes, type: EntryType.DEVICE_CONFIG, flags: NO_CPU, version };
  const bits = flags.map((flag) => {
    if (!Object.hasOwn(flagBits, flag)) throw usage(`${name}: there is no flag "${flag}".`);
    if (unsupported.includes(flag)) throw usage(`${name}: the flag "${flag}" is not offered.`);
    return flagBits[flag];
  });
  const cpuId = cpu === undefined ? NO_CPU : cpuIds.indexOf(cpu);
  if (cpuId < 0) throw usage(`${name}: there is no cpu_id "${cpu}".`);
  if (mramAddress === undefined) {
    throw usage(`${name}: an image without mramAddress is not offered.`);
  }
  const address = Number(mramAddress);
  const whole = Math.ceil(bytes.length / 16) * 16;
  checkApplicationRange(address, whole, name);
  return {
    name,
    bytes,
    address,
    type: EntryType.IMAGE,
    flags: bits.reduce((all, bit) => all | bit, cpuId),
    version,
  };
}

/** `1.0.0` as 0x01000000, `0.5.00` as 0x00050000 (alif-isp.md C.7). */
function versionNumber(text: string, name: string): number {
  const parts = text.split(".").map(Number);
  if (!/^\d{1,3}(\.\d{1,3}){2}$/.test(text) || parts.some((part) => part > 255)) {
    throw usage(`${name}: "${text}" is no version such as 1.0.0.`);
  }
  return (parts[0] << 24 | parts[1] << 16 | parts[2] << 8) >>> 0;
}

function refuseOverlaps(items: readonly TocItem[], tableStart: number): void {
  const placed = [
    ...items.flatMap(({ name, bytes, address }) =>
      address === undefined ? [] : [{ name, start: address, end: address + bytes.length }]
    ),
    { name: "the table of contents", start: tableStart, end: SYSTEM_BASE },
  ].toSorted((a, b) => a.start - b.start);
  placed.forEach((one, at) => {
    const next = placed[at + 1];
    if (next && one.end > next.start) throw usage(`${one.name} and ${next.name} overlap.`);
  });
}

/** The content key of the user's own SE Tools; unbrick brings none. */
function signerOf(folder: string): Signer {
  const keyPath = join(folder, KEY_FILE);
  if (!isFile(keyPath)) {
    throw new UnbrickError(
      "not-found",
      `There is no signing key ${keyPath}: start app-gen-toc in the folder of Alif's SE Tools.`,
      { file: KEY_FILE },
    );
  }
  const passphrasePath = join(folder, PASSPHRASE_FILE);
  const passphrase = isFile(passphrasePath)
    ? Deno.readTextFileSync(passphrasePath).trim()
    : undefined;
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: Deno.readTextFileSync(keyPath), passphrase });
  } catch (cause) {
    throw new UnbrickError("bad-image", `The key ${keyPath} cannot be used.`, { file: KEY_FILE }, {
      cause,
    });
  }
  // Only RSA keys have a modulus, and not every other kind can be exported.
  const n = key.asymmetricKeyType === "rsa" ? key.export({ format: "jwk" }).n : undefined;
  const modulus = n === undefined
    ? new Uint8Array()
    : Uint8Array.fromBase64(n, { alphabet: "base64url" });
  if (modulus.length !== 384) throw badImage(KEY_FILE, "it is no RSA key of 3072 bits");
  return {
    publicKey: publicKeyBytes(BigInt(`0x${modulus.toHex()}`)),
    sign: (message) =>
      new Uint8Array(
        sign("sha256", message, {
          key,
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: 32,
        }),
      ),
  };
}
