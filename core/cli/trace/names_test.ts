import assert from "node:assert/strict";
import { withoutNames } from "./names.ts";

Deno.test("names go wherever they are a word, home folders in each way of writing", () => {
  const linux = withoutNames({ home: "/home/li", user: "li", host: "lab.example", operator: "Wu" });
  assert.equal(linux("--images /home/li/fw.zip by Wu"), "--images ~/fw.zip by OPERATOR");
  assert.equal(linux("li@lab.example reads a list of WUs"), "USER@HOST reads a list of WUs");
  const windows = withoutNames({ home: "C:\\Users\\Li", user: "Li" });
  assert.equal(windows("C:\\Users\\Li\\x.bin c:/users/li/y.bin"), "~\\x.bin ~/y.bin");
  assert.equal(withoutNames({})("nobody"), "nobody");
});
