import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { sampleKeys } from "../../core/protocols/alif_isp/model/sample/keys.ts";
import { prepareToc } from "../../core/cli/vendor/alif/app_gen_toc.ts";
import { deviceIn, portIn } from "../../core/cli/vendor/alif/config_files.ts";
import type { AlifJob } from "../../core/cli/vendor/alif/tool.ts";
import { Given } from "../../core/cli/vendor/options.ts";
import {
  publicKeyOf,
  readPrivateKey,
  readPublicKey,
  signManifest,
  trustIn,
} from "../../core/image/signature.ts";
import { pemOf } from "../support/images/sample_pem.ts";
import type { Reader } from "./reader.ts";

/** Readers of files from other tools or people: keys, signatures, and those of Alif's SE Tools. */

const ascii = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const pem = (key: KeyObject) =>
  ascii(
    key.export({ format: "pem", type: key.type === "private" ? "pkcs8" : "spki" }).toString(),
  );

const ours = generateKeyPairSync("ed25519");
const otherKinds = [
  generateKeyPairSync("x25519"),
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
  generateKeyPairSync("rsa", { modulusLength: 1024 }),
  generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }),
];
const pinned = publicKeyOf(ours.publicKey);
const signed = ascii('{"schema":1,"files":[]}');
const signature = signManifest(signed, ours.privateKey);

const toc = JSON.stringify({
  DEVICE: { binary: "device.json", version: "0.5.00", signed: false },
  HP_BOOT: {
    disabled: false,
    binary: "boot.bin",
    mramAddress: "0x80000000",
    version: "1.0.0",
    cpu_id: "M55_HP",
    flags: ["boot"],
    signed: false,
  },
});
const contentKey = pemOf(sampleKeys.development);

/**
 * Runs app-gen-toc in a folder of the SE Tools with these two files.
 * @returns the size of its table.
 */
function generate(json: Uint8Array, key: Uint8Array): number {
  const folder = Deno.makeTempDirSync();
  try {
    for (const path of ["build/config", "build/images", "utils/key"]) {
      Deno.mkdirSync(join(folder, path), { recursive: true });
    }
    Deno.writeFileSync(join(folder, "build/config/app-cfg.json"), json);
    Deno.writeFileSync(join(folder, "build/images/device.bin"), new Uint8Array(120));
    Deno.writeFileSync(join(folder, "build/images/boot.bin"), new Uint8Array(500));
    Deno.writeFileSync(join(folder, "utils/key/OEMSBContent.pem"), key);
    const job = { folder, print() {} } as unknown as AlifJob;
    prepareToc(new Given([], []), job)();
    return Deno.statSync(join(folder, "build/AppTocPackage.bin")).size;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

export const toolReaders: readonly Reader[] = [
  {
    name: "isp_config_data.cfg",
    samples: [ascii("comport /dev/ttyUSB0\r\ntimeout tx 2\r\nstopbits 1\r\n")],
    read: (bytes) => void portIn(textOf(bytes)),
  },
  {
    name: "global-cfg.db",
    samples: [
      ascii('{"DEVICE":{"Revision":"B4","Part#":"E3 (AE302F80F55D5AE) - 5.5 MRAM"}}'),
      ascii('{"DEVICE":{"Revision":{},"Part#":[5]}}'),
      ascii('{"DEVICE":7}'),
      ascii("null"),
    ],
    read: (bytes) => {
      const { part = "", revision = "" } = deviceIn(textOf(bytes), "global-cfg.db");
      assert.deepEqual([typeof part, typeof revision], ["string", "string"]);
    },
  },
  {
    name: "JSON of the SE Tools",
    samples: [
      ascii(toc),
      ascii(toc.replace('"boot"', '"toString"')),
      ascii(toc.replace('"0.5.00"', '"-1.0.0"')),
      ascii(toc.replace("boot.bin", "../../../boot.bin")),
    ],
    read: (bytes) => generate(bytes, ascii(contentKey)),
  },
  {
    name: "signing key of the SE Tools",
    samples: [ascii(contentKey), ...otherKinds.map(({ privateKey }) => pem(privateKey))],
    read: (bytes) => generate(ascii(toc), bytes),
  },
  {
    name: "public key",
    samples: [ours, ...otherKinds].map(({ publicKey }) => pem(publicKey)),
    read: (bytes) => assert.match(readPublicKey(bytes, "key.pem").id, /^[0-9a-f]{16}$/),
  },
  {
    name: "private key",
    samples: [ours, ...otherKinds].map(({ privateKey }) => pem(privateKey)),
    read: (bytes) => void readPrivateKey(bytes, "key.pem"),
  },
  {
    name: "signature of a set",
    samples: [signature],
    read: (bytes) => {
      const isRight = bytes.length === signature.length &&
        bytes.every((byte, at) => byte === signature[at]);
      const trust = trustIn({ manifestBytes: signed, signature: bytes }, pinned);
      assert.equal(trust, isRight ? "signed" : "refused");
    },
  },
  {
    name: "signed manifest",
    samples: [signed],
    read: (bytes) => {
      const isRight = textOf(bytes) === textOf(signed);
      const trust = trustIn({ manifestBytes: bytes, signature }, pinned);
      assert.equal(trust, isRight ? "signed" : "refused");
    },
  },
];
