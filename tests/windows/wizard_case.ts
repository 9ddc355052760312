import assert from "node:assert/strict";
import type { ExecutableCase } from "../executables/launcher.ts";
import { converse } from "./wine_console.ts";

const ENTER = "\r";

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
  [/Write [^]* to this OpenMV Cam M7\?/, "y"],
  ...hands,
  [/OpenMV Cam M7 is restored/, ""],
  // Nothing else is in Wine's console: as after a double click, the window would go with the program.
  [/Press Enter to close this window/, ENTER],
];

/** The wizard in Wine's console. */
export function wizardCase(executable: string): ExecutableCase {
  return {
    name: "the wizard by keys: from the first question to the restored camera",
    async run() {
      assert.equal(await converse([executable, "--simulate"], dialogue), 0);
    },
  };
}
