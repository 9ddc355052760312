import assert from "node:assert/strict";
import { byNumbers } from "./number_order.ts";

Deno.test("numbers in texts are compared as numbers", () => {
  assert.deepEqual(["1-10", "rc.9", "1-9", "rc.10"].sort(byNumbers), [
    "1-9",
    "1-10",
    "rc.9",
    "rc.10",
  ]);
});
