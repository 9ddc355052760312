import assert from "node:assert/strict";
import { resolver } from "../tools/check_imports.ts";
import { checkHouse, forbiddenImport } from "../tools/house/rules.ts";
import { readSource } from "../tools/house/source.ts";

const resolve = resolver({ "@deno/usb": "./ffi/libusb/mod.ts", "zod": "npm:zod@4.6.7" });

/** The broken rules of a house with these files, as `file:line: reason`. */
function check(files: Record<string, string>): string[] {
  const sources = Object.entries(files).map(([path, text]) => readSource(path, text));
  return checkHouse(sources, resolve).map(({ path, line, message }) =>
    `${path}:${line}: ${message}`
  );
}

Deno.test("who may import whom", () => {
  const forbidden: [string, string][] = [
    ["core/plan/engine.ts", "boards/mod.ts"],
    ["core/plan/engine.ts", "ffi/libusb/mod.ts"],
    ["core/protocols/dfu/client/dfu_client.ts", "core/protocols/sdp/client/sdp_client.ts"],
    ["core/protocols/dfu/client_test.ts", "core/protocols/sdp/client/sdp_client.ts"],
    ["core/protocols/dfu/client/dfu_client.ts", "core/transport/usb/memory.ts"],
    ["core/protocols/dfu/client/dfu_client.ts", "tests/support/usbip/server.ts"],
    ["core/protocols/dfu/client/dfu_client.ts", "core/plan/step.ts"],
    ["core/protocols/dfu/client/dfu_client.ts", "core/protocols/serial_boot/client.ts"],
    ["boards/openmv_n6/mod.ts", "boards/arduino/mod.ts"],
    ["boards/arduino/mod.ts", "ffi/libusb/mod.ts"],
    ["ffi/libusb/mod.ts", "boards/mod.ts"],
    ["core/common/errors.ts", "tools/run.ts"],
    ["main.ts", "tests/bench/main.ts"],
  ];
  for (const [from, to] of forbidden) assert.ok(forbiddenImport(from, to), `${from} → ${to}`);

  const allowed: [string, string][] = [
    ["main.ts", "boards/mod.ts"],
    ["main.ts", "ffi/libusb/mod.ts"],
    ["boards/mod.ts", "boards/arduino/mod.ts"],
    ["boards/openmv_n6/mod.ts", "boards/openmv_n6/plan.ts"],
    ["boards/openmv_n6/mod.ts", "boards/usb_ids.ts"],
    ["boards/openmv_n6/mod.ts", "core/protocols/serial_boot/client.ts"],
    ["core/protocols/dfu/client/dfu_client.ts", "core/protocols/dfu/packets.ts"],
    ["core/protocols/dfu/client/dfu_client.ts", "core/transport/usb/device.ts"],
    ["core/protocols/dfu/client_test.ts", "core/transport/usb/memory.ts"],
    ["core/protocols/serial_boot/client.ts", "core/protocols/dfu/client/dfu_client.ts"],
    ["core/plan/engine.ts", "core/cli/terminal/style.ts"],
    ["ffi/libusb/device.ts", "core/common/clock.ts"],
    ["ffi/libusb/leak_test.ts", "tools/native.ts"],
    ["tests/guest/main.ts", "boards/mod.ts"],
  ];
  for (const [from, to] of allowed) {
    assert.equal(forbiddenImport(from, to), undefined, `${from} → ${to}`);
  }
});

Deno.test("a broken rule is told with file and line, however it is imported", () => {
  assert.deepEqual(
    check({
      "core/a.ts": [
        "// import x from '../boards/x.ts';",
        'import { x } from "../boards/x.ts";',
        "const text = 'import \"../boards/x.ts\"';",
        "export * from",
        "  '../boards/y.ts';",
        'const z = await import("../ffi/z.ts");',
        'import "../ffi/w.ts";',
        'import type { Bus } from "@deno/usb";',
        'import { z } from "zod";',
        'import { std } from "https://example.org/x.ts";',
      ].join("\n"),
    }),
    [
      "core/a.ts:2: core imports no boards",
      "core/a.ts:5: core imports no boards",
      "core/a.ts:6: core imports no ffi",
      "core/a.ts:7: core imports no ffi",
      "core/a.ts:8: core imports no ffi",
      "core/a.ts:10: https://example.org/x.ts is neither ours nor from npm",
    ],
  );
});

Deno.test("native code, printing and time have their rooms", () => {
  const text = [
    "Deno.dlopen('x', {});",
    "console.log(1);",
    "Deno.stdout.writeSync(b);",
    "setTimeout(f, 1);",
    "Date.now();",
    "performance . now();",
    "new Date();",
    "new Deno.Command('ls');",
    "Deno.env.get('HOME');",
  ].join("\n");
  const lines = (path: string) => check({ [path]: text }).map((line) => Number(line.split(":")[1]));
  assert.deepEqual(lines("core/plan/engine.ts").sort(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(lines("core/cli/terminal/console.ts").sort(), [1, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(lines("core/common/clock.ts").sort(), [1, 2, 3, 8, 9]);
  assert.deepEqual(lines("ffi/libusb/mod.ts").sort(), [2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(lines("main.ts").sort(), [1, 4, 5, 6, 7, 8, 9]);
  for (const free of ["tools/build.ts", "tests/guest/main.ts", "core/plan/engine_test.ts"]) {
    assert.deepEqual(lines(free), []);
  }
});

Deno.test("what only looks like code is left alone", () => {
  assert.deepEqual(
    check({
      "core/a.ts": [
        "// console.log(1)",
        "/* setTimeout(f, 1);\n Date.now() */",
        "const s = 'console.log(1)' + \"Date.now()\" + `performance.now()`;",
        "const t = `${console2.log(`Date.now()`)} Date.now()`;",
        "const r = a / b; const q = /['\"`]console.log/.test(s);",
        "clock.setTimeout(1); new Date(5); context.console.columns;",
      ].join("\n"),
    }),
    [],
  );
  const inTemplate = check({ "core/a.ts": "const s = `a ${ {b: `${Date.now()}`} } c`;" });
  assert.equal(inTemplate.length, 1);
});

Deno.test("a circle of imports is told once", () => {
  assert.deepEqual(
    check({
      "core/a.ts": 'import "./b.ts";\nimport "./d.ts";',
      "core/b.ts": 'import "./c.ts";',
      "core/c.ts": '\nimport type { A } from "./a.ts";',
      "core/d.ts": 'import "./b.ts";',
      "core/self.ts": 'import "./self.ts";',
    }),
    [
      "core/c.ts:2: imports go in a circle: core/a.ts → core/b.ts → core/c.ts → core/a.ts",
      "core/self.ts:1: imports go in a circle: core/self.ts → core/self.ts",
    ],
  );
});
