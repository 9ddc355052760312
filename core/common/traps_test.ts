import assert from "node:assert/strict";
import { UnbrickError } from "./errors.ts";
import { trapsOf, type TrapTable } from "./traps.ts";

interface Named {
  readonly frozen: boolean;
  readonly speed: "high" | "full";
  readonly waitMs: number;
}
const table: TrapTable<Named> = { frozen: [false], speed: ["high", "full"], waitMs: [600] };

Deno.test("traps that are not given have their default values", () => {
  assert.deepEqual(trapsOf(table, { speed: "full", waitMs: 5 }), {
    frozen: false,
    speed: "full",
    waitMs: 5,
  });
});

Deno.test("an unknown name, a value of another type, or one that is not allowed is refused", () => {
  for (
    const [given, message] of [
      [{ frozn: true }, /has no trap called "frozn"\. Did you mean frozen\?/],
      [{ toString: true }, /has no trap called "toString"\. There are: frozen, speed, waitMs\./],
      [{ frozen: 1 }, /The trap frozen cannot be 1\. It can be a boolean\./],
      [{ speed: "low" }, /The trap speed cannot be low\. It can be one of high, full\./],
    ] as const
  ) {
    assert.throws(
      () => trapsOf(table, given),
      (error) =>
        error instanceof UnbrickError && error.kind === "usage" && message.test(error.message),
    );
  }
});
