import fc from "fast-check";
import assert from "node:assert/strict";
import { byVersion } from "./set_version.ts";

Deno.test("newest first: numbers compare as numbers, and a release is newer than its candidates", () => {
  const sorted = ["5.10.0", "5.9.1", "5.9", "5.9.0-rc.10", "5.9.0-rc.9", "5.9.0-beta", "4.8.1"];
  assert.deepEqual(sorted.toReversed().toSorted(byVersion), sorted);
  assert.ok(byVersion("0.0.1", undefined) < 0);
  assert.ok(byVersion("0.0.1", "nightly") < 0);
  assert.equal(byVersion("v5.0.0", "5.0"), 0);
});

Deno.test("any two versions have a fixed order", () => {
  const version = fc.option(
    fc.tuple(fc.nat(20), fc.nat(20), fc.constantFrom("", "-rc.1", "-rc2", "-dev")).map(
      ([major, minor, early]) => `${major}.${minor}.0${early}`,
    ),
    { nil: undefined },
  );
  fc.assert(fc.property(version, version, version, (one, two, three) => {
    assert.equal(Math.sign(byVersion(one, two)), 0 - Math.sign(byVersion(two, one)));
    if (byVersion(one, two) <= 0 && byVersion(two, three) <= 0) {
      assert.ok(byVersion(one, three) <= 0);
    }
  }));
});
