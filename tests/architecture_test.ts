import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { libraries, type Room, rooms } from "../tools/checks/rooms.ts";
import { projectRoot } from "../tools/targets.ts";

/** Checks that ARCHITECTURE.md matches the project: folders, imports, libraries. */

const read = (path: string) => Deno.readTextFileSync(new URL(path, projectRoot));
const architecture = read("ARCHITECTURE.md");

/** Returns the cells of the table whose first heading is this one. */
function table(heading: string): string[][] {
  const lines = architecture.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  assert.ok(start >= 0, `no table of ${heading}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

const ticked = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
const list = (places: readonly string[]) =>
  places.map((place) => `\`${place.replace(/^core\/(?=.)/, "").replace(/\/$/, "")}\``).join(", ");

/** Returns the cell that describes what a folder may import. */
function cell({ imports, types = [], not = [], apart, parts }: Room): string {
  if (imports === "everything") return imports;
  const says = [imports.length > 0 ? list(imports) : "nothing"];
  if (types.length > 0) says.push(`types of ${list(types)}`);
  if (not.length > 0) says.push("of `transport` only the interface");
  if (apart) {
    const given = Object.entries(apart).map(([one, other]) =>
      `, but ${list([one])} sees ${list(other)}`
    );
    says.push(`its folders do not see each other${given.join("")}`);
  }
  if (parts) {
    const seen = Object.entries(parts).filter(([, others]) => others.length > 0)
      .map(([part, others]) => `${list([part])} sees ${list(others)}`);
    says.push(`in each one ${seen.join(", ")}`);
  }
  return says.join("; ");
}

Deno.test("the table of folders matches what tools/checks/rooms.ts enforces", () => {
  const cells = new Map(table("folder").map(([folder, , imports]) => [ticked(folder)[0], imports]));
  for (const room of rooms) assert.equal(cells.get(room.folder), cell(room), room.folder);
});

function entriesWithTests(folder: string): string[] {
  const hidden = /^\.|^(dist|node_modules)$/;
  return [...Deno.readDirSync(new URL(folder, projectRoot))]
    .filter(({ name, isDirectory }) => !hidden.test(name) && (isDirectory || name.endsWith(".ts")))
    .map(({ name, isDirectory }) => isDirectory ? `${name}/` : name);
}

const entries = (folder: string) =>
  entriesWithTests(folder).filter((name) => !name.endsWith("_test.ts"));

Deno.test("the tables of folders list all existing folders, and no others", () => {
  const named = table("folder").flatMap(([folder]) => ticked(folder));
  const inCore = entries("core/").map((name) => `core/${name}`);
  const there = [...entries("./").filter((name) => name !== "core/"), ...inCore];
  assert.deepEqual(named.toSorted(), there.toSorted());

  const inCli = table("folder of `core/cli/`").flatMap(([folder]) => ticked(folder));
  assert.deepEqual(inCli.toSorted(), entries("core/cli/").toSorted());
});

Deno.test("the table of libraries lists those of deno.json and the folders that import them", () => {
  const fromNpm = Object.entries(config.imports).filter(([, target]) => target.startsWith("npm:"));
  assert.deepEqual(Object.keys(libraries).sort(), fromNpm.map(([name]) => name).sort());
  const cells = new Map(table("library").map(([name, , users]) => [ticked(name)[0], users]));
  for (const [name, users] of Object.entries(libraries)) {
    assert.equal(cells.get(name), users.map((place) => `\`${place}\``).join(", "), name);
  }
  assert.equal(cells.size, fromNpm.length);
});

/** A longer file contains more than one concept. */
const MOST_LINES = 400;

function* sources(folder: string): Generator<string> {
  for (const name of entriesWithTests(folder)) {
    if (name.endsWith("/")) yield* sources(folder + name);
    else yield folder + name;
  }
}

Deno.test("no source file is long, tests included", () => {
  const long = ["boards/", "core/", "ffi/", "tests/", "tools/"].flatMap((one) => [...sources(one)])
    .filter((path) => read(path).split("\n").length > MOST_LINES + 1);
  assert.deepEqual(long, []);
});

Deno.test("each client has tests that assert the bytes of its packets, without its model", () => {
  for (const protocol of entries("core/protocols/")) {
    const names = entriesWithTests(`core/protocols/${protocol}client/`);
    const wire = names.filter((name) => name.endsWith("_wire_test.ts"));
    assert.ok(wire.length > 0, protocol);
    for (const name of wire) {
      assert.doesNotMatch(read(`core/protocols/${protocol}client/${name}`), /\/model\//, name);
    }
  }
});
