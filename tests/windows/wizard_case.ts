import assert from "node:assert/strict";
import type { ExecutableCase } from "../executables/launcher.ts";
import { wizardDialogue } from "../support/cli/wizard_dialogue.ts";
import { converseInWine } from "./wine_console.ts";

/**
 * Runs the wizard in Wine's console, which runs nothing else: as after a double-click, the window
 * would close with the program.
 */
export function wizardCase(executable: string): ExecutableCase {
  const dialogue = [...wizardDialogue, [/Press Enter to close this window/, "\r"]] as const;
  return {
    name: "the wizard by keys: from the first question to the restored camera",
    async run() {
      assert.equal(await converseInWine([executable, "--simulate"], dialogue), 0);
    },
  };
}
