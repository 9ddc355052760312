import assert from "node:assert/strict";
import type { ExecutableCase } from "../executables/launcher.ts";
import { converse } from "./wine_console.ts";

const ENTER = "\r";

/** Unplug, jumper, plug in: a key makes the simulated user do each step. */
const hands: readonly [RegExp, string][] = [1, 2, 3].map((number) => [
  new RegExp(`By hand, ${number} of 3[^]*Practice`),
  ENTER,
]);

/** The texts that must appear, each with the keys that are then pressed. */
const dialogue: readonly [RegExp, string][] = [
  [/Which camera/, "cam m7"],
  [/OpenMV Cam M7/, ENTER],
  [/What is wrong/, ENTER],
  ...hands,
  [/Write [^]* to this OpenMV Cam M7\?/, "y"],
  ...hands,
  [/OpenMV Cam M7 is restored/, ""],
  // Wine's console runs nothing else: as after a double-click, the window would close with the program.
  [/Press Enter to close this window/, ENTER],
];

/** Runs the wizard in Wine's console. */
export function wizardCase(executable: string): ExecutableCase {
  return {
    name: "the wizard by keys: from the first question to the restored camera",
    async run() {
      assert.equal(await converse([executable, "--simulate"], dialogue), 0);
    },
  };
}
