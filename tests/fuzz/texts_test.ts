import fc from "fast-check";
import assert from "node:assert/strict";
import { cut, table, wrap } from "../../core/cli/terminal/layout.ts";
import { recordName } from "../../core/cli/records/record_name.ts";
import { reportPage } from "../../core/cli/pages/report_page.ts";
import { ran } from "../support/cli/command_rig.ts";
import type { RunReport } from "../../core/plan/report.ts";
import { decodeString } from "../../core/transport/usb/strings.ts";

/** Tests that texts from devices and files are only shown and have no other effect. */

const evil = [
  "\x1b]0;title\x07",
  "\x1b[2J\x1b[H",
  "\x9b31m",
  "\r\n\t\0",
  "<script>alert(1)</script>",
  `"'><img src=x onerror=alert(1)>`,
  "../../../etc/passwd",
  "CON",
  "很长的名字".repeat(30),
];
const foreign = fc.oneof(fc.constantFrom(...evil), fc.string({ unit: "binary", maxLength: 300 }));

Deno.test("a device's names contain no control characters", () => {
  fc.assert(fc.property(foreign, (text) => {
    const units = Array.from(
      { length: Math.min(126, text.length) },
      (_, at) => text.charCodeAt(at),
    );
    const descriptor = Uint8Array.of(
      2 + 2 * units.length,
      3,
      ...units.flatMap((unit) => [unit & 0xFF, unit >> 8]),
    );
    assert.doesNotMatch(decodeString(descriptor)!, /\p{Cc}/u);
  }));
});

Deno.test("texts from outside do not control the terminal, and are cut", () => {
  fc.assert(fc.property(foreign, fc.integer({ min: 0, max: 200 }), (text, width) => {
    const lines = [
      ...wrap(text, width, "  "),
      cut(text, width),
      ...table([[text, "x"], ["y", text]]),
    ];
    for (const line of lines) assert.doesNotMatch(line, /\p{Cc}/u);
  }));
});

Deno.test("texts from outside stay text on the page of a record", async () => {
  const folder = Deno.makeTempDirSync();
  await ran(`restore toy --simulate --fast --yes --operator Ada --report ${folder}/run.json`);
  const report = Deno.readTextFileSync(`${folder}/run.json`);
  Deno.removeSync(folder, { recursive: true });
  const own = tagsOf(reportPage(JSON.parse(report)));
  fc.assert(fc.property(foreign, (text) => {
    const changed: RunReport = JSON.parse(report, (name, value) => {
      const isForeign = ["title", "serial", "claim", "operator", "text", "name"].includes(name);
      // The page omits an empty text.
      return isForeign && typeof value === "string" ? `x${text}` : value;
    });
    assert.deepEqual(tagsOf(reportPage(changed)), own);
  }));
});

/** Returns the elements of a page, in order, without their texts and attributes. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<\/?([a-zA-Z]+)/g)].map(([tag]) => tag);
}

Deno.test("a record has a harmless file name, whatever the camera's name is", () => {
  fc.assert(fc.property(foreign, foreign, fc.nat(), (serial, port, run) => {
    const [startedAt, devices] = ["2026-11-24T09:30:12.345Z", [{ serial }]];
    const name = recordName({ startedAt, devices, station: { port, run } } as unknown as RunReport);
    assert.match(name, /^20261124T093012Z_port-[\w.-]{0,40}_[\w.-]{0,40}_\d{3,}$/);
  }));
});
