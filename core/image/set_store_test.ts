import assert from "node:assert/strict";
import { join } from "node:path";
import { isKind } from "../common/errors.ts";
import { sha256 } from "../common/sha256.ts";
import { manifestName } from "./manifest_set.ts";
import { fileInMemory } from "./files_on_demand.ts";
import { newSetFiles, type SetFiles } from "./set_files.ts";
import { SetStore } from "./set_store.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { withLock, writeDurably } from "./store_disk.ts";
import { inTempFolder } from "../../tests/support/temp_folder.ts";

function setOf(version: string, firmware: Uint8Array = Uint8Array.of(1, 2, 3)): SetFiles {
  const path = "OPENMV4/firmware.bin";
  return newSetFiles(
    {
      name: "release",
      version,
      files: [{
        folder: "OPENMV4",
        role: "firmware",
        path,
        size: firmware.length,
        sha256: sha256(firmware),
        source: "made by the test",
        licence: "MIT",
        simulationOnly: false,
      }],
    },
    new Map([[path, fileInMemory(firmware)]]),
    "the test",
  );
}

const inFolder = (use: (folder: string) => Promise<void>) =>
  inTempFolder((folder) => use(join(folder, "images")));

const clock = new VirtualClock();
const waiting = { clock, signal: new AbortController().signal };
const real = { write: writeDurably, rename: Deno.renameSync };

/** Throws the error of Windows for a folder with files in use. */
function inUse(): never {
  throw Object.assign(new Error("Access is denied. (os error 5)"), { code: "EACCES" });
}

const versions = (store: SetStore) =>
  store.sets().map(({ pack }) => "manifest" in pack ? pack.manifest.version : pack.kind);

Deno.test("an import that is killed at any file: the older set is still complete, and the next import cleans up", async () => {
  const newer = setOf("2.0.0");
  for (let count = 0; count <= newer.size; count++) {
    await inFolder(async (folder) => {
      await new SetStore(folder).save("release", setOf("1.0.0"), waiting);
      let left = count;
      const dying = new SetStore(folder, {
        ...real,
        write(path, bytes) {
          // Half of a file, without a chance to clean up: the rest is moved where the clean-up does not find it.
          if (left-- > 0) return writeDurably(path, bytes);
          throw new Error("killed");
        },
      });
      if (count < newer.size) {
        await assert.rejects(dying.save("release", newer, waiting), /killed/);
        Deno.mkdirSync(join(folder, ".partial-release/OPENMV4"), { recursive: true });
        Deno.writeFileSync(join(folder, ".partial-release", manifestName), Uint8Array.of(0x7b));
        assert.deepEqual(versions(new SetStore(folder)), ["1.0.0"]);
      }
      const store = new SetStore(folder);
      assert.equal(await store.save("release", newer, waiting), true);
      assert.deepEqual(versions(store), ["2.0.0"]);
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
      assert.equal(names.filter((name) => name.startsWith(".partial-")).length, 0);
      assert.equal(names.length, 2, names.join());
    });
  }
});

Deno.test("a set replaces the one of its name, and no other", () =>
  inFolder(async (folder) => {
    const store = new SetStore(folder);
    await store.save("shop", setOf("9.0.0"), waiting);
    await store.save("release", setOf("1.0.0"), waiting);
    await store.save("release", setOf("2.0.0"), waiting);
    assert.deepEqual(versions(store).toSorted(), ["2.0.0", "9.0.0"]);
  }));

Deno.test("a set cannot contain a file whose name leads out of the store", () => {
  const bytes = Uint8Array.of(1);
  for (const path of ["../x", "/x", "a/../../x", "C:x", "a\\x", "./x", ""]) {
    assert.throws(
      () =>
        newSetFiles(
          {
            files: [{
              folder: "OPENMV4",
              role: "firmware",
              path,
              size: 1,
              sha256: sha256(bytes),
              source: "x",
              licence: "x",
              simulationOnly: false,
            }],
          },
          new Map([[path, fileInMemory(bytes)]]),
          "the test",
        ),
      (error) => isKind(error, "bad-image"),
      path,
    );
  }
});

Deno.test("the same set is not written again; a damaged one is repaired", () =>
  inFolder(async (folder) => {
    const store = new SetStore(folder);
    const files = setOf("1.0.0");
    assert.equal(await store.save("release", files, waiting), true);
    assert.equal(await store.save("release", files, waiting), false);
    const [{ folder: place }] = store.sets();
    Deno.writeFileSync(join(place, "OPENMV4/firmware.bin"), Uint8Array.of(9, 9, 9));
    assert.equal(await store.save("release", files, waiting), true);
    assert.deepEqual(
      Deno.readFileSync(join(place, "OPENMV4/firmware.bin")),
      Uint8Array.of(1, 2, 3),
    );
  }));

