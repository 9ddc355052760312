import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { commandTable } from "../core/cli/commands/table.ts";
import { writeChecksums } from "./checksums.ts";
import { exists } from "./files.ts";
import { debianPackage } from "./package/debian.ts";
import { homebrewFormula } from "./package/homebrew.ts";
import { manPage } from "./package/man_page.ts";
import { MissingFile, type Release, releaseOf } from "./package/release.ts";
import { scoopManifest } from "./package/scoop.ts";
import { wingetManifests } from "./package/winget.ts";
import { run } from "./run.ts";
import { projectRoot, type Target, targets } from "./targets.ts";

/**
 * `deno task package [--repository URL] [--maintainer "NAME <ADDRESS>"]`: makes packages of what
 * `deno task build` left in dist/: the man page, a .deb for each Linux executable, and in
 * dist/packages a Homebrew formula, a Scoop and a winget manifest. Homebrew, Scoop and winget have
 * never tried them.
 */

const dist = new URL("dist/", projectRoot);
const { version } = config;

/** Names that say they are not real, to try a package. */
const trial = {
  repository: "https://example.org/example/unbrick",
  maintainer: "nobody <nobody@example.org>",
};

const { values } = parseArgs({
  options: { repository: { type: "string" }, maintainer: { type: "string" } },
});
const { repository, maintainer } = { ...trial, ...values };
if (!values.repository || !values.maintainer) {
  console.log(
    `for trying only: the packages name ${repository} and ${maintainer}; ` +
      "give --repository URL and --maintainer NAME for a release",
  );
}

/** Debian's names of processors. */
const debianTargets = { "linux-x64": "amd64", "linux-arm64": "arm64" } as const;

async function makeDebianPackages(date: Date, page: string): Promise<void> {
  for (const [target, architecture] of Object.entries(debianTargets)) {
    const executable = new URL(targets[target as Target].executable, dist);
    if (!await exists(executable)) {
      console.log(`not made: .deb for ${architecture}: dist/ has no ${target} executable`);
      continue;
    }
    const name = `unbrick_${version}_${architecture}.deb`;
    await debianPackage({
      ...{ version, architecture, maintainer, homepage: repository, date, executable },
      ...{ manPage: page, licences: new URL("licences/", dist), output: new URL(name, dist) },
    });
    console.log(`dist/${name}`);
  }
}

/** Returns the manifests of each package manager, as paths and contents. */
const managers: Readonly<Record<string, (release: Release) => ReadonlyMap<string, string>>> = {
  Homebrew: (release) => new Map([["homebrew/unbrick.rb", homebrewFormula(release)]]),
  Scoop: (release) => new Map([["scoop/unbrick.json", scoopManifest(release)]]),
  winget: (release) =>
    new Map([...wingetManifests(release)].map(([name, text]) => [`winget/${name}`, text])),
};

async function makeManifests(release: Release): Promise<void> {
  for (const [manager, manifests] of Object.entries(managers)) {
    try {
      for (const [path, text] of manifests(release)) {
        const file = new URL(`packages/${path}`, dist);
        await Deno.mkdir(new URL(".", file), { recursive: true });
        await Deno.writeTextFile(file, text);
        console.log(`dist/packages/${path} (never tried with ${manager})`);
      }
    } catch (error) {
      if (!(error instanceof MissingFile)) throw error;
      console.log(`not made: ${manager}: ${error.message}`);
    }
  }
}

/** Returns the time of the commit, so that the same sources give the same packages. */
async function sourceDate(): Promise<Date> {
  const seconds = Deno.env.get("SOURCE_DATE_EPOCH") ??
    await run("git", ["log", "-1", "--format=%ct"], { cwd: projectRoot });
  return new Date(Number(seconds) * 1000);
}

try {
  const date = await sourceDate();
  const page = manPage(commandTable, version, date.toISOString().slice(0, 10));
  await Deno.mkdir(dist, { recursive: true });
  await Deno.writeTextFile(new URL("unbrick.1", dist), page);
  await makeDebianPackages(date, page);
  await writeChecksums(dist);
  const checksums = await Deno.readTextFile(new URL("SHA256SUMS", dist));
  await makeManifests(releaseOf(version, repository, checksums));
} catch (error) {
  console.error(`package failed: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}
