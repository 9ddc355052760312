import assert from "node:assert/strict";
import type { RunReport } from "../../plan/report.ts";
import { markup } from "./html.ts";
import { ran } from "../../../tests/support/cli/command_rig.ts";
import { toyFamily } from "../../../tests/support/cli/toy_family.ts";
import { reportPage } from "./report_page.ts";
import { timelineRows } from "./report_timeline.ts";

const command = "restore toy --simulate --fast --yes";

/** Returns the record of a run as JSON. */
async function record(line: string, families = [toyFamily()]): Promise<RunReport> {
  const folder = Deno.makeTempDirSync();
  try {
    await ran(`${line} --report ${folder}/run.json`, { families });
    return JSON.parse(Deno.readTextFileSync(`${folder}/run.json`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("texts are escaped everywhere", () => {
  const evil = `<img src="x" onerror='alert(1)'>&`;
  assert.equal(
    markup`<p title="${evil}">${[evil, undefined, false, 0]}</p>`.text,
    `<p title="${escaped(evil)}">${escaped(evil)}0</p>`,
  );
});

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

Deno.test("the record contains the operator, the camera's serial number, waits, and times of steps", async () => {
  const report = await record(`${command} --operator Ada`);
  assert.equal(report.operator, "Ada");
  assert.deepEqual(report.devices.map(({ mode, serial }) => [mode, serial]), [["rom", "TOY0001"]]);
  const [wait] = report.waits;
  assert.equal(wait.waitingFor, "the toy camera");
  assert.equal(wait.actions.length, 3);
  assert.ok(wait.ms >= 3 * 600, `${wait.ms} ms for three moves of a hand`);
  assert.ok(report.steps.every(({ startedAt, ms }) => startedAt !== undefined && ms !== undefined));
});

Deno.test("a page of a job that only reads does not speak of what was written", async () => {
  const proven = /class="banner outcome good">\s*<strong>Proven: /;
  const answered = /class="banner outcome good">\s*<strong>Done: nothing was written/;
  const report = await record(command);
  assert.match(reportPage(report), proven);
  assert.match(reportPage({ ...report, job: "check" }), answered);
  const failed = { ...report, job: "check", outcome: "unchanged" } as const;
  assert.doesNotMatch(reportPage(failed), answered);
});

Deno.test("the timeline is in order and inside the run", async () => {
  const report = await record(command);
  const rows = timelineRows(report);
  assert.deepEqual(rows.map(({ kind }) => kind), ["step", "wait", "device", "step"]);
  assert.ok(rows.every(({ at, ms }) => at >= 0 && at + ms <= report.ms));
});

Deno.test("the page shows every step, hash and proof, and loads nothing", async () => {
  const report = await record(command);
  const page = reportPage(report);
  for (const { title, proofs } of report.steps) {
    assert.ok(page.includes(String(title)));
    for (const { claim, sha256 } of proofs) {
      assert.ok(page.includes(String(claim)) && page.includes(sha256!));
    }
  }
  assert.match(page, /matches the plan/);
  assert.match(page, /<strong>Proven/);
  assert.match(page, /This was practice/);
  assert.doesNotMatch(page, /https?:|<script|<link|<img|url\(/);
});

Deno.test("a read-back that differs from the plan is not called equal", async () => {
  const report = await record(command);
  const steps = report.steps.map((step) => ({
    ...step,
    proofs: step.proofs.map((proof) => ({ ...proof, sha256: "00" })),
  }));
  assert.doesNotMatch(reportPage({ ...report, steps }), /matches the plan/);
});

Deno.test("a failed run: the error, the failed step, the rest of its time", async () => {
  const report = await record(command, [toyFamily({ forgetful: true })]);
  const page = reportPage(report);
  assert.match(page, /Partly written/);
  assert.match(page, /The toy forgot its firmware\./);
  assert.match(page, /<code>address = 0<\/code>/);
  const failed = timelineRows(report).find(({ state }) => state === "failed");
  assert.equal(failed && failed.at + failed.ms, report.ms);
});

Deno.test("a fuse: its word before and after; a refused consent is mentioned", async () => {
  const report = await record(command, [toyFamily({ fuse: true })]);
  assert.match(reportPage(report), /<strong>Refused<\/strong>|left out/);
  const [step] = report.steps;
  const fuse = { before: 0, after: 16 };
  const proven = { ...step, proofs: [{ claim: "Burnt.", evidence: "fuse", fuse }] } as const;
  const page = reportPage({ ...report, steps: [proven] });
  assert.match(page, /Fuse before.*0x00000000.*Fuse after.*0x00000010/s);
});

Deno.test("--report FILE.html writes the page", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    await ran(`${command} --report ${folder}/run.HTML`);
    assert.match(Deno.readTextFileSync(`${folder}/run.HTML`), /^<!doctype html>/i);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
