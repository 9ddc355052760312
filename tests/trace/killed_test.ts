import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readTrace } from "../../core/trace/read_trace.ts";

const main = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** How long before the line of a progress its transfer may be: such lines come ten times a second. */
const PROGRESS_MS = 500;

const commands = [
  "restore openmv-h7",
  "restore openmv-n6",
  "restore openmv-rt1062",
  "restore openmv-ae3",
  "flash arduino-giga",
];

for (const command of commands) {
  Deno.test({
    name: `a killed program leaves a trace that contains all but the last second: ${command}`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const folder = Deno.makeTempDirSync();
      try {
        for (const ms of [1_500, 3_000]) {
          const path = `${folder}/${ms}.pcapng`;
          const child = new Deno.Command(Deno.execPath(), {
            env: { UNBRICK_NO_RECORDER: "1" },
            args: [
              ...["run", "-A", "--no-check", main, ...command.split(" "), "--simulate"],
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
          let isOver = false;
          void child.status.then(() => isOver = true);
          while (!isOver && !printed.includes('"type":"progress"')) {
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          await new Promise((resolve) => setTimeout(resolve, ms));
          child.kill("SIGKILL");
          const killed = Date.now();
          await Promise.all([child.status, reading]);
          const entries = readTrace(Deno.readFileSync(path), path);
          const kept = entries.flatMap((one) =>
            one.type === "note" && one.facts.type === "event" ? [one.facts.event] : []
          );
          const lines = printed.trimEnd().split("\n").map((line) => JSON.parse(line))
            .filter(({ time }) => Date.parse(time) < killed - 1_000);
          const seen = lines.filter(({ type }) => type !== "progress")
            .map(({ schema: _, time: __, ...event }) => event);
          assert.ok(seen.length > 0);
          assert.deepEqual(kept.slice(0, seen.length), seen);
          const moved = entries.findLast(({ type }) => type === "transfer" || type === "serial");
          assert.ok(moved, "no transfer");
          const shown = lines.findLast(({ type }) => type === "progress");
          assert.ok(shown, "killed while nothing was transferred");
          assert.ok(moved.time / 1_000 > Date.parse(shown.time) - PROGRESS_MS);
        }
      } finally {
        Deno.removeSync(folder, { recursive: true });
      }
    },
  });
}
