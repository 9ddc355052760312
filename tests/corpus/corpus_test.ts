import assert from "node:assert/strict";
import { collectionFolder, isFolder } from "../support/images/genuine_files.ts";
import { faultsOf } from "./document.ts";
import { runCorpus } from "./run.ts";

const root = collectionFolder();

Deno.test({
  name: "a share of the genuine files is accepted where it belongs, and nowhere else",
  ignore: !isFolder(root),
  fn() {
    const result = runCorpus(root, 5);
    assert.ok(result.judgements.length > 0);
    assert.ok(result.imports.some(({ boards }) => boards.length > 0));
    assert.deepEqual(faultsOf(result), []);
  },
});
