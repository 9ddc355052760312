import assert from "node:assert/strict";
import { MissingProgram, run } from "../../tools/run.ts";
import { DEVICE_INFO, WCHAR } from "./layout.ts";
import { hidapiHeaders } from "../../tests/support/ffi/fake_hidapi.ts";

Deno.test("the offsets are those of a C compiler with the real hidapi.h", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const print = (name: string, value: string) => `printf("\\"${name}\\": %zu,", ${value});`;
    const lines = Object.keys(DEVICE_INFO.offsets).map((field) =>
      print(field, `offsetof(struct hid_device_info, ${field})`)
    );
    await Deno.writeTextFile(
      `${folder}/offsets.c`,
      `#include <stddef.h>\n#include <stdio.h>\n#include "hidapi.h"\nint main(void) {\n` +
        `${lines.join("\n")}\nprintf("\\"WCHAR\\": %zu", sizeof(wchar_t));\nreturn 0; }\n`,
    );
    const headers = await hidapiHeaders();
    await run("gcc", [`-I${headers}`, "-o", `${folder}/offsets`, `${folder}/offsets.c`]);
    const found = JSON.parse(`{${await run(`${folder}/offsets`, [])}}`);
    assert.deepEqual(found, { ...DEVICE_INFO.offsets, WCHAR });
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.log(`skipped: ${error.message}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
