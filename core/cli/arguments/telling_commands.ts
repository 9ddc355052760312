import { object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import { examples, namedBoard, off, usage } from "./pieces.ts";
import { file } from "./values.ts";
import { text } from "../../common/text.ts";

/** The commands that only tell something. */

export const surveyCommands = or(
  command(
    "devices",
    object({
      command: constant("devices"),
      watch: off("--watch", message`Go on and tell what arrives and leaves, until Ctrl-C.`),
    }),
    {
      usageLine: usage("[OPTIONS]"),
      brief: message`List the cameras on the USB bus, and what is in the way.`,
      footer: examples(["devices --watch", text`See the moment when a camera enumerates.`]),
    },
  ),
  command("boards", object({ command: constant("boards") }), {
    usageLine: usage("[OPTIONS]"),
    brief: message`List the boards and what can be done with each.`,
    footer: examples(
      ["boards", text`Names, chips, what each camera offers, what can be permitted by name.`],
      ["boards --json", text`The same for a program, with the image roles and the hardware steps.`],
    ),
  }),
  command(
    "doctor",
    object({
      command: constant("doctor"),
      installUdev: off(
        "--install-udev",
        message`Linux: first write the rules that let every user open the cameras (with sudo).`,
      ),
    }),
    {
      usageLine: usage("[OPTIONS]"),
      brief: message`Find out what is in the way, and what repairs it; changes nothing by itself.`,
      footer: examples(
        ["doctor", text`Library, bus, cameras, rights, serial ports, images, space, terminal.`],
        ["doctor --images firmware_release.zip", text`Is this release complete and undamaged?`],
        ["doctor --json", text`The same for a program, or for a question to somebody else.`],
      ),
    },
  ),
  command(
    "guide",
    object({
      command: constant("guide"),
      board: namedBoard,
      html: optional(option("--html", file, {
        description: message`Write a page with pictures, for a phone beside the bench.`,
      })),
    }),
    {
      usageLine: usage("BOARD [OPTIONS]"),
      brief: message`Show what hands must do: which pins or which switch, and when.`,
      footer: examples(
        ["guide openmv-h7", text`The steps and a small drawing.`],
        ["guide openmv-h7 --html h7.html", text`The same as a page that loads nothing else.`],
      ),
    },
  ),
);

export const licensesCommand = command("licenses", object({ command: constant("licenses") }), {
  usageLine: usage("[OPTIONS]"),
  brief: message`Show what is inside this program, and the licence texts.`,
  footer: examples(["licenses", text`For your own records, or for a lawyer.`]),
});

export const completionCommand = command(
  "completion",
  object({
    command: constant("completion"),
    shell: argument(choice(["bash", "zsh", "fish", "powershell"], { metavar: "SHELL" }), {
      description: message`bash, zsh, fish or powershell.`,
    }),
  }),
  {
    usageLine: usage("SHELL"),
    brief:
      message`Print the script that lets a shell complete commands, boards, options and files.`,
    footer: examples(
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
    ),
  },
);
