import assert from "node:assert/strict";
import { sha256 } from "../common/sha256.ts";
import { isKind } from "../common/errors.ts";
import { fileInMemory, type FileOnDemand, fileOnDemand, FilesOnDemand } from "./files_on_demand.ts";
import { newSetFiles } from "./set_files.ts";

const one = Uint8Array.of(1, 2), other = Uint8Array.of(3);

Deno.test("files are read when they are asked for, and never kept", () => {
  let reads = 0;
  const file: FileOnDemand = {
    size: 2,
    read: () => {
      reads++;
      return one;
    },
  };
  const files = new FilesOnDemand(new Map([["a", file], ["b", fileInMemory(other)]]));
  assert.deepEqual([files.size, files.bytes, [...files.keys()]], [2, 3, ["a", "b"]]);
  assert.equal(reads, 0);
  assert.deepEqual([...files], [["a", one], ["b", other]]);
  assert.deepEqual([...files.values()], [one, other]);
  assert.deepEqual([files.get("a"), files.get("c"), files.has("b")], [one, undefined, true]);
  assert.equal(reads, 3);
});

Deno.test("a file that changes between its check and its copy is refused by its name", () => {
  let content = one;
  const pack = { name: "release", paths: ["a"], read: () => content, sourceOf: () => "a" };
  const file = fileOnDemand(pack, "a", { size: 2, sha256: sha256(one) });
  assert.deepEqual(file.read(), one);
  content = other;
  assert.throws(
    () => file.read(),
    (error) => isKind(error, "bad-image") && /release.*a.*changed/s.test(error.message),
  );
});

Deno.test("a set of more than 512 MiB is refused with the name of its source", () => {
  const file: FileOnDemand = { size: 67_108_864, read: () => one };
  const contents = new Map(Array.from({ length: 9 }, (_, at) => [`x/${at}`, file]));
  assert.throws(
    () => newSetFiles({ files: [] }, contents, "firmware_v9.9.9.zip"),
    /firmware_v9\.9\.9\.zip .*more than 512 MiB in total/,
  );
});

Deno.test("memory of a file is given back after its use, but never that of a shared one", () => {
  const fresh = Uint8Array.of(1, 2, 3), shared = Uint8Array.of(4);
  const files = new FilesOnDemand(
    new Map([["a", { size: 3, read: () => fresh }], ["b", fileInMemory(shared)]]),
  );
  assert.equal(files.use("a", (bytes) => bytes.length), 3);
  assert.equal(files.use("b", (bytes) => bytes[0]), 4);
  assert.deepEqual([fresh.length, shared.length], [0, 1]);
});
