import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { run } from "../../tools/run.ts";
import { folderPlace } from "./folder_place.ts";
import { loadBytes } from "./load.ts";
import { sampleLibrary, sampleSymbols } from "../../tests/support/ffi/sample_library.ts";

/** Two ordinary users: one runs unbrick, the other wants to run code as the first. */
const VICTIM = 1, ATTACKER = 65534;

const as = (user: number) => [`--reuid=${user}`, `--regid=${user}`, "--clear-groups", "--"];

/** Readable by the victim, unlike a checkout in another user's home. */
const program = fileURLToPath(new URL("../../tests/support/ffi/load_program.ts", import.meta.url));
const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
if (!isRoot) console.log("skipped: only root on Linux can play two users and mount file systems");
const mark = await Deno.makeTempDir();
await Deno.chmod(mark, 0o777);
const isReadable = isRoot &&
  await run("setpriv", [...as(VICTIM), "test", "-r", program]).then(() => true, () => false);
if (isRoot && !isReadable) console.log(`skipped: other users may not read ${program}`);
const sample = isReadable ? await sampleLibrary() : undefined;
const evil = isRoot ? await sampleLibrary(`${mark}/foreign-code-ran`) : undefined;
globalThis.addEventListener("unload", () => Deno.removeSync(mark, { recursive: true }));

function test(name: string, fn: (base: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore: sample === undefined,
    fn: async () => {
      const base = await Deno.makeTempDir();
      await Deno.chmod(base, 0o1777);
      try {
        await fn(base);
      } finally {
        await Deno.remove(base, { recursive: true });
      }
    },
  });
}

async function attack(script: string): Promise<void> {
  await run("setpriv", [...as(ATTACKER), "sh", "-ec", script]);
}

/**
 * Makes the victim load the library several times from a folder below `base`, and returns the last
 * result.
 */
async function load(base: string, times = 1): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    // A runtime of its own: ours may be where the victim has no access.
    await Deno.copyFile(Deno.execPath(), `${folder}/deno`);
    await Deno.writeFile(`${folder}/sample.so`, sample!);
    await Deno.chmod(folder, 0o777);
    const args = ["run", "-A", "--quiet", "--no-config", program];
    return await run("setpriv", [
      ...as(VICTIM),
      `${folder}/deno`,
      ...args,
      `${folder}/sample.so`,
      `${times}`,
      base,
    ], { env: { DENO_DIR: `${folder}/cache`, HOME: folder } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ranOthersCode = () => [...Deno.readDirSync(mark)].length > 0;

test("another user's library does run if it is loaded: the marks of this test work", async (base) => {
  const { library } = loadBytes("sample.so", evil!, sampleSymbols, [
    folderPlace(base),
  ]);
  library.close();
  assert.ok(ranOthersCode());
  for (const { name } of Deno.readDirSync(mark)) Deno.removeSync(`${mark}/${name}`);
});

test("two users: with nothing in the way the library is loaded below a sticky folder", async (base) => {
  assert.equal(await load(base), `42 from ${base}\n`);
});

const traps = {
  "a file": "echo > unbrick-lib",
  "a folder": "mkdir -m 700 unbrick-lib",
  "an open folder": "mkdir unbrick-lib; chmod 777 unbrick-lib",
  "a link to an open folder": "mkdir x; chmod 777 x; ln -s x unbrick-lib",
};
for (const [what, script] of Object.entries(traps)) {
  test(`two users: ${what} of another user is refused`, async (base) => {
    await attack(`cd ${base}; ${script}`);
    assert.match(
      await load(base),
      /^The system does not let unbrick load its library sample.so from/,
    );
  });
}

test("root refuses another user's folder, too, although it may write there", async (base) => {
  await attack(`mkdir -m 700 ${base}/unbrick-lib`);
  const places = [folderPlace(base)];
  assert.throws(
    () => loadBytes("sample.so", sample!, sampleSymbols, places),
    /unbrick-lib belongs to another user/,
  );
  assert.deepEqual([...Deno.readDirSync(`${base}/unbrick-lib`)], []);
});

test("two users: who changes everything again and again gets no code of his own to run", async (base) => {
  await Deno.writeFile(`${base}/evil.so`, evil!);
  // Takes the name whenever it is free, and overwrites every file that it can reach with its own library.
  const script = `cd ${base}
    while [ ! -e ${mark}/stop ]; do
      mkdir unbrick-lib 2>/dev/null && chmod 777 unbrick-lib
      for file in unbrick-lib/*; do cp evil.so "$file" 2>/dev/null; done
      mv unbrick-lib away 2>/dev/null && rm -rf away
      ln -s /nowhere unbrick-lib 2>/dev/null && rm unbrick-lib
    done`;
  const attacking = run("setpriv", [...as(ATTACKER), "sh", "-c", script]);
  try {
    for (let round = 0; round < 3; round++) {
      const said = await load(base, 300);
      assert.match(said, /^42 from|^The system does not let unbrick load/);
      await run("rm", ["-rf", `${base}/unbrick-lib`]);
    }
  } finally {
    await Deno.writeTextFile(`${mark}/stop`, "");
    await attacking;
    await Deno.remove(`${mark}/stop`);
  }
  assert.ok(!ranOthersCode());
});

const mounts = {
  "noexec": ["programs are not allowed to run there", "size=1m,noexec"],
  "read-only": ["Read-only file system", "size=1m,ro"],
  "full": ["No space left on device", "size=4k"],
} as const;
for (const [what, [reason, options]] of Object.entries(mounts)) {
  test(`a ${what} file system is named, and the next place is taken`, async (base) => {
    await Deno.mkdir(`${base}/bad`);
    await run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", `${base}/bad`]);
    try {
      const from = (...bases: string[]) =>
        loadBytes("sample.so", sample!, sampleSymbols, bases.map(folderPlace));
      assert.throws(() => from(`${base}/bad`), {
        message: "The system does not let unbrick load its library sample.so from " +
          `${base}/bad (${reason}).`,
      });
      const { library, place } = from(`${base}/bad`, base);
      assert.equal(place, base);
      library.close();
    } finally {
      // Lazily: if the C library fails to load a library, it leaves some of it mapped.
      await run("umount", ["--lazy", `${base}/bad`]);
    }
  });
}
