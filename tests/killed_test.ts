import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { RunReport } from "../core/plan/report.ts";

/**
 * SIGKILL at random moments of a whole run. More of them with:
 * `deno test -A tests/killed_test.ts -- 200`
 */
const kills = Number(Deno.args[0] ?? 6);
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

Deno.test({
  name: `a program that is killed leaves a record that is true as far as it goes: ${kills} kills`,
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    const seen = { unchanged: 0, changed: 0, finished: 0, none: 0 };
    try {
      for (let number = 0; number < kills; number++) {
        const path = join(folder, `${number}.json`);
        const child = new Deno.Command(Deno.execPath(), {
          args: [
            ...["run", "-A", "--no-check", main, "restore", "openmv-h7", "--simulate"],
            ...["--yes", "--json", "--report", path],
          ],
          stdout: "piped",
          stderr: "null",
        }).spawn();
        const printed = new Response(child.stdout).text();
        // From before the first line to the middle of the firmware, on the real clock.
        await new Promise((resolve) => setTimeout(resolve, 300 + 3_000 * ((number * 0.618) % 1)));
        child.kill("SIGKILL");
        await child.status;
        const isChanged = (await printed).includes('"type":"changing"');
        let text: string;
        try {
          text = Deno.readTextFileSync(path);
        } catch {
          assert.ok(!isChanged, "no record, and yet the camera was changed");
          seen.none++;
          continue;
        }
        const record: RunReport = JSON.parse(text);
        if (isChanged) assert.notEqual(record.outcome, "unchanged");
        if (!record.finished) assert.notEqual(record.outcome, "proven");
        seen[
          record.finished ? "finished" : record.outcome === "unchanged" ? "unchanged" : "changed"
        ]++;
      }
      console.log(`      ${JSON.stringify(seen)}`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
