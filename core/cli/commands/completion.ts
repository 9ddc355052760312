import { text } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { word } from "../arguments/options.ts";
import { oneOf } from "../arguments/values.ts";
import { shells } from "../completion/shell_names.ts";

/**
 * `completion SHELL`: prints the script for a shell. run.ts answers the shell's requests at each
 * Tab.
 */
export const completion = command({
  name: "completion",
  tail: "SHELL",
  brief: text`Print the script that lets a shell complete commands, boards, options and files.`,
  examples: [
    [
      "completion bash > ~/.local/share/bash-completion/completions/unbrick",
      text`bash, from the next shell on (package bash-completion).`,
    ],
    ["completion zsh > ~/.zfunc/_unbrick", text`zsh, if ~/.zfunc is in fpath before compinit.`],
    ["completion fish > ~/.config/fish/completions/unbrick.fish", text`fish.`],
    [
      "completion powershell | Out-String | Invoke-Expression",
      text`PowerShell, as a line in the file that $PROFILE names.`,
    ],
  ],
  parts: { shell: word(oneOf(shells, "SHELL"), text`bash, zsh, fish or powershell.`) },
  common: { does: ["lang", "plain", "noColor"] },
  async run({ console }, { shell }) {
    const { completionScript } = await import("../completion/shells.ts");
    console.write(completionScript(shell) + "\n");
    return 0;
  },
});
