import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readTrace } from "../../core/trace/read_trace.ts";

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

Deno.test({
  name: "a killed program leaves a trace that contains all but the last second",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    try {
      for (const ms of [3_000, 4_500]) {
        const path = `${folder}/${ms}.pcapng`;
        const child = new Deno.Command(Deno.execPath(), {
          env: { UNBRICK_NO_RECORDER: "1" },
          args: [
            ...["run", "-A", "--no-check", main, "restore", "openmv-h7", "--simulate"],
            ...["--yes", "--json", "--trace", path],
          ],
          stdout: "piped",
          stderr: "null",
        }).spawn();
        let printed = "";
        const reading = (async () => {
          const texts = child.stdout.pipeThrough(new TextDecoderStream());
          for await (const part of texts) printed += part;
        })();
        while (!printed.includes("\n")) await new Promise((resolve) => setTimeout(resolve, 50));
        await new Promise((resolve) => setTimeout(resolve, ms));
        child.kill("SIGKILL");
        const killed = Date.now();
        await Promise.all([child.status, reading]);
        const entries = readTrace(Deno.readFileSync(path), path);
        const kept = entries.flatMap((one) =>
          one.type === "note" && one.facts.type === "event" ? [one.facts.event] : []
        );
        const seen = printed.trimEnd().split("\n").map((line) => JSON.parse(line))
          .filter(({ type, time }) => type !== "progress" && Date.parse(time) < killed - 1_000)
          .map(({ schema: _, time: __, ...event }) => event);
        assert.ok(seen.length > 0 && entries.some(({ type }) => type === "transfer"));
        assert.deepEqual(kept.slice(0, seen.length), seen);
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
