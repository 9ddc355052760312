import assert from "node:assert/strict";
import { join } from "node:path";
import { isKind } from "../errors.ts";
import { sha256 } from "./load.ts";
import { manifestName } from "./manifest_pack.ts";
import { newSetFiles, type SetFiles } from "./set_files.ts";
import { SetStore } from "./set_store.ts";
import { withLock, writeDurably } from "./store_disk.ts";

function setOf(version: string, firmware: Uint8Array = Uint8Array.of(1, 2, 3)): SetFiles {
  const path = "OPENMV4/firmware.bin";
  return newSetFiles({
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
  }, new Map([[path, firmware]]));
}

function inFolder(use: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    use(join(folder, "images"));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const versions = (store: SetStore) =>
  store.sets().map(({ pack }) => "manifest" in pack ? pack.manifest.version : pack.kind);

Deno.test("killed at any file of an import: the older set is there and whole, and the next import cleans up", () => {
  const newer = setOf("2.0.0");
  for (let count = 0; count <= newer.size; count++) {
    inFolder((folder) => {
      new SetStore(folder).save("release", setOf("1.0.0"));
      let left = count;
      const dying = new SetStore(folder, (path, bytes) => {
        // Half of a file, and no chance to clean up: what is left is moved away from the clean-up.
        if (left-- > 0) return writeDurably(path, bytes);
        throw new Error("killed");
      });
      if (count < newer.size) {
        assert.throws(() => dying.save("release", newer), /killed/);
        Deno.mkdirSync(join(folder, ".partial-release/OPENMV4"), { recursive: true });
        Deno.writeFileSync(join(folder, ".partial-release", manifestName), Uint8Array.of(0x7b));
        assert.deepEqual(versions(new SetStore(folder)), ["1.0.0"]);
      }
      const store = new SetStore(folder);
      assert.equal(store.save("release", newer), true);
      assert.deepEqual(versions(store), ["2.0.0"]);
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
      assert.equal(names.filter((name) => name.startsWith(".partial-")).length, 0);
      assert.equal(names.length, 2, names.join());
    });
  }
});

Deno.test("a file named like the way out of the store cannot be in a set", () => {
  const bytes = Uint8Array.of(1);
  for (const path of ["../x", "/x", "a/../../x", "C:x", "a\\x", "./x", ""]) {
    assert.throws(
      () =>
        newSetFiles({
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
        }, new Map([[path, bytes]])),
      (error) => isKind(error, "bad-image"),
      path,
    );
  }
});

Deno.test("the same set again is not written; a damaged one is mended", () => {
  inFolder((folder) => {
    const store = new SetStore(folder);
    const files = setOf("1.0.0");
    assert.equal(store.save("release", files), true);
    assert.equal(store.save("release", files), false);
    const [{ folder: place }] = store.sets();
    Deno.writeFileSync(join(place, "OPENMV4/firmware.bin"), Uint8Array.of(9, 9, 9));
    assert.equal(store.save("release", files), true);
    assert.deepEqual(
      Deno.readFileSync(join(place, "OPENMV4/firmware.bin")),
      Uint8Array.of(1, 2, 3),
    );
  });
});

Deno.test("a store that cannot be read has no sets; a set without a manifest is told, not used", () => {
  inFolder((folder) => {
    assert.deepEqual(new SetStore(folder).sets(), []);
    Deno.mkdirSync(join(folder, "empty-0123abcd"), { recursive: true });
    assert.deepEqual(versions(new SetStore(folder)), ["not-found"]);
  });
});

Deno.test("the lock is free again after an import, also one that failed", () => {
  inFolder((folder) => {
    assert.throws(() =>
      withLock(folder, ".lock", () => {
        throw new Error("failed");
      }), /failed/);
    assert.equal(withLock(folder, ".lock", () => 7), 7);
  });
});
