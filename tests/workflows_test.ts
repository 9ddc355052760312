import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { targets } from "../tools/targets.ts";

/**
 * The workflows cannot run here. This test checks that what they name exists and that the versions
 * they use are fixed.
 */

const read = (name: string) => Deno.readTextFileSync(new URL(`../${name}`, import.meta.url));
const workflows = {
  release: read(".github/workflows/release.yml"),
  ci: read(".github/workflows/ci.yml"),
};
const found = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].map(([, one]) => one);
const builtTargets = (text: string) => found(/target: ([\w-]+), system/g, text);

for (const [name, text] of Object.entries(workflows)) {
  Deno.test(`${name}.yml runs on systems of a fixed version`, () => {
    const systems = [
      ...found(/system: ([\w.-]+)/g, text),
      ...found(/runs-on: ([\w.-]+)$/gm, text),
    ];
    assert.ok(systems.length > 0);
    for (const system of systems) assert.match(system, /^(ubuntu|windows|macos)-\d/);
  });

  Deno.test(`${name}.yml pins actions by commit and Deno as the README does`, () => {
    const actions = found(/uses: (.*)/g, text);
    assert.ok(actions.length > 0);
    for (const action of actions) {
      assert.match(action, /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    const versions = [text, read("README.md"), read("CONTRIBUTING.md"), read(".ci/run")]
      .map((one) => [...new Set(found(/\bdeno@([\d.]+)/g, one))]);
    for (const version of versions) assert.deepEqual(version, ["2.8.3"]);
  });

  Deno.test(`${name}.yml starts tasks that exist`, () => {
    const tasks = found(/deno@\S+ task (\w+)/g, text);
    assert.ok(tasks.length > 0);
    for (const task of tasks) assert.ok(task in config.tasks, task);
  });
}

Deno.test("a release has every target, and every executable is among its files", () => {
  assert.deepEqual(builtTargets(workflows.release).sort(), Object.keys(targets).sort());
  const [pattern] = found(/dist\/([\w-]+)\*/g, workflows.release);
  for (const { executable } of Object.values(targets)) assert.ok(executable.startsWith(pattern));
});

Deno.test("macOS executables are signed before they are tried, and notarised afterwards", () => {
  const inOrder = ["cmp first-build", '--identity "$IDENTITY"', "codesign --verify"]
    .concat("task executable --built", "notarytool submit", "stapler staple", "upload-artifact")
    .map((part) => workflows.release.indexOf(part));
  assert.ok(!inOrder.includes(-1));
  assert.deepEqual(inOrder, inOrder.toSorted((one, other) => one - other));
  // The one that is signed contains the real images, too; the key for them is gone before anything runs.
  assert.match(workflows.release, /task build .* \$BUILD_OPTIONS --identity "\$IDENTITY"/);
  assert.match(workflows.release, /--identity[^]*rm -f images-key\.pem[^]*task executable --built/);
  assert.match(workflows.release, /::warning::signed ad hoc, not notarised/);
  assert.match(workflows.release, /::warning::not notarised/);
});

Deno.test("a release is packaged, its checksums are signed if there is a key, and it is attested", () => {
  const steps = workflows.release.slice(workflows.release.indexOf("  release:"));
  const inOrder = [
    "attestations: write",
    "task package --repository",
    "sha256sum -- * >",
    "minisign -S -s",
    "subject-checksums: dist/SHA256SUMS",
    "gh release create",
  ].map((part) => steps.indexOf(part));
  assert.ok(!inOrder.includes(-1));
  assert.deepEqual(inOrder, inOrder.toSorted((one, other) => one - other));
});

Deno.test("each push is checked, tested and built on Linux, Windows and macOS", () => {
  const built = builtTargets(workflows.ci);
  for (const target of built) assert.ok(target in targets, target);
  assert.deepEqual(built.map((target) => target.split("-")[0]), ["linux", "windows", "macos"]);
  assert.deepEqual(found(/deno@\S+ task (\w+)/g, workflows.ci), ["check", "test", "build"]);
});

Deno.test("each task says what it does", () => {
  for (const [name, task] of Object.entries(config.tasks)) {
    assert.match(task.description, /^[A-Z].*[^.]$/, name);
  }
});
