import assert from "node:assert/strict";
import plugin from "../tools/checks/lint.ts";

/** Returns the lines that break one of these rules, in a file with this name. */
function lines(path: string, text: string): number[] {
  return Deno.lint.runPlugin(plugin, path, text)
    .map(({ range }) => text.slice(0, range[0]).split("\n").length)
    .toSorted((a, b) => a - b);
}

Deno.test("only their folders may use native code, print, read the time or environment, or start programs", () => {
  const text = [
    "Deno.dlopen('x', {});",
    "new Deno.UnsafeCallback({});",
    "console.log(1);",
    "Deno.stdout.writeSync(b);",
    "process.stderr.write('');",
    "setTimeout(f, 1);",
    "Date.now();",
    "performance . now();",
    "new Date();",
    "AbortSignal.timeout(1);",
    "Deno.env.get('HOME');",
    "new Deno.Command('ls');",
  ].join("\n");
  const native = [1, 2], printing = [3, 4, 5], time = [6, 7, 8, 9, 10], rest = [11, 12];
  const product = [...native, ...printing, ...time, ...rest];
  assert.deepEqual(lines("core/plan/engine.ts", text), product);
  assert.deepEqual(lines("boards/arduino/mod.ts", text), product);
  assert.deepEqual(lines("core/cli/run.ts", text), [...native, ...time, ...rest]);
  assert.deepEqual(lines("main.ts", text), [...native, ...time, ...rest]);
  assert.deepEqual(lines("ffi/libusb/mod.ts", text), [...printing, ...time, ...rest]);
  assert.deepEqual(
    lines("core/common/clock.ts", text),
    [...native, ...printing, ...rest],
  );
  for (const free of ["tools/build.ts", "tests/guest/main.ts", "core/plan/engine_test.ts"]) {
    assert.deepEqual(lines(free, text), []);
  }
});

Deno.test("code that only looks similar is allowed", () => {
  const text = [
    "// console.log(1)",
    "const s = 'console.log(1)' + `Date.now()`;",
    "clock.setTimeout(1); new Date(5); context.console.log(1);",
    "constructor.name; toString();",
  ].join("\n");
  assert.deepEqual(lines("core/a.ts", text), []);
  assert.deepEqual(lines("core/a.ts", "const s = `a ${ {b: `${Date.now()}`} } c`;"), [1]);
});
