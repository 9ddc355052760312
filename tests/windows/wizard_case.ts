import assert from "node:assert/strict";
import type { ExecutableCase } from "../executables/launcher.ts";
import { entering, environment } from "./chroot.ts";

const ENTER = "\r", DEADLINE_MS = 240_000;

/** Unplug, jumper, plug: a key moves the simulated hand. */
const hands: readonly [RegExp, string][] = [1, 2, 3].map((number) => [
  new RegExp(`By hand, ${number} of 3[^]*Practice`),
  ENTER,
]);

/** What must be on the screen, and the keys that are pressed then. */
const dialogue: readonly [RegExp, string][] = [
  [/Which camera/, "cam m7"],
  [/OpenMV Cam M7/, ENTER],
  [/What is wrong/, ENTER],
  ...hands,
  [/Restore the OpenMV Cam M7: write/, "y"],
  ...hands,
  [/OpenMV Cam M7 is restored/, ""],
];

/** The wizard in Wine's console, on a pseudo terminal that util-linux' `script` holds. */
export function wizardCase(executable: string): ExecutableCase {
  return {
    name: "the wizard by keys: from the first question to the restored camera",
    async run() {
      const line = entering(["wine", executable, "--simulate"]);
      const quoted = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
      const child = new Deno.Command("script", {
        args: ["-qfec", quoted, "/dev/null"],
        env: { ...environment, TERM: "xterm", LANG: "C.UTF-8", SHELL: "/bin/sh" },
        clearEnv: true,
        stdin: "piped",
        stdout: "piped",
        signal: AbortSignal.timeout(DEADLINE_MS),
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
      assert.deepEqual(answers, [], `last on the screen:\n${screen.slice(-1500)}`);
      assert.equal((await child.status).code, 0);
    },
  };
}
