import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { converse } from "./support/cli/conversation.ts";
import { wizardDialogue } from "./support/cli/wizard_dialogue.ts";

Deno.test({
  name: "a whole run by keys that are typed as soon as the question is on the screen",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const main = fileURLToPath(new URL("../main.ts", import.meta.url));
    const { PATH = "", HOME = "" } = Deno.env.toObject();
    const line = [Deno.execPath(), "run", "-A", "--no-check", main, "--simulate"];
    assert.equal(await converse(line, { PATH, HOME }, wizardDialogue), 0);
  },
});
