import assert from "node:assert/strict";

const read = (name: string) => Deno.readTextFileSync(new URL(`../${name}`, import.meta.url));

Deno.test("deno.lock pins every npm import and names no registry", () => {
  const lock = read("deno.lock");
  const imports: Record<string, string> = JSON.parse(read("deno.json")).imports;
  const pinned: Record<string, string> = JSON.parse(lock).specifiers;
  for (const target of Object.values(imports).filter((target) => target.startsWith("npm:"))) {
    assert.ok(target in pinned, `${target} is not locked: run deno install`);
  }
  assert.doesNotMatch(lock, /:\/\/|"(tarball|remote|redirects)":/);
});
