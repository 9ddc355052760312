import fc from "fast-check";
import assert from "node:assert/strict";
import { join } from "node:path";
import { families } from "./support/boards/families.ts";
import { decodeBackup } from "../core/image/backup.ts";
import { fatFiles } from "../core/image/fat_files.ts";
import { sampleFat } from "../core/image/sample_fat.ts";
import { ran } from "./support/cli/command_rig.ts";
import { bundledImages } from "./support/trace/traced_runs.ts";

/** The reader of FAT volumes and mtools see the same files; dosfstools finds nothing wrong. */

const run = async (program: string, args: string[]): Promise<void> => {
  const settings = await Deno.makeTempFile();
  await Deno.writeTextFile(settings, "default_codepage=437\nmtools_skip_check=1\n");
  const { code, stderr } = await new Deno.Command(program, {
    args,
    env: { MTOOLSRC: settings, LC_ALL: "C.UTF-8" },
  }).output();
  await Deno.remove(settings);
  assert.equal(code, 0, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
};

function isInstalled(program: string): boolean {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      return Deno.statSync(join(folder, program)).isFile;
    } catch {
      return false;
    }
  });
}

const programs = ["mcopy", "mdel", "mkfs.fat", "fsck.fat"];
const ignore = !programs.every(isInstalled);
if (ignore) console.log("skipped: FAT against mtools and dosfstools, which are not installed");

/** Of a camera each, and one of a computer: sectors, kilobytes, clusters. */
const formats = [
  ["-S", "512", "-s", "1", "-F", "12", "-f", "1", "-r", "512", "96"],
  ["-S", "512", "-s", "1", "-F", "12", "-f", "1", "-r", "512", "128"],
  ["-S", "512", "-s", "4", "-F", "16", "-f", "1", "-r", "512", "24576"],
  ["-S", "4096", "-s", "1", "-F", "12", "-f", "1", "-r", "512", "4096"],
  ["-S", "512", "-s", "1", "-F", "32", "-f", "2", "40000"],
];
const letters = fc.stringMatching(
  /^[A-Za-z0-9äöüé中_-][A-Za-z0-9äöüé中 _.-]{0,40}[A-Za-z0-9é中]$/,
);

Deno.test({
  name: "volumes that dosfstools formatted and mtools filled are read, equal",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...formats),
          fc.uniqueArray(fc.tuple(letters, fc.uint8Array({ maxLength: 2000 })), {
            minLength: 1,
            maxLength: 6,
            selector: ([name]) => name.toLowerCase(),
          }),
          fc.nat(5),
          async (format, all, deleted) => {
            const tree = join(folder, "tree"), image = join(folder, "volume");
            for (const old of [tree, image]) {
              await Deno.remove(old, { recursive: true }).catch(() => {});
            }
            await Deno.mkdir(join(tree, "in a folder"), { recursive: true });
            const expected = new Map<string, string>();
            for (const [at, [name, content]] of all.entries()) {
              const path = at % 2 ? `in a folder/${name}` : name;
              await Deno.writeFile(join(tree, path), content);
              if (at !== deleted) expected.set(path, content.toHex());
            }
            await run("/usr/sbin/mkfs.fat", ["-C", image, ...format]);
            const paths = [...Deno.readDirSync(tree)].map(({ name }) => join(tree, name));
            await run("mcopy", ["-s", "-i", image, ...paths, "::"]);
            const gone = all[deleted] &&
              (deleted % 2 ? `in a folder/${all[deleted][0]}` : all[deleted][0]);
            if (gone) await run("mdel", ["-i", image, `::${gone}`]);
            const found = fatFiles(await Deno.readFile(image))!;
            assert.deepEqual(
              new Map(found.files.map((one) => [one.path, one.read().toHex()])),
              expected,
            );
            assert.ok(found.files.every(({ damage }) => damage === undefined));
          },
        ),
        { numRuns: 25 },
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "what `files` takes out of a backup, mtools takes out of its file system, equal",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const zip = join(folder, "b.zip"), own = join(folder, "own"), out = join(folder, "out");
      const context = { families, context: { bundledImages } };
      const line = `restore openmv-m7 --backup ${zip} --simulate --fast --yes --no-check`;
      assert.equal((await ran(line.split(" "), context)).code, 0);
      assert.equal((await ran(["files", zip, "-o", own], context)).code, 0);
      const { regions } = decodeBackup(await Deno.readFile(zip), "b.zip");
      const image = join(folder, "volume");
      await Deno.writeFile(image, regions.find(({ name }) => name === "filesystem")!.bytes);
      await run("/usr/sbin/fsck.fat", ["-n", image]);
      await Deno.mkdir(out);
      await run("mcopy", ["-s", "-n", "-i", image, "::/", out]);
      const found = treeOf(out);
      assert.ok(found.has("main.py"));
      assert.deepEqual(treeOf(join(own, "filesystem")), found);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** All files below a folder, and their bytes. */
function treeOf(folder: string, path = ""): Map<string, string> {
  return new Map(
    [...Deno.readDirSync(join(folder, path))].flatMap(({ name, isDirectory }) => {
      const here = path ? `${path}/${name}` : name;
      return isDirectory
        ? [...treeOf(folder, here)]
        : [[here, Deno.readFileSync(join(folder, here)).toHex()] as const];
    }).toSorted(([one], [other]) => one < other ? -1 : 1),
  );
}

Deno.test({
  name: "the file systems of the simulated cameras are whole, and mtools reads them equal",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const content = new TextEncoder().encode("print('Grüße')\n".repeat(300));
      for (
        const options of [
          { size: 0x2_0000, sectorSize: 512, clusterSize: 512, label: "OPENMV" },
          { size: 0x180_0000, sectorSize: 512, clusterSize: 2048, label: "OPENMV" },
          { size: 0x40_0000, sectorSize: 4096, clusterSize: 4096, label: "UNBRICK" },
        ]
      ) {
        const bytes = new Uint8Array(options.size);
        bytes.set(sampleFat([
          { path: "main.py", content },
          { path: "lib/ein langer Name für ein Modul.py", content },
        ], options));
        const image = join(folder, "volume"), out = join(folder, "out");
        await Deno.writeFile(image, bytes);
        await run("/usr/sbin/fsck.fat", ["-n", image]);
        await Deno.mkdir(out);
        await run("mcopy", ["-s", "-n", "-i", image, "::/", out]);
        for (const path of ["main.py", "lib/ein langer Name für ein Modul.py"]) {
          assert.deepEqual(await Deno.readFile(join(out, path)), content);
        }
        await Deno.remove(out, { recursive: true });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
