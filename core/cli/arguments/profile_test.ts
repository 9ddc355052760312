import assert from "node:assert/strict";
import { station } from "../commands/definitions/station.ts";
import { optionsOf } from "./option_names.ts";
import { withProfile } from "./profile.ts";

const takesValue = optionsOf(station);

/** Returns the command line after `station`, with the profile in it. */
function applied(line: string, profile: unknown): string[] {
  const source = typeof profile === "string" ? profile : JSON.stringify(profile);
  const read = () => new TextEncoder().encode(source);
  return withProfile(["station", ...line.split(" ")], { takesValue, read }).slice(1);
}

const profile = {
  boards: ["openmv-h7", "openmv-m7"],
  yes: true,
  json: false,
  count: 20,
  report: "records of line 2",
  images: ["a.zip", "b.zip"],
};

Deno.test("a profile gives boards and options; the command line goes first", () => {
  assert.deepEqual(applied("--profile p.json", profile), [
    ...["openmv-h7", "openmv-m7", "--yes", "--count=20"],
    ...["--report=records of line 2", "--images=a.zip", "--images=b.zip"],
  ]);
  assert.deepEqual(
    applied("h7 --profile=p.json --count 3 --images=c.zip", profile),
    ["--yes", "--report=records of line 2", "h7", "--count", "3", "--images=c.zip"],
  );
  assert.deepEqual(applied("h7 --yes", ""), ["h7", "--yes"]);
  assert.deepEqual(applied("--profile p", `\ufeff{"boards":"h7"}`), ["h7"], "a byte order mark");
});

Deno.test("boards of the command line replace those of the profile, wherever they are; a value is no board", () => {
  const boardsIn = (line: string) =>
    applied(line, { boards: "openmv-h7" }).filter((word) => /h7|m7/.test(word));
  assert.deepEqual(boardsIn("--yes m7 --profile p"), ["m7"]);
  assert.deepEqual(boardsIn("--profile p --job flash m7"), ["m7"]);
  assert.deepEqual(boardsIn("--job flash --profile p"), ["openmv-h7"]);
});

Deno.test("a value that looks like the option is none; a profile without a name is left to the parser", () => {
  assert.deepEqual(applied("h7 --operator --profile", ""), ["h7", "--operator", "--profile"]);
  assert.deepEqual(applied("h7 --profile", ""), ["h7", "--profile"]);
});

Deno.test("a profile of another form is refused, with its name and what is wrong", () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    ...["", "{", "[]", "3", "null"].map((wrong) => [wrong, /it is not/] as const),
    [{ count: {} }, /"count" has a value that is neither/],
    [{ count: [null] }, /"count" has a value that is neither/],
    [{ count: true }, /"count" has a value that is neither/],
    [{ boards: [true] }, /"boards" has a value that is neither/],
    [{ boards: ["h7", "--json"] }, /"boards" contains --json/],
    [{ yes: "no" }, /"yes" is neither true nor false/],
    [{ speed: 3 }, /"speed" is not an option/],
    [{ "--count": 3 }, /"--count" is not an option/],
    [{ profile: "other.json" }, /"profile" is not an option/],
    [{ help: true }, /"help" is not an option/],
  ];
  for (const [wrong, reason] of refused) {
    assert.throws(() => applied("--profile p.json", wrong), reason, JSON.stringify(wrong));
    assert.throws(() => applied("--profile p.json", wrong), /p\.json cannot be used/);
  }
  assert.throws(() => applied("--profile a --profile=b", {}), /one profile only/);
});
