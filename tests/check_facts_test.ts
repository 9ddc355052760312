import assert from "node:assert/strict";
import { citationDefect, citations, sectionsOf } from "../tools/checks/citations.ts";

const cited = (text: string) =>
  citations("a.ts", text).map(({ sheet, section, item, line }) =>
    [line, sheet, section, item].filter((part) => part !== undefined).join(" ")
  );

Deno.test("citations of fact sheets are found as comments write them", () => {
  const sentences: [string, ...string[]][] = [
    ["/** 1 MiB (dfu-dfuse.md B7). */", "1 dfu-dfuse.md B7"],
    ["// platform.md section 4: modules", "1 platform.md 4"],
    ["See docs/facts/host-systems.md 5.2.1.", "1 host-systems.md 5.2.1"],
    [
      "(alif-isp.md B.3 to B.6, C.4, D)",
      ...["B.3", "B.6", "C.4", "D"].map((s) => `1 alif-isp.md ${s}`),
    ],
    ["a.md 3.6 and 8; b-c.md E and d.md 1", "1 a.md 3.6", "1 a.md 8", "1 b-c.md E", "1 d.md 1"],
    ["(openmv-boards.md 2.5 step 5), or not", "1 openmv-boards.md 2.5 5"],
    ["/**\n * Of old ones (openmv-boards.md\n * 2.4). */", "2 openmv-boards.md 2.4"],
    ["// so says dfu-dfuse.md\n// section F, 3 times", "1 dfu-dfuse.md F", "1 dfu-dfuse.md 3"],
    ["dfu-dfuse.md, and the rest", "1 dfu-dfuse.md"],
    ["README.md 3 and fw docs/protocol.md 3.2"],
    ["alif-isp.md G: 0.3 s, inferred", "1 alif-isp.md G"],
    ["alif-isp.md D-link", "1 alif-isp.md"],
  ];
  for (const [text, ...expected] of sentences) assert.deepEqual(cited(text), expected, text);
});

Deno.test("a citation is wrong if its sheet, section or item does not exist", () => {
  const sheet = [
    "# Title",
    "## 9. Traps",
    "1. One",
    "2. Two",
    "### A1. Letters",
    "### C.2 Dots [V]",
    "#### 5.2.1 Deep",
    "1. Step",
    "  2. not at the beginning of its line",
    "## Words only",
  ].join("\n");
  const sheets = new Map([["a.md", sectionsOf(sheet)]]);
  const defect = (text: string) =>
    citations("x.ts", text).map((one) => citationDefect(one, sheets) ?? "").join();

  for (const right of ["a.md", "a.md 9", "a.md 9.2", "a.md A1, C.2", "a.md 5.2.1 step 1"]) {
    assert.match(defect(right), /^,*$/, right);
  }
  assert.equal(defect("b.md 1"), "docs/facts has no b.md");
  assert.equal(defect("a.md 8"), "a.md has no section 8");
  assert.equal(defect("a.md 9.3"), "a.md has no section 9.3");
  assert.equal(defect("a.md A, A1"), "a.md has no section A,");
  assert.equal(defect("a.md 5.2.1 item 2"), "a.md has no item 2 in section 5.2.1");
});
