import { about, executableOf, neverTried, type Release } from "./release.ts";

/**
 * Returns unbrick.json, a manifest for a Scoop bucket (host-systems.md 7.2). The part of the
 * address behind # gives the downloaded file its name.
 * @throws MissingFile
 */
export function scoopManifest(release: Release): string {
  const { url, sha256 } = executableOf(release, "windows-x64");
  const ofVersion = (address: string) => address.replaceAll(`v${release.version}/`, "v$version/");
  const named = `${url}#/unbrick.exe`;
  return JSON.stringify(
    {
      "##": neverTried("Scoop"),
      version: release.version,
      description: about.summary,
      homepage: release.repository,
      license: about.licence,
      architecture: { "64bit": { url: named, hash: sha256 } },
      bin: "unbrick.exe",
      checkver: { github: release.repository },
      autoupdate: {
        architecture: { "64bit": { url: ofVersion(named) } },
        hash: { url: "$baseurl/SHA256SUMS" },
      },
    },
    null,
    2,
  ) + "\n";
}
