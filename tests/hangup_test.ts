import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunReport } from "../core/plan/report.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const ignore = Deno.build.os === "windows";

/** Starts a run, sends SIGHUP as soon as its record shows that it works, and waits for its end. */
async function hungUp(
  command: readonly string[],
  job: string,
): Promise<{ code: number; record: RunReport; printed: string }> {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "record.json");
  try {
    const [program, ...args] = [
      ...[...command, Deno.execPath(), "run", "-A", "--no-check", main],
      ...[job, "openmv-h7", "--simulate", "--yes", "--report", path],
    ];
    const child = new Deno.Command(program, { args, stdout: "piped", stderr: "piped" }).spawn();
    const output = child.output();
    const read = (): RunReport | undefined => {
      try {
        return JSON.parse(Deno.readTextFileSync(path));
      } catch {
        return undefined; // not yet begun
      }
    };
    for (let looks = 0; !read()?.steps.length; looks++) {
      assert.ok(looks < 600, "the run does not begin");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    child.kill("SIGHUP");
    const { code, stdout } = await output;
    return { code, record: read()!, printed: new TextDecoder().decode(stdout) };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test({
  name: "SIGHUP ends a run as SIGTERM does: the outcome is shown, the record is finished",
  ignore,
  fn: async () => {
    const { code, record, printed } = await hungUp([], "restore");
    assert.equal(code, 130);
    assert.deepEqual([record.finished, record.exitCode, record.error?.kind], [
      true,
      130,
      "cancelled",
    ]);
    assert.match(printed, /Stopped by the user/);
  },
});

Deno.test({
  name: "under nohup the run continues to its end",
  ignore,
  fn: async () => {
    const { code, record } = await hungUp(["nohup"], "verify");
    assert.equal(code, 0);
    assert.deepEqual([record.finished, record.outcome, record.exitCode], [true, "proven", 0]);
  },
});
