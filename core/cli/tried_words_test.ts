import assert from "node:assert/strict";
import { ran } from "../../tests/support/cli/command_rig.ts";

Deno.test("what a line may name is tried before it is read; the command's name is no file", async () => {
  const lines: Readonly<Record<string, readonly string[]>> = {
    "boards": [],
    "images list": ["list"],
    "restore toy --images boards --simulate --fast --yes": [
      "toy",
      "--images",
      "boards",
      "--simulate",
      "--fast",
      "--yes",
    ],
    "--images boards restore toy": ["--images", "boards", "restore", "toy"],
  };
  for (const [line, words] of Object.entries(lines)) {
    const tried: (readonly string[])[] = [];
    await ran(line, {
      context: {
        tryReading: (words) => {
          tried.push(words);
          return Promise.resolve();
        },
      },
    });
    assert.deepEqual(tried, [words], line);
  }
});
