import assert from "node:assert/strict";

/** What must be on the screen, and the keys that are pressed then. */
export type Dialogue = readonly (readonly [RegExp, string])[];

/** Nothing takes so long, not even on a busy machine, ms. */
const DEADLINE_MS = 480_000;

/**
 * Runs a program in a pseudo terminal, which util-linux' `script` holds, and types without any delay.
 * @param dialogue what must be on the screen, and the keys that are pressed at once.
 * @returns the exit code.
 * @throws AssertionError if it ends before all of that was on the screen, or does not end.
 */
export async function converse(
  line: readonly string[],
  env: Readonly<Record<string, string>>,
  dialogue: Dialogue,
): Promise<number> {
  const quoted = line
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const child = new Deno.Command("script", {
    args: ["-qfec", quoted, "/dev/null"],
    env: { ...env, TERM: "xterm", LANG: "C.UTF-8", SHELL: "/bin/sh" },
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
  await keys.close().catch(() => {}); // the program has ended already
  const { code } = await child.status;
  const last = `last on the screen:\n${screen.slice(-1500)}`;
  assert.deepEqual(answers, [], last);
  assert.ok(!signal.aborted, `it did not end within ${DEADLINE_MS} ms; ${last}`);
  return code;
}
