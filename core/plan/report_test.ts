import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { RunEvent } from "./events.ts";
import type { Proof } from "./proof.ts";
import { Recorder, type RunBasis } from "./report.ts";

const basis: RunBasis = { version: "1.2.3", job: "flash", simulated: true };

type Recorded = { type: string; at: number } & Record<string, unknown>;

/** The record of these events. */
function recorded(events: readonly Recorded[], more: Partial<RunBasis> = {}) {
  const recorder = new Recorder(new VirtualClock(), { ...basis, ...more });
  for (const event of events) recorder.add(event as unknown as RunEvent);
  return recorder.report();
}

const step = (id: string) => ({
  id,
  title: `Do ${id}`,
  effect: "writes",
  expectedMs: 10,
  targets: [],
  consent: undefined,
});

const started = {
  type: "run-started",
  at: 0,
  job: "restore",
  board: { id: "toy", name: "Toy" },
  simulated: false,
  imagesFrom: "here",
  images: [{ role: "firmware" }],
  steps: ["a", "b", "c", "d", "e"].map(step),
};

Deno.test("before the run starts, the record has what is known", () => {
  const report = recorded([], { board: { id: "b", name: "B" }, operator: "Ann", replay: true });
  assert.deepEqual(report, {
    schema: 1,
    finished: false,
    outcome: "unchanged",
    ms: 0,
    tool: { name: "unbrick", version: "1.2.3", sha256: undefined },
    host: undefined,
    startedAt: "2026-01-01T00:00:00.000Z",
    operator: "Ann",
    job: "flash",
    board: { id: "b", name: "B" },
    simulated: true,
    replay: true,
    imagesFrom: undefined,
    images: [],
    devices: [],
    steps: [],
    waits: [],
    consents: [],
    check: undefined,
    notes: [],
  });
  const bare = recorded([]);
  assert.deepEqual(["replay" in bare, "station" in bare], [false, false]);
});

Deno.test("an error before the run: nothing was written", () => {
  const recorder = new Recorder(new VirtualClock(), basis);
  recorder.add({ type: "note", text: "Looking.", at: 70 });
  recorder.failed(new UnbrickError("permission", "No access."));
  const { finished, outcome, exitCode, error, ms, notes } = recorder.report();
  assert.deepEqual([finished, outcome, error?.kind, ms], [true, "unchanged", "permission", 70]);
  assert.equal(exitCode, new UnbrickError("permission", "").exitCode);
  assert.deepEqual(notes, ["Looking."]);
});

Deno.test("the run's own job, board, images and simulation count; progress is not kept", () => {
  const report = recorded([started, { type: "progress", at: 90 }]);
  assert.deepEqual(
    [report.job, report.board?.id, report.simulated, report.imagesFrom, report.images.length],
    ["restore", "toy", false, "here", 1],
  );
  assert.deepEqual([report.ms, report.outcome, report.finished], [0, "unchanged", false]);
  const changing = recorded([started, { type: "changing", step: "a", at: 33 }]);
  assert.deepEqual([changing.ms, changing.outcome], [33, "partly-written"]);
});

const proof = (claim: string): Proof => ({ claim, evidence: "alive" });

