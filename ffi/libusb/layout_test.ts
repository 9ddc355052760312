import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { unpackedPackage } from "../../tools/npm_fetch.ts";
import { locked } from "../../tools/native.ts";
import { usbPackage } from "../../tools/npm_packages.ts";
import { MissingProgram, run } from "../../tools/run.ts";
import * as layout from "./layout.ts";

const structures = {
  TRANSFER: "libusb_transfer",
  CONFIG: "libusb_config_descriptor",
  INTERFACE: "libusb_interface",
  ALTSETTING: "libusb_interface_descriptor",
  ENDPOINT: "libusb_endpoint_descriptor",
  VERSION: "libusb_version",
} as const;

Deno.test("the offsets are those of a C compiler with the real libusb.h", async () => {
  const header = new URL("libusb/libusb/libusb.h", await locked(() => unpackedPackage(usbPackage)));
  const expected: Record<string, number> = {};
  const lines: string[] = [];
  for (const [name, struct] of Object.entries(structures)) {
    const { offsets, size } = layout[name as keyof typeof structures];
    for (const [field, offset] of Object.entries({ ...offsets, size })) {
      expected[`${name}.${field}`] = offset;
      const what = field !== "size"
        ? `offsetof(struct ${struct}, ${field})`
        : name === "TRANSFER"
        ? "offsetof(struct libusb_transfer, iso_packet_desc)"
        : `sizeof(struct ${struct})`;
      lines.push(`printf("${name}.${field} %zu\\n", ${what});`);
    }
  }
  lines.push('printf("timeval.tv_usec %zu\\n", offsetof(struct timeval, tv_usec));');
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/offsets.c`,
      `#include <stddef.h>\n#include <stdio.h>\n#include <sys/time.h>\n` +
        `#include "${fileURLToPath(header)}"\nint main(void) {\n${lines.join("\n")}\nreturn 0; }\n`,
    );
    await run("gcc", ["-o", `${folder}/offsets`, `${folder}/offsets.c`]);
    const printed = (await run(`${folder}/offsets`, [])).trim().split("\n");
    const found = Object.fromEntries(printed.map((line) => {
      const [name, value] = line.split(" ");
      return [name, Number(value)];
    }));
    assert.deepEqual(found, { ...expected, "timeval.tv_usec": 8 });
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.log(`skipped: ${error.message}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a timeval is two longs, which are 4 bytes on Windows", () => {
  const at = (windows: boolean) => [...layout.timeval(100, windows)];
  assert.deepEqual(at(false).slice(8, 12), [0xa0, 0x86, 0x01, 0]);
  assert.deepEqual(at(true).slice(4, 8), [0xa0, 0x86, 0x01, 0]);
});
