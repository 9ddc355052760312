import assert from "node:assert/strict";
import { entering, environment } from "./chroot.ts";

const DEADLINE_MS = 240_000;

/**
 * Runs a program in Wine's console, on a pseudo terminal of util-linux' `script`.
 * @param dialogue the texts that must appear, each with the keys that are then pressed
 * @returns the exit code
 * @throws AssertionError if the program ends before all texts have appeared, or does not end
 */
export async function converse(
  line: readonly string[],
  dialogue: readonly (readonly [RegExp, string])[],
): Promise<number> {
  const quoted = entering(["wine", ...line])
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const child = new Deno.Command("script", {
    args: ["-qfec", quoted, "/dev/null"],
    env: { ...environment, TERM: "xterm", LANG: "C.UTF-8", SHELL: "/bin/sh" },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    signal,
  }).spawn();
  const keys = child.stdin.getWriter();
  const answers = [...dialogue];
  let screen = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    screen += text;
    while (answers.length > 0 && answers[0][0].test(screen)) {
      const [, pressed] = answers.shift()!;
      screen = "";
      await keys.write(new TextEncoder().encode(pressed));
    }
  }
  await keys.close().catch(() => {}); // the program has already ended
  const { code } = await child.status;
  const last = `last on the screen:\n${screen.slice(-1500)}`;
  assert.deepEqual(answers, [], last);
  assert.ok(!signal.aborted, `it did not end within ${DEADLINE_MS} ms; ${last}`);
  return code;
}
