import assert from "node:assert/strict";
import type { FieldFact } from "../../family/field_fact.ts";
import { judge } from "./judge.ts";

const device = { vendorId: 1, productId: 2 };
const time: FieldFact = {
  ...{ id: "erase", title: "Erase", source: "the test", modelMs: 100 },
  watch: { of: "stay", device },
};
const value: FieldFact = {
  ...{ id: "size", title: "Size", source: "the test", model: 1024 },
  watch: { of: "transfer-size", device },
};

Deno.test("a time holds between half and double of the model's, by the middle one", () => {
  const cases: readonly (readonly [number[], string])[] = [
    [[], "not-seen"],
    [[50], "holds"],
    [[200], "holds"],
    [[49], "differs"],
    [[201], "differs"],
    [[1, 100, 5000], "holds"],
    [[100, 5000, 5000], "differs"],
  ];
  for (const [seen, verdict] of cases) assert.equal(judge(time, seen), verdict, String(seen));
});

Deno.test("a value holds if it is always the model's", () => {
  assert.equal(judge(value, []), "not-seen");
  assert.equal(judge(value, [1024]), "holds");
  assert.equal(judge(value, [1024, 2048]), "differs");
});
