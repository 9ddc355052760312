import assert from "node:assert/strict";
import { isKind } from "../../core/common/errors.ts";
import { folderPlace } from "./folder_place.ts";
import { loadBytes } from "./load.ts";
import { memoryPlace } from "./memory_place.ts";
import type { LibraryPlace } from "./place.ts";
import { libraryPlaces } from "./places.ts";
import { sampleLibrary, sampleSymbols } from "../../tests/support/ffi/sample_library.ts";
import { windowsPlace } from "./windows_place.ts";

const sample = Deno.build.os === "linux" ? await sampleLibrary() : undefined;
const nowhere: LibraryPlace = {
  name: "nowhere",
  load() {
    throw new Error("No space left on device (os error 28): writefile '/x'");
  },
};

/** Loads the sample from the first place that permits it, and returns the name of that place. */
function load(...places: LibraryPlace[]): string | undefined {
  const loaded = loadBytes("sample.so", sample!, sampleSymbols, places);
  assert.equal(loaded.library.symbols.answer(), 42);
  loaded.library.close();
  return loaded.place;
}

function refusal(...places: LibraryPlace[]): string {
  try {
    load(...places);
  } catch (error) {
    assert.ok(isKind(error, "permission"), String(error));
    return error.message;
  }
  throw new Error("it was loaded");
}

function test(name: string, fn: (base: string) => void): void {
  Deno.test({
    name,
    ignore: sample === undefined,
    fn: async () => {
      const base = await Deno.makeTempDir();
      try {
        fn(base);
      } finally {
        await Deno.remove(base, { recursive: true });
      }
    },
  });
}

test("a library is loaded from memory, without any file", () => {
  const { library } = loadBytes("sample.so", sample!, sampleSymbols, [
    memoryPlace(),
  ]);
  // Deno may read /proc only with all permissions.
  assert.match(Deno.readTextFileSync("/proc/self/maps"), /\/memfd:sample\.so \(deleted\)/);
  assert.equal(library.symbols.answer(), 42);
  library.close();
});

test("a library is loaded from a folder that only this user may enter, and is gone afterwards", (base) => {
  assert.equal(load(folderPlace(base)), base);
  assert.equal(Deno.lstatSync(`${base}/unbrick-lib`).mode! & 0o777, 0o700);
  assert.deepEqual([...Deno.readDirSync(`${base}/unbrick-lib`)], []);
  assert.equal(load(nowhere, folderPlace(base)), base);
});

test("a folder that others may enter, and a link to one, are refused", (base) => {
  Deno.mkdirSync(`${base}/open/unbrick-lib`, { recursive: true });
  Deno.chmodSync(`${base}/open/unbrick-lib`, 0o755);
  assert.match(refusal(folderPlace(`${base}/open`)), /unbrick-lib is open to other users/);

  Deno.mkdirSync(`${base}/elsewhere`, { mode: 0o700 });
  Deno.mkdirSync(`${base}/linked`);
  Deno.symlinkSync(`${base}/elsewhere`, `${base}/linked/unbrick-lib`);
  assert.match(refusal(folderPlace(`${base}/linked`)), /unbrick-lib is a link/);
});

test("a folder that somebody else could rename is refused, unless it is sticky", (base) => {
  Deno.chmodSync(base, 0o777);
  assert.match(refusal(folderPlace(base)), /another user may replace what is in/);
  Deno.chmodSync(base, 0o1777);
  assert.equal(load(folderPlace(base)), base);
  Deno.mkdirSync(`${base}/below`);
  Deno.chmodSync(base, 0o777);
  assert.match(refusal(folderPlace(`${base}/below`)), /another user may replace what is in/);
});

test("without any place the error names each, what is in the way there, and the library", () => {
  assert.equal(
    refusal(nowhere, { ...nowhere, name: "here" }),
    "The system does not let unbrick load its library sample.so from nowhere (No space left on device), " +
      "from here (No space left on device).",
  );
});

test("Windows: a library stays in the user's folder, and is compared before each use", (base) => {
  assert.equal(load(windowsPlace(base)), base);
  const folder = `${base}/unbrick/lib`;
  const [{ name }, ...others] = Deno.readDirSync(folder);
  assert.deepEqual(others, []);
  assert.match(name, /^[0-9a-f]{16}-sample\.so$/);
  const before = Deno.lstatSync(`${folder}/${name}`).mtime;
  assert.equal(load(windowsPlace(base)), base);
  assert.deepEqual(Deno.lstatSync(`${folder}/${name}`).mtime, before);

  Deno.writeTextFileSync(`${folder}/${name}`, "not the library");
  assert.equal(load(windowsPlace(base)), base);
  assert.deepEqual(Deno.readFileSync(`${folder}/${name}`), sample);

  Deno.renameSync(folder, `${base}/elsewhere`);
  Deno.symlinkSync(`${base}/elsewhere`, folder);
  assert.match(refusal(windowsPlace(base)), /lib is a link/);
});

Deno.test("the places of each system, the safest first; a variable that is not text counts as not set", () => {
  const names = (system: "linux" | "darwin" | "windows", values: Record<string, string>) =>
    libraryPlaces(system, (name) => values[name]).map(({ name }) => name);
  const home = { HOME: "/home/u", XDG_RUNTIME_DIR: "/run/user/7" };
  assert.deepEqual(names("linux", home), ["memory", "/run/user/7", "/home/u/.cache", "/tmp"]);
  assert.deepEqual(names("linux", { TMPDIR: "/scratch" }), ["memory", "/scratch"]);
  assert.deepEqual(names("darwin", { HOME: "/Users/u", TMPDIR: "/var/T" }), [
    "/Users/u/Library/Caches/unbrick",
    "/var/T",
  ]);
  assert.deepEqual(names("windows", { LOCALAPPDATA: "C:\\L", TEMP: "C:\\T" }), ["C:\\L", "C:\\T"]);
});
