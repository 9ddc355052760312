import { readChecksums } from "../checksums.ts";
import { type Target, targets } from "../targets.ts";

/** What the manifests of package managers say about a release. */
export interface Release {
  readonly version: string;
  /** The address of the repository, without a final slash; its owner is the publisher. */
  readonly repository: string;
  /** The SHA-256 of each file of the release, by its name. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** What every package says about unbrick. */
export const about = {
  name: "unbrick",
  licence: "MIT",
  summary: "Restores OpenMV cameras that no longer start",
  description:
    "One program that brings a dead OpenMV camera back: offline, without vendor tools. " +
    "It speaks the recovery protocols of the chips itself, reads back what it wrote, and " +
    "refuses to write to the wrong board.",
} as const;

/** Returns the facts of a release from its SHA256SUMS. */
export function releaseOf(version: string, repository: string, sha256sums: string): Release {
  return {
    version,
    repository: repository.replace(/\/$/, ""),
    checksums: readChecksums(sha256sums),
  };
}

/**
 * Returns the owner in an address such as https://github.com/OWNER/unbrick.
 * @throws Error if the address has another form
 */
export function ownerOf({ repository }: Release): string {
  const [, owner] = /^https:\/\/[^/]+\/([A-Za-z0-9][\w-]*)\/[\w.-]+$/.exec(repository) ?? [];
  if (owner) return owner;
  throw new Error(`${repository} is not an address of the form https://HOST/OWNER/NAME`);
}

/** What each manifest says of itself, as a comment. @param manager `Homebrew` */
export const neverTried = (manager: string): string =>
  `Made from SHA256SUMS by unbrick's own build. ${manager} has never tried or validated it.`;

/** A file of a release: its address and SHA-256. */
export interface Download {
  readonly url: string;
  readonly sha256: string;
}

/**
 * Returns where a file of a release is.
 * @throws MissingFile if SHA256SUMS does not list it
 */
export function download({ version, repository, checksums }: Release, name: string): Download {
  const sha256 = checksums.get(name);
  if (sha256 === undefined) throw new MissingFile(name);
  return { url: `${repository}/releases/download/v${version}/${name}`, sha256 };
}

/** Returns where the executable of a target is. @throws MissingFile */
export function executableOf(release: Release, target: Target): Download {
  return download(release, targets[target].executable);
}

/** A release lacks a file that a manifest needs. */
export class MissingFile extends Error {
  override readonly name = "MissingFile";

  constructor(readonly file: string) {
    super(`SHA256SUMS does not list ${file}`);
  }
}
