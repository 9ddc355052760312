import fc from "fast-check";
import assert from "node:assert/strict";
import { safePaths } from "./safe_paths.ts";

Deno.test("ordinary paths stay as they are", () => {
  const paths = ["main.py", "lib/face.py", "lib/modèle.tflite", ".openmv_disk", "中文/图.py"];
  assert.deepEqual(safePaths(paths), paths);
});

Deno.test("what leads elsewhere, or no computer can write, gets another name", () => {
  assert.deepEqual(
    safePaths(["../x", "/etc/passwd", "a\\..\\b", "C:\\x", "con.txt", "NUL", "a. ", "", "x\0y"]),
    ["_/x", "_~2/etc/passwd", "a_.._b", "C__x", "con_.txt", "NUL_", "a_", "_~3", "x_y"],
  );
});

Deno.test("two files never get the same name, also where case does not count", () => {
  assert.deepEqual(
    safePaths(["Main.py", "main.py", "a/x", "A/x", "a", "main.py"]),
    ["Main.py", "main~2.py", "a/x", "A~2/x", "a~3", "main~3.py"],
  );
});

Deno.test("very many files of one name take no time", () => {
  const safe = safePaths(Array.from({ length: 60_000 }, () => "main.py"));
  assert.equal(safe.at(-1), "main~60000.py");
});

Deno.test("any paths stay below the folder, and differ", () => {
  const path = fc.array(fc.oneof(fc.string(), fc.constantFrom("..", ".", "", "a", "A")), {
    minLength: 1,
    maxLength: 4,
  }).map((parts) => parts.join("/"));
  fc.assert(fc.property(fc.array(path, { maxLength: 20 }), (paths) => {
    const safe = safePaths(paths);
    assert.equal(new Set(safe.map((one) => one.toLowerCase())).size, paths.length);
    for (const part of safe.flatMap((one) => one.split("/"))) {
      assert.doesNotMatch(part, /^\.*$|[\\:\p{Cc}]|[. ]$/u);
      assert.ok(part.length > 0 && part.length < 90);
    }
  }));
});

Deno.test("a name that comes again gets its number before its ending, or at its end if it has none", () => {
  const again = (name: string) => safePaths([name, name])[1];
  assert.deepEqual(["a.py", "a", ".a", "a.b.c", "x/.y"].map(again), [
    ...["a~2.py", "a~2", ".a~2", "a.b~2.c", "x/.y~2"],
  ]);
});