Deno.test("a store that cannot be read has no sets; a set without a manifest is reported and not used", () =>
  // deno-lint-ignore require-await
  inFolder(async (folder) => {
    assert.deepEqual(new SetStore(folder).sets(), []);
    Deno.mkdirSync(join(folder, "empty-0123abcd"), { recursive: true });
    assert.deepEqual(versions(new SetStore(folder)), ["not-found"]);
  }));

Deno.test("the lock is free again after an import, even a failed one; meanwhile nobody gets it", () =>
  inFolder(async (folder) => {
    const failing = () => Promise.reject(new Error("failed"));
    await assert.rejects(withLock(folder, ".lock", failing), /failed/);
    const held = withLock(folder, ".lock", async () => {
      const second = withLock(folder, ".lock", () => Promise.resolve(8));
      await assert.rejects(second, (error) => isKind(error, "busy"));
      return 7;
    });
    assert.equal(await held, 7);
  }));

for (const versionsInOrder of [["1.0.0", "2.0.0"], ["2.0.0", "1.0.0"]]) {
  Deno.test(`killed after the rename: of ${versionsInOrder} the one imported last is used, and the next import cleans up`, () =>
    inFolder(async (folder) => {
      const store = new SetStore(folder);
      const [older, newer] = versionsInOrder;
      await store.save("release", setOf(older), waiting);
      const [{ folder: place }] = store.sets();
      Deno.renameSync(place, join(folder, "aside"));
      await store.save("release", setOf(newer), waiting);
      Deno.renameSync(join(folder, "aside"), place);
      Deno.utimeSync(place, new Date(0), new Date(0));
      assert.deepEqual(versions(store), [newer]);
      assert.deepEqual(store.replaced(), [{ name: "release", folder: place }]);
      // The older one again, with a wrong clock: it is the one that was imported last.
      const [{ folder: wrong }] = store.sets();
      Deno.utimeSync(wrong, new Date("2100-01-01"), new Date("2100-01-01"));
      assert.equal(await store.save("release", setOf(older), waiting), false);
      assert.deepEqual(versions(store), [older]);
      assert.deepEqual(store.replaced(), []);
    }));
}

Deno.test("if a virus scanner uses the new files for a while, the import waits and succeeds", () =>
  inFolder(async (folder) => {
    let refusals = 30;
    const rename = (from: string, to: string) => {
      if (refusals-- > 0) inUse();
      Deno.renameSync(from, to);
    };
    const store = new SetStore(folder, { ...real, rename });
    const begin = clock.now();
    assert.equal(await clock.run(() => store.save("release", setOf("1.0.0"), waiting)), true);
    assert.equal(clock.now() - begin, 3_000);
    assert.deepEqual(versions(store), ["1.0.0"]);
  }));

Deno.test("if they stay in use, or the user stops: the older set is there, and nothing remains", () =>
  inFolder(async (folder) => {
    await new SetStore(folder).save("release", setOf("1.0.0"), waiting);
    const store = new SetStore(folder, { ...real, rename: inUse });
    const begin = clock.now();
    await assert.rejects(
      clock.run(() => store.save("release", setOf("2.0.0"), waiting)),
      (error) => isKind(error, "busy"),
    );
    assert.equal(clock.now() - begin, 10_000);
    const stop = new AbortController();
    await assert.rejects(
      clock.run(async () => {
        const saving = store.save("release", setOf("2.0.0"), { clock, signal: stop.signal });
        const stopping = clock.sleep(500).then(() => stop.abort());
        await Promise.all([saving, stopping]);
      }),
      (error) => isKind(error, "cancelled"),
    );
    assert.deepEqual(versions(store), ["1.0.0"]);
    assert.equal([...Deno.readDirSync(folder)].length, 2);
  }));

Deno.test("a set in use by another program is removed as a whole or not at all", async () => {
  await inFolder(async (folder) => {
    await new SetStore(folder).save("release", setOf("1.0.0"), waiting);
    const store = new SetStore(folder, { ...real, rename: inUse });
    await assert.rejects(
      () => clock.run(() => store.remove("release", waiting)),
      (error) => isKind(error, "busy") && /^The set was not removed: /.test(error.message),
    );
    assert.deepEqual(versions(store), ["1.0.0"]);
    assert.equal((await new SetStore(folder).remove("release", waiting)).length, 1);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), [".lock"]);
  });
});
