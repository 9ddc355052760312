import { gzipSync } from "node:zlib";
import { completionScript } from "../../core/cli/completion/shells.ts";
import { udevRules } from "../../core/common/udev_rules.ts";
import { ensureProgram } from "../apt.ts";
import { run } from "../run.ts";
import { filesBelow } from "../checks/tree.ts";
import {
  type About,
  changelog,
  control,
  copyright,
  lintianOverrides,
  md5sums,
  scripts,
} from "./debian_texts.ts";
import { neededGlibc } from "./glibc.ts";

/** What a Debian package is made from. */
export interface DebianSource extends About {
  readonly executable: URL;
  /** A folder with the licence texts of everything inside the executable. */
  readonly licences: URL;
  readonly manPage: string;
  /** The .deb to write. */
  readonly output: URL;
}

/**
 * Makes a .deb with `dpkg-deb`: the executable, udev rules, man page, completions for three shells,
 * and the licences (host-systems.md 7.1). The same source gives the same bytes.
 * @throws MissingProgram without dpkg-deb
 */
export async function debianPackage(source: DebianSource): Promise<void> {
  await ensureProgram("dpkg-deb", "dpkg");
  const temporary = await Deno.makeTempDir({ prefix: "unbrick-deb-" });
  try {
    const root = new URL(`file://${temporary}/unbrick/`);
    await writeTree(root, await contents(source));
    await run("dpkg-deb", [
      "--root-owner-group",
      "-Zxz", // not every lintian knows zstd
      "-z3", // 30.9 MB; 6, the default, makes 27.9 MB and takes longer
      ...["--build", root.pathname, source.output.pathname],
    ], { env: { SOURCE_DATE_EPOCH: String(source.date.getTime() / 1000) } });
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

interface PackedFile {
  readonly bytes: Uint8Array;
  readonly mode?: number;
}
type Tree = ReadonlyMap<string, PackedFile>;

async function contents(source: DebianSource): Promise<Tree> {
  const executable = await Deno.readFile(source.executable);
  const text = (words: string, mode?: number) => ({ bytes: new TextEncoder().encode(words), mode });
  const compressed = (words: string) => ({ bytes: gzipSync(words, { level: 9 }) });
  const files = new Map<string, PackedFile>([
    ["usr/bin/unbrick", { bytes: executable, mode: 0o755 }],
    [udevRules.packagedPath.slice(1), text(udevRules.text.join("\n") + "\n")],
    ["usr/share/man/man1/unbrick.1.gz", compressed(source.manPage)],
    ["usr/share/bash-completion/completions/unbrick", text(completionScript("bash") + "\n")],
    ["usr/share/zsh/vendor-completions/_unbrick", text(completionScript("zsh") + "\n")],
    ["usr/share/fish/vendor_completions.d/unbrick.fish", text(completionScript("fish") + "\n")],
    ["usr/share/doc/unbrick/copyright", text(copyright(source))],
    ["usr/share/doc/unbrick/changelog.gz", compressed(changelog(source))],
    ["usr/share/lintian/overrides/unbrick", text(lintianOverrides)],
  ]);
  for (const name of filesBelow(source.licences)) {
    const words = await Deno.readTextFile(new URL(name, source.licences));
    files.set(`usr/share/doc/unbrick/parts/${name}`, text(words));
  }
  const size = [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  files.set("DEBIAN/md5sums", text(md5sums(files)));
  files.set("DEBIAN/control", text(control(source, neededGlibc(executable), size)));
  for (const [name, script] of scripts) files.set(`DEBIAN/${name}`, text(script, 0o755));
  return files;
}

async function writeTree(root: URL, tree: Tree): Promise<void> {
  for (const [path, { bytes, mode = 0o644 }] of tree) {
    const file = new URL(path, root);
    await Deno.mkdir(new URL(".", file), { recursive: true, mode: 0o755 });
    await Deno.writeFile(file, bytes);
    await Deno.chmod(file, mode); // whatever the umask
  }
}
