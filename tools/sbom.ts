import { Buffer } from "node:buffer";
import type { Component } from "./components.ts";

/**
 * Returns a bill of materials as CycloneDX 1.6 JSON. It has no date and no serial number, so that
 * the same build gives the same file. The first component is unbrick itself.
 * @param subject the executable: its name and SHA-256 in hexadecimal digits
 */
export function cycloneDx(
  subject: { readonly name: string; readonly sha256: string },
  [self, ...others]: readonly Component[],
): unknown {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        ...entry(self),
        type: "application",
        hashes: [{ alg: "SHA-256", content: subject.sha256 }],
        properties: [{ name: "unbrick:file", value: subject.name }],
      },
    },
    components: others.map((one) => ({ type: "library", ...entry(one) })),
    dependencies: [
      { ref: self.purl, dependsOn: others.map(({ purl }) => purl) },
      ...others.map(({ purl }) => ({ ref: purl })),
    ],
  };
}

function entry({ name, version, licence, purl, integrity, takenFrom }: Component) {
  const group = name.startsWith("@") ? { group: name.split("/")[0] } : {};
  return {
    "bom-ref": purl,
    ...group,
    name: name.split("/").at(-1),
    version,
    licenses: [licenceEntry(licence)],
    purl,
    ...(integrity && { hashes: [sha512(integrity)] }),
    ...(takenFrom && {
      externalReferences: [{
        type: "distribution",
        url: `pkg:npm/${takenFrom.name.replace("@", "%40")}@${takenFrom.version}`,
        hashes: [sha512(takenFrom.integrity)],
      }],
    }),
  };
}

/** Only licences of the SPDX list have an id. */
function licenceEntry(licence: string) {
  if (licence.includes(" ")) return { expression: licence };
  return { license: licence.startsWith("LicenseRef-") ? { name: licence } : { id: licence } };
}

/** Returns `sha512-BASE64` in CycloneDX's form. */
function sha512(integrity: string): { alg: string; content: string } {
  const content = Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");
  return { alg: "SHA-512", content };
}
