import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { verifyFolder } from "../../core/cli/records/verify_folder.ts";
import { withEach } from "../support/ffi/hanging_program.ts";

/** SIGKILL while a station works: the folder is intact, and the next start closes its records. */

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Starts a station with three boards, and kills it when a line of its output is as wanted. */
async function station(
  folder: string,
  kill?: (line: Record<string, unknown>) => boolean,
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    env: { UNBRICK_NO_RECORDER: "1" },
    args: [
      ...["run", "-A", "--no-check", main, "station", "openmv-h7", "openmv-m4", "openmv-m7"],
      ...["--yes", "--simulate", "--count", "3", "--json", "--report", folder],
      ...(kill ? [] : ["--fast"]),
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop()!;
    if (lines.some((line) => kill?.(JSON.parse(line)))) child.kill("SIGKILL");
  }
  assert.equal((await child.status).signal, kill ? "SIGKILL" : null);
}

Deno.test({
  name:
    "a killed station: every camera is in the batch after the next start, the killed ones closed",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const parent = Deno.makeTempDirSync();
    const moments: Record<string, (line: Record<string, unknown>) => boolean> = {
      begun: ({ type }) => type === "run-started",
      writing: ({ type }) => type === "changing",
      ended: ({ type }) => type === "run-ended",
    };
    try {
      await withEach(Object.entries(moments), async ([name, kill]) => {
        const folder = join(parent, name);
        await station(folder, kill);
        const { batch: { cameras: before }, unfinished, problems } = verifyFolder(folder);
        assert.ok(unfinished.length > 0, `${name}: no run was killed`);
        assert.deepEqual(problems, [], name);

        await station(folder);
        const after = verifyFolder(folder);
        assert.deepEqual([after.problems, after.unfinished], [[], []], name);
        const { cameras } = after.batch;
        assert.deepEqual(cameras.slice(0, before.length), before);
        const closed = cameras.slice(before.length, -3);
        assert.equal(closed.length, unfinished.length, name);
        for (const { record, finished, outcome } of closed) {
          assert.deepEqual([finished, outcome === "proven"], [false, false]);
          assert.equal(JSON.parse(Deno.readTextFileSync(join(folder, record))).closed, true);
        }
        assert.ok(cameras.slice(-3).every(({ outcome }) => outcome === "proven"));
      });
    } finally {
      Deno.removeSync(parent, { recursive: true });
    }
  },
});
