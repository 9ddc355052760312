import assert from "node:assert/strict";
import { endOf } from "./killers.ts";

Deno.test("a run without tests says nothing, one with ten does", () => {
  assert.equal(endOf(0, "ok | 10 passed | 0 failed (1s)"), "passed");
  assert.equal(endOf(0, "ok | 0 passed | 0 failed (1s)"), "broken");
  assert.equal(endOf(1, "FAILED | 10 passed | 1 failed (1s)"), "failed");
  assert.equal(endOf(1, "error: Uncaught SyntaxError: Unexpected token"), "broken");
});
