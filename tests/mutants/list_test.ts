import assert from "node:assert/strict";
import { safetyMutants } from "./safety/list.ts";
import { patched } from "./scratch.ts";

const root = new URL("../..", import.meta.url).pathname;
const read = (path: string) => Deno.readTextFileSync(root + path);

Deno.test("every mutant of the safety list changes a source that is there", () => {
  for (const mutant of safetyMutants) {
    assert.notEqual(patched(read(mutant.file), mutant), read(mutant.file), mutant.id);
  }
});

Deno.test("the safety list has a name for each mutant, and a test that exists for each", () => {
  const ids = safetyMutants.map(({ id }) => id);
  assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), []);
  assert.ok(ids.length >= 80, `${ids.length}`);
  for (const { id, killers } of safetyMutants) {
    assert.ok(killers.length > 0, id);
    for (const killer of killers) if ("test" in killer) read(killer.test);
  }
});
