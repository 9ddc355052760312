import assert from "node:assert/strict";
import { parse } from "yaml";
import { commandTable } from "../core/cli/commands/table.ts";
import { optionsOf } from "../core/cli/arguments/option_names.ts";
import { exitCodes } from "../core/common/errors.ts";
import { udevRules } from "../core/common/udev_rules.ts";
import { rulesState } from "../core/cli/doctor/linux_probe.ts";
import { control, copyright } from "../tools/package/debian_texts.ts";
import { neededGlibc } from "../tools/package/glibc.ts";
import { homebrewFormula } from "../tools/package/homebrew.ts";
import { manPage } from "../tools/package/man_page.ts";
import { MissingFile, releaseOf } from "../tools/package/release.ts";
import { plain, request } from "../tools/package/roff.ts";
import { scoopManifest } from "../tools/package/scoop.ts";
import { wingetManifests } from "../tools/package/winget.ts";
import { targets } from "../tools/targets.ts";

const ADDRESS = "https://github.com/example/unbrick";
const files = [...Object.values(targets).map(({ executable }) => executable), "unbrick.1"];
const sum = (name: string) => `${files.indexOf(name)}`.padStart(64, "ab");
const sums = files.map((name) => `${sum(name)}  ${name}\n`).join("");
const release = releaseOf("1.2.3", ADDRESS + "/", sums);
const addressOf = (name: string) => `${ADDRESS}/releases/download/v1.2.3/${name}`;

Deno.test("the man page has every command, action, option, tool and exit code", () => {
  const page = manPage(commandTable, "1.2.3", "2026-11-30").replaceAll(/\\f[BIR]/g, "")
    .replaceAll("\\-", "-");
  for (const command of commandTable.commands) {
    assert.ok(page.includes(`\n.SS ${command.name}\nunbrick ${command.name}`), command.name);
    for (const { name } of command.actions ?? []) {
      assert.ok(page.includes(`\n.TP\nunbrick ${command.name} ${name}`), name);
    }
    const hidden = new Set(command.common.accepts);
    for (const option of optionsOf(command).keys()) {
      if (hidden.size === 0) assert.match(page, new RegExp(`^(.*, )?${option}\\b`, "m"), option);
    }
  }
  for (const { name } of commandTable.tools) assert.ok(page.includes(`unbrick ${name}`), name);
  for (const code of [0, ...Object.values(exitCodes)]) {
    assert.ok(page.includes(`\n.TP\n${code}\n`), `${code}`);
  }
});

Deno.test("roff prints words as they are", () => {
  assert.equal(plain(".so C:\\x -f 'a'"), "\\&.so C:\\ex \\-f \\(aqa\\(aq");
  assert.equal(request("TH", "A", 'two "words"'), '.TH A "two \\(dqwords\\(dq"');
});

Deno.test("the Homebrew formula names each executable with its hash", () => {
  const formula = homebrewFormula(release);
  for (const name of files.filter((name) => !name.includes("windows"))) {
    const at = `url "${addressOf(name)}"\n`;
    const [, after] = formula.split(at);
    assert.match(after, new RegExp(`^ *sha256 "${sum(name)}"\n`), name);
  }
  for (const part of ["desc", "homepage", "version", "license", "def install", "test do"]) {
    assert.match(formula, new RegExp(`^  ${part}`, "m"));
  }
  const opened = formula.match(/\b(class|def|do|if)\b(?!-)/g)?.length;
  assert.equal(formula.match(/^ *end$/gm)?.length, opened);
});

Deno.test("the Scoop manifest has what Scoop requires", () => {
  const manifest = JSON.parse(scoopManifest(release));
  const name = targets["windows-x64"].executable;
  for (const field of ["version", "homepage", "license"]) assert.ok(manifest[field], field);
  assert.deepEqual(manifest.architecture["64bit"], {
    url: `${addressOf(name)}#/unbrick.exe`,
    hash: sum(name),
  });
  assert.equal(manifest.bin, "unbrick.exe");
  assert.equal(
    manifest.autoupdate.architecture["64bit"].url,
    `${addressOf(name).replace("v1.2.3", "v$version")}#/unbrick.exe`,
  );
});

