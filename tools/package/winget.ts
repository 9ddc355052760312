import { stringify } from "yaml";
import { about, executableOf, neverTried, ownerOf, type Release } from "./release.ts";

/** The version of Microsoft's schemas for manifests (host-systems.md 7.2). */
const SCHEMA = "1.12.0";
const LOCALE = "en-US";

/**
 * Returns the three files of a winget manifest, by name. In Microsoft's repository they are in
 * manifests/O/OWNER/unbrick/VERSION.
 * @throws MissingFile
 */
export function wingetManifests(release: Release): ReadonlyMap<string, string> {
  const owner = ownerOf(release);
  const identity = `${owner}.${about.name}`;
  const { url, sha256 } = executableOf(release, "windows-x64");
  const head = { PackageIdentifier: identity, PackageVersion: release.version };
  const file = (type: string, content: object) =>
    `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${type}.${SCHEMA}.schema.json\n` +
    `# ${neverTried("winget")}\n` +
    stringify(
      { ...head, ...content, ManifestType: type, ManifestVersion: SCHEMA },
      { lineWidth: 0 },
    );
  return new Map([
    [`${identity}.yaml`, file("version", { DefaultLocale: LOCALE })],
    [
      `${identity}.installer.yaml`,
      file("installer", {
        InstallerType: "portable",
        Commands: [about.name],
        Installers: [{
          Architecture: "x64",
          InstallerUrl: url,
          InstallerSha256: sha256.toUpperCase(),
        }],
      }),
    ],
    [
      `${identity}.locale.${LOCALE}.yaml`,
      file("defaultLocale", {
        PackageLocale: LOCALE,
        Publisher: owner,
        PackageName: about.name,
        PackageUrl: release.repository,
        License: about.licence,
        ShortDescription: about.summary,
        Description: about.description,
      }),
    ],
  ]);
}
