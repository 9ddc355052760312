import assert from "node:assert/strict";
import { withProfile } from "./profile.ts";

const read = (profile: unknown) => () =>
  new TextEncoder().encode(typeof profile === "string" ? profile : JSON.stringify(profile));

Deno.test("a profile gives boards and options; the command line goes first", () => {
  const profile = {
    boards: ["openmv-h7", "openmv-m7"],
    yes: true,
    json: false,
    count: 20,
    report: "records of line 2",
    images: ["a.zip", "b.zip"],
  };
  assert.deepEqual(withProfile(["station", "--profile", "p.json"], read(profile)), [
    ...["station", "openmv-h7", "openmv-m7", "--yes", "--count=20"],
    ...["--report=records of line 2", "--images=a.zip", "--images=b.zip"],
  ]);
  assert.deepEqual(
    withProfile(
      ["station", "h7", "--profile=p.json", "--count", "3", "--images=c.zip"],
      read(profile),
    ),
    ["station", "--yes", "--report=records of line 2", "h7", "--count", "3", "--images=c.zip"],
  );
  assert.deepEqual(withProfile(["station", "h7", "--yes"], read("")), ["station", "h7", "--yes"]);
  assert.deepEqual(
    withProfile(["station", "--profile", "p"], read(`\ufeff{"boards":"h7"}`)),
    ["station", "h7"],
    "a byte order mark",
  );
});

Deno.test("a profile of another form is refused, with its name", () => {
  for (const wrong of ["", "{", "[]", "3", `{"count":{}}`, `{"count":[null]}`]) {
    assert.throws(
      () => withProfile(["station", "--profile", "p.json"], read(wrong)),
      /p\.json cannot be used/,
      wrong,
    );
  }
  const twice = ["station", "--profile", "a", "--profile=b"];
  assert.throws(() => withProfile(twice, read({})), /one profile only/);
});