/** What Microsoft's schemas 1.12.0 require (host-systems.md 7.2). */
const wingetRequires: Readonly<Record<string, readonly string[]>> = {
  version: ["DefaultLocale"],
  installer: ["Installers"],
  defaultLocale: ["PackageLocale", "Publisher", "PackageName", "License", "ShortDescription"],
};

Deno.test("the three winget manifests have what winget requires", () => {
  const manifests = wingetManifests(release);
  assert.deepEqual([...manifests.keys()], [
    "example.unbrick.yaml",
    "example.unbrick.installer.yaml",
    "example.unbrick.locale.en-US.yaml",
  ]);
  const types: string[] = [];
  for (const text of manifests.values()) {
    const manifest = parse(text);
    const { PackageIdentifier, PackageVersion, ManifestVersion, ManifestType } = manifest;
    assert.deepEqual([PackageIdentifier, PackageVersion, ManifestVersion], [
      "example.unbrick",
      "1.2.3",
      "1.12.0",
    ]);
    types.push(ManifestType);
    for (const field of wingetRequires[ManifestType]) assert.ok(manifest[field], field);
    for (const one of manifest.Installers ?? []) {
      assert.equal(one.Architecture, "x64");
      assert.equal(one.InstallerUrl, addressOf(targets["windows-x64"].executable));
      assert.equal(one.InstallerSha256, sum(targets["windows-x64"].executable).toUpperCase());
    }
  }
  assert.deepEqual(types, Object.keys(wingetRequires));
});

Deno.test("each manifest says that its package manager has never tried it", () => {
  const all = [
    homebrewFormula(release),
    scoopManifest(release),
    ...wingetManifests(release).values(),
  ];
  for (const text of all) {
    assert.match(text, /(Homebrew|Scoop|winget) has never tried or validated/);
  }
});

Deno.test("no manifest is made of a release that lacks a file, or whose address has no owner", () => {
  const partly = releaseOf("1.2.3", ADDRESS, sums.split("\n").slice(0, 2).join("\n"));
  for (const make of [homebrewFormula, scoopManifest, wingetManifests]) {
    assert.throws(() => make(partly), MissingFile);
  }
  const nobody = releaseOf("1.2.3", "https://example.org", sums);
  assert.throws(() => wingetManifests(nobody), /HOST\/OWNER\/NAME/);
  assert.throws(() => releaseOf("1.2.3", ADDRESS, "abc  file\n"), /not a line of SHA256SUMS/);
});

Deno.test("the Debian control file asks for the glibc that the executable needs", () => {
  const executable = new TextEncoder().encode("GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.2.5\0GLIBC_2.x\0");
  assert.equal(neededGlibc(executable), "2.34");
  assert.throws(() => neededGlibc(new Uint8Array(9)), /no version of glibc/);
  const of = {
    version: "1.2.3",
    architecture: "amd64",
    maintainer: "M <m@example.org>",
    homepage: ADDRESS,
    date: new Date(0),
  };
  const text = control(of, "2.34", 2049);
  assert.match(text, /^Depends: libc6 \(>= 2\.34\), libgcc-s1$/m);
  assert.match(text, /^Installed-Size: 3$/m);
  for (const line of text.split("\n")) assert.ok(line.length < 80, line);
  const licence = Deno.readTextFileSync(new URL("../LICENSE", import.meta.url));
  const wordsOf = (text: string) => text.replaceAll(/[\s.]+/g, " ");
  assert.ok(wordsOf(copyright(of)).includes(wordsOf(licence.slice(licence.indexOf("Permission")))));
});

Deno.test("doctor finds the rules of a package, unless those in /etc replace them", async () => {
  const rules = udevRules.text.join("\n");
  const state = (files: Record<string, string>) => rulesState(async (path) => files[path]);
  assert.equal(await state({ [udevRules.packagedPath]: rules }), "installed");
  assert.equal(
    await state({ [udevRules.packagedPath]: rules, [udevRules.path]: "" }),
    "different",
  );
});
