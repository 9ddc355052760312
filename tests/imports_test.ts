import assert from "node:assert/strict";
import { dirname, relative } from "node:path/posix";
import { pathToFileURL } from "node:url";
import { wrongImports } from "../tools/checks/cruise.ts";
import { filesBelow } from "../tools/checks/tree.ts";
import { projectRoot } from "../tools/targets.ts";

/** Returns the reasons by importing file, for a project that consists of these files. */
async function check(files: ReadonlyMap<string, string>): Promise<Map<string, string[]>> {
  const path = await Deno.makeTempDir();
  const root = pathToFileURL(`${await Deno.realPath(path)}/`);
  try {
    for (const [name, text] of files) {
      const file = new URL(name, root);
      await Deno.mkdir(new URL(".", file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    const reasons = new Map<string, string[]>();
    for (const { from, to, reason } of await wrongImports(root, files.size)) {
      reasons.set(from, [...reasons.get(from) ?? [], `${to}: ${reason}`]);
    }
    return reasons;
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

function statement(from: string, to: string): string {
  const path = relative(dirname(from), to);
  return `"${path.startsWith(".") ? path : `./${path}`}";\n`;
}

/**
 * Returns a project in which a new file of each folder imports an existing one of another folder.
 */
function plant(imports: readonly (readonly [string, string])[], how = "import ") {
  const files = new Map<string, string>();
  const planted = imports.map(([folder, to], index) => {
    const from = folder.endsWith("/") ? `${folder}planted_${index}.ts` : folder;
    files.set(from, how + statement(from, to));
    return { from, to };
  });
  for (const { to } of planted) if (!files.has(to)) files.set(to, "");
  return { files, planted };
}

const existing = new Set(filesBelow(projectRoot));

const forbidden: [string, string][] = [
  ["core/cli/commands/", "tests/support/faults/judge.ts"],
  ["core/cli/", "tests/support/cli/command_rig.ts"],
  ["core/plan/", "core/cli/terminal/style.ts"],
  ["core/image/", "core/cli/terminal/console.ts"],
  ["core/transport/usb/", "core/protocols/dfu/client/dfu_client.ts"],
  ["core/device/", "core/plan/step.ts"],
  ["boards/openmv_n6/", "core/cli/run.ts"],
  ["boards/openmv_n6/", "tests/support/usbip/server.ts"],
  ["core/common/", "core/cli/run.ts"],
  ["core/plan/", "boards/mod.ts"],
  ["core/cli/", "ffi/libusb/mod.ts"],
  ["core/protocols/dfu/client/", "core/protocols/sdp/client/sdp_client.ts"],
  ["core/protocols/dfu/client/", "core/protocols/serial_boot/packets/byte_sum.ts"],
  ["core/protocols/dfu/client/", "core/protocols/dfu/model/dfuse_model.ts"],
  ["core/protocols/dfu/model/", "core/protocols/dfu/client/dfu_client.ts"],
  ["core/protocols/sdp/packets/", "core/protocols/sdp/client/sdp_client.ts"],
  ["core/protocols/serial_boot/model/", "core/protocols/dfu/client/dfu_client.ts"],
  ["core/protocols/dfu/client/", "core/transport/usb/memory.ts"],
  ["core/protocols/dfu/client/", "core/plan/step.ts"],
  ["core/station/", "core/cli/run.ts"],
  ["core/family/", "core/plan/engine.ts"],
  ["boards/openmv_n6/", "boards/arduino/mod.ts"],
  ["boards/arduino/", "ffi/libusb/mod.ts"],
  ["ffi/libusb/", "boards/mod.ts"],
  ["ffi/libusb/", "core/transport/usb/virtual_bus.ts"],
  ["core/common/", "tools/run.ts"],
  ["main.ts", "boards/mod.ts"],
  ["program.ts", "tests/bench/main.ts"],
  ["boards/openmv_n6/restore_test.ts", "boards/arduino/mod.ts"],
];

const allowed: [string, string][] = [
  ["program.ts", "boards/mod.ts"],
  ["main.ts", "program.ts"],
  ["boards/", "boards/arduino/mod.ts"],
  ["boards/openmv_n6/", "boards/openmv_n6/restore.ts"],
  ["boards/openmv_n6/", "core/protocols/serial_boot/packets/byte_sum.ts"],
  ["core/protocols/dfu/client/", "core/transport/usb/device.ts"],
  ["core/protocols/dfu/client/", "core/protocols/dfu/packets/request.ts"],
  ["core/protocols/serial_boot/model/", "core/protocols/dfu/packets/status_record.ts"],
  ["core/protocols/serial_boot/model/", "core/protocols/dfu/model/dfu_configuration.ts"],
  ["core/protocols/dfu/client/client_test.ts", "core/transport/usb/memory.ts"],
  ["core/protocols/serial_boot/client/", "core/protocols/dfu/client/dfu_client.ts"],
  ["core/cli/", "core/plan/engine.ts"],
  ["ffi/libusb/", "core/common/clock.ts"],
  ["ffi/libusb/leak_test.ts", "tools/native.ts"],
  ["tests/guest/", "boards/mod.ts"],
  ["tools/", "core/common/errors.ts"],
];

Deno.test("wrong imports are refused in every folder", async () => {
  const { files, planted } = plant(forbidden);
  const reasons = await check(files);
  for (const { from, to } of planted) {
    assert.ok(
      existing.has(to),
      `${to} is no file of the project any more: the test plants nothing`,
    );
    assert.ok(reasons.get(from)?.some((one) => one.startsWith(`${to}: `)), `${from} → ${to}`);
  }
});

Deno.test("imports that the table allows are accepted", async () => {
  const { files, planted } = plant(allowed);
  for (const { to } of planted) assert.ok(existing.has(to), to);
  assert.deepEqual(await check(files), new Map());
});

Deno.test("if only types may be imported, a type is accepted", async () => {
  const typesOnly: [string, string][] = [
    ["core/family/", "core/plan/step.ts"],
    ["core/device/", "core/family/family.ts"],
    ["core/transport/usb/", "core/plan/hardware_action.ts"],
  ];
  assert.deepEqual(await check(plant(typesOnly, "import type { A } from ").files), new Map());
  const values = plant(typesOnly);
  const reasons = await check(values.files);
  for (const { from } of values.planted) assert.match(reasons.get(from)![0], /only types/);
});

Deno.test("a circle of imports is refused, also if it consists of types", async () => {
  const reasons = await check(
    new Map([
      ["core/plan/a.ts", 'import "./b.ts";\nimport "./d.ts";'],
      ["core/plan/b.ts", 'export * from "./c.ts";'],
      ["core/plan/c.ts", 'import type { A } from "./a.ts";'],
      ["core/plan/d.ts", 'await import("./a.ts");'],
    ]),
  );
  const circles = [...reasons.values()].flat();
  for (const reason of circles) assert.match(reason, /go in a circle/);
  for (const file of ["b.ts", "c.ts", "d.ts"]) {
    assert.ok(circles.some((reason) => reason.includes(file)), file);
  }
});

Deno.test("libraries come from npm, as the table says, and are imported only where it allows", async () => {
  const lines = ["jsr:@std/path", "https://example.org/x.ts", "npm:chalk", "left-pad", "zod"];
  const reasons = await check(
    new Map([
      ["core/plan/a.ts", lines.map((name) => `import "${name}";`).join("\n")],
      ["core/image/schema.ts", 'import { z } from "zod";\nimport "node:path";'],
    ]),
  );
  assert.deepEqual([...reasons.keys()], ["core/plan/a.ts"]);
  const named = reasons.get("core/plan/a.ts")!.map((text) => text.split(": ")[0]);
  assert.deepEqual([...new Set(named)].sort(), lines.toSorted());
});