Deno.test("each step has its own events: skipped, done, left out, failed, not reached", () => {
  const report = recorded([
    started,
    { type: "step-skipped", step: "a", at: 1, reason: "already-done", claim: "It is there." },
    { type: "proof", step: "a", at: 1, proof: proof("a") },
    { type: "step-started", step: "b", at: 5 },
    { type: "proof", step: "b", at: 8, proof: proof("b") },
    { type: "proof", step: "b", at: 9, proof: proof("b again") },
    { type: "step-done", step: "b", at: 9, ms: 4 },
    { type: "step-left-out", step: "c", at: 10, reason: "consent", because: "No consent." },
    { type: "step-started", step: "d", at: 12 },
    {
      type: "run-ended",
      at: 20,
      outcome: "partly-written",
      exitCode: 7,
      ms: 20,
      error: { kind: "stalled", message: "No.", step: "d" },
    },
  ]);
  const nothing = {
    startedAt: undefined,
    ms: undefined,
    skippedBecause: undefined,
    reason: undefined,
    leftOutBecause: undefined,
    proofs: [],
  };
  assert.deepEqual(report.steps, [
    {
      ...step("a"),
      ...nothing,
      state: "skipped",
      startedAt: 1,
      reason: "already-done",
      skippedBecause: "It is there.",
      proofs: [proof("a")],
    },
    {
      ...step("b"),
      ...nothing,
      state: "done",
      startedAt: 5,
      ms: 4,
      proofs: [proof("b"), proof("b again")],
    },
    {
      ...step("c"),
      ...nothing,
      state: "left-out",
      reason: "consent",
      leftOutBecause: "No consent.",
    },
    { ...step("d"), ...nothing, state: "failed", startedAt: 12 },
    { ...step("e"), ...nothing, state: "not-reached" },
  ]);
  const { finished, outcome, exitCode, ms, error } = report;
  assert.deepEqual([finished, outcome, exitCode, ms], [true, "partly-written", 7, 20]);
  assert.equal(error?.message, "No.");
  const fine = recorded([started, {
    type: "run-ended",
    at: 3,
    outcome: "proven",
    exitCode: 0,
    ms: 3,
  }]);
  assert.deepEqual([fine.outcome, fine.error, fine.steps[0].state], [
    "proven",
    undefined,
    "not-reached",
  ]);
});

Deno.test("each mode of the camera is one entry, with the time of its first appearance", () => {
  const device = (mode: string, serial = "A") => ({ port: "1-1", mode, serial });
  const { devices } = recorded([
    { type: "connected", at: 1, detected: device("rom") },
    { type: "connected", at: 2, detected: device("bootloader") },
    { type: "connected", at: 3, detected: device("rom") },
    { type: "connected", at: 4, detected: device("rom", "B") },
  ]);
  assert.deepEqual(devices, [
    { ...device("rom"), at: 1 },
    { ...device("bootloader"), at: 2 },
    { ...device("rom", "B"), at: 4 },
  ]);
});

Deno.test("a wait lasts until its own end, and one without an end has no length", () => {
  const { waits } = recorded([
    { type: "hardware", at: 10, waitingFor: "the ROM", actions: [{ id: "plug" }], deadlineMs: 9 },
    { type: "note", at: 11, text: "x" },
    { type: "waiting", at: 12, waitingFor: "the firmware", deadlineMs: 9 },
    { type: "awaited", at: 15, waitingFor: "the firmware" },
    { type: "awaited", at: 30, waitingFor: "the ROM" },
    { type: "waiting", at: 40, waitingFor: "the firmware", deadlineMs: 9 },
  ]);
  assert.deepEqual(waits, [
    { waitingFor: "the ROM", actions: [{ id: "plug" }], at: 10, ms: 20 },
    { waitingFor: "the firmware", actions: [], at: 12, ms: 3 },
    { waitingFor: "the firmware", actions: [], at: 40, ms: 0 },
  ]);
});

Deno.test("what the check after the proof found is in the record, without its time", () => {
  const error = { kind: "picture-dark", message: "Black." }, firmware = { version: "5.0.0" };
  const { check } = recorded([
    { type: "checked", at: 5, step: "take-pictures", claim: "It sees.", firmware, error },
  ]);
  assert.deepEqual(check, { claim: "It sees.", firmware, error });
});

Deno.test("consents are recorded as they were given", () => {
  const { consents } = recorded([
    { type: "consent", at: 1, id: "write", text: "Write?", granted: true },
    { type: "consent", at: 2, id: "fuse", text: "Burn?", granted: false },
  ]);
  assert.deepEqual(consents, [
    { id: "write", text: "Write?", granted: true },
    { id: "fuse", text: "Burn?", granted: false },
  ]);
});

Deno.test("a station's record says the port and the run, the computer and its executable", () => {
  const station = { port: "1-1.2", run: 7 };
  const report = recorded([], { station, origin: { host: "bench", sha256: "abc" } });
  assert.deepEqual([report.station, report.host, report.tool], [station, "bench", {
    name: "unbrick",
    version: "1.2.3",
    sha256: "abc",
  }]);
});
