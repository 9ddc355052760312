import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { RunEvent } from "../core/plan/events.ts";
import type { RunReport } from "../core/plan/report.ts";
import { withEach } from "./support/ffi/hanging_program.ts";

/**
 * SIGKILL during a whole run: after a certain number of its events, and a random time later. For
 * more of them: `deno test -A tests/killed_test.ts -- 200`
 */
const kills = Number(Deno.args[0] ?? 6);
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** About as many events as a restore prints: the last kills come after its end. */
const EVENTS = 85;
/** The longest time between two events, milliseconds. */
const BETWEEN_MS = 150;

/** Starts a restore and kills it. @returns the events that it printed */
async function killed(path: string, after: number): Promise<RunEvent[]> {
  const child = new Deno.Command(Deno.execPath(), {
    env: { UNBRICK_NO_RECORDER: "1" },
    args: [
      ...["run", "-A", "--no-check", main, "restore", "openmv-h7", "--simulate"],
      ...["--yes", "--json", "--report", path],
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let printed = "", isKilled = false;
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    printed += decoder.decode(bytes, { stream: true });
    if (isKilled || printed.split("\n").length - 1 < after) continue;
    isKilled = true;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * BETWEEN_MS));
    try {
      child.kill("SIGKILL");
    } catch {
      // it has already ended
    }
  }
  await child.status;
  return printed.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

function recordAt(path: string): RunReport | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The record already contains what was printed. */
function check(events: readonly RunEvent[], record: RunReport): void {
  const isPrinted = (type: RunEvent["type"]) => events.some((event) => event.type === type);
  const end = events.find((event) => event.type === "run-ended");
  if (end) assert.ok(record.finished);
  if (record.finished) {
    assert.deepEqual([record.outcome, record.exitCode], ["proven", 0]);
    return;
  }
  assert.equal(record.exitCode, undefined);
  const { outcome } = record;
  assert.ok(outcome === "unchanged" || outcome === "partly-written", outcome);
  if (isPrinted("changing")) assert.equal(outcome, "partly-written");
  const proofs = record.steps.flatMap((step) => step.proofs).length;
  assert.ok(proofs >= events.filter(({ type }) => type === "proof").length);
  const done = record.steps.filter(({ state }) => state === "done").length;
  assert.ok(done >= events.filter(({ type }) => type === "step-done").length);
}

Deno.test({
  name: `a killed program leaves a record that is true up to that moment: ${kills} kills`,
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    const seen = { unchanged: 0, changed: 0, finished: 0 };
    try {
      await withEach([...Array(kills).keys()], async (number) => {
        const path = join(folder, `${number}.json`);
        const events = await killed(path, 1 + Math.floor(EVENTS * number / kills));
        const record = recordAt(path);
        assert.ok(record, "no record, although events were printed");
        check(events, record);
        const { finished, outcome } = record;
        seen[finished ? "finished" : outcome === "unchanged" ? "unchanged" : "changed"]++;
      });
      console.log(`      ${JSON.stringify(seen)}`);
      assert.ok(seen.changed > 0);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
