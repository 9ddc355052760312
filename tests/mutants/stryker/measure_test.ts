import assert from "node:assert/strict";
import { coveringTests } from "./covering_tests.ts";
import { changeOf } from "./mutant_id.ts";
import { isGood, type Result, scores, table } from "./results.ts";
import { roomOf } from "./rooms.ts";

const change = (source: string, line: number, replacement = "a <= b") =>
  changeOf("core/plan/x.ts", source, {
    location: { start: { line, column: 4 }, end: { line, column: 9 } },
    replacement,
  });

Deno.test("a mutant keeps its id when its line moves, and has another one when the line changes", () => {
  const first = change("if (a < b) return;", 0);
  assert.deepEqual({ ...first, id: "" }, {
    file: "core/plan/x.ts",
    line: 1,
    old: "a < b",
    new: "a <= b",
    id: "",
  });
  assert.equal(change("\nif (a < b) return;", 1).id, first.id);
  assert.notEqual(change("if (a < b) throw 1;", 0).id, first.id);
  assert.notEqual(change("if (a < b) return;", 0, "true").id, first.id);
});

Deno.test("near tests are tried first, then fast ones, and no more than the budget allows", () => {
  const run = (file: string, ms: number) => ({ file, name: "a", ms });
  const far = run("boards/a/fault_test.ts", 1), slow = run("core/plan/b_test.ts", 9_000);
  const fast = run("core/plan/c_test.ts", 500), late = run("boards/a/b_test.ts", 800);
  const tests = [late, far, slow, fast];
  assert.deepEqual(coveringTests(tests, "core/plan/x.ts", undefined), [fast, slow, far]);
  assert.deepEqual(coveringTests(tests, "core/plan/x.ts", ["boards/a/b_test.ts::a"]), [late]);
});

Deno.test("each room has its score; a time limit counts as killed, a mutant without a test does not", () => {
  const result = (file: string, status: string): Result => ({ ...change("", 0), file, status });
  const all = scores([
    result("core/plan/a.ts", "Killed"),
    result("core/plan/a.ts", "Timeout"),
    result("core/plan/a.ts", "Survived"),
    result("core/protocols/dfu/model/a.ts", "NoCoverage"),
    result("core/protocols/dfu/client/a.ts", "Killed"),
  ]);
  assert.deepEqual(all.map(({ name, mutants, killed }) => [name, mutants, killed]), [
    ["core/protocols, models", 1, 0],
    ["core/protocols", 1, 1],
    ["core/plan", 3, 2],
    ["all", 5, 3],
  ]);
  assert.match(table(all), /\| core\/plan +\| 3 +\| 2 +\| 1 +\| 66\.7 % +\| 90 % +\|/);
  assert.equal(roomOf("core/plan/engine_test.ts"), undefined);
  assert.equal(roomOf("boards/openmv_n6/samples.ts"), undefined);
});

Deno.test("100 mutants are judged: those of a room by its wanted score, all together by the least one", () => {
  const judged = (killed: number, mutants: number, least?: number) => {
    const results = Array.from({ length: mutants }, (_, at): Result => ({
      ...change("", 0),
      file: "core/plan/a.ts",
      status: at < killed ? "Killed" : "Survived",
    }));
    return scores(results, least).map(isGood);
  };
  assert.deepEqual(judged(90, 100), [true, true]);
  assert.deepEqual(judged(89, 100), [false, true]);
  assert.deepEqual(judged(0, 99, 60), [true, true]);
  assert.deepEqual(judged(60, 100, 60), [false, true]);
  assert.deepEqual(judged(59, 100, 60), [false, false]);
});
