import { merge, object, or } from "@optique/core/constructs";
import { runParserSync } from "@optique/core/facade";
import { formatMessage, lineBreak, type Message, message, text } from "@optique/core/message";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { type InferValue, type Suggestion, suggestSync } from "@optique/core/parser";
import { argument, command, constant, flag, option, passThrough } from "@optique/core/primitives";
import { choice, float, string, type ValueParser } from "@optique/core/valueparser";
import { UnbrickError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import {
  anyFile,
  boardName,
  consentName,
  file,
  folderOrZip,
  jobOrBoard,
  roleFile,
  script,
  suggestWords,
  trap,
  withVocabulary,
} from "./completion/values.ts";
import type { Vocabulary } from "./completion/vocabulary.ts";
import { exitCodeLines } from "./exit_codes.ts";
import { languages } from "./language/language.ts";
import { said, saidLabels } from "./language/said_message.ts";

/** The command line of unbrick and its help. The one file that knows Optique. */

const off = (name: `--${string}`, description: Message) =>
  withDefault(flag(name, { description }), false);

/** A non-negative number of bytes or an address: `4096`, `0x08000000`. */
const integer: ValueParser<"sync", number> = {
  mode: "sync",
  metavar: "NUMBER",
  placeholder: 0,
  parse(input) {
    const value = /^(0x[0-9a-f]+|\d+)$/i.test(input) ? Number(input) : NaN;
    return Number.isSafeInteger(value)
      ? { success: true, value }
      : { success: false, error: message`${input} is not a number such as 4096 or 0x08000000.` };
  },
  format: String,
};

const running = object("How it runs", {
  yes: off("--yes", message`Ask nothing. Never includes what cannot be undone.`),
  allow: multiple(option("--allow", "--allow-fuse", consentName, {
    description: message`Permit one dangerous thing by its name. May be repeated.`,
  })),
  timeout: withDefault(
    option("--timeout", float({ metavar: "SECONDS", min: 0.001 }), {
      description: message`How long to wait for a camera or for hands (default 120).`,
    }),
    120,
  ),
  port: optional(option("--port", string({ metavar: "PATH" }), {
    description: message`Use only the camera on this USB port, for example 1-1.3.`,
  })),
  simulate: off("--simulate", message`Practise on a simulated camera; no device is touched.`),
  fast: off("--fast", message`With --simulate: do not wait in real time.`),
  condition: optional(
    option("--condition", choice(["bricked", "blank", "healthy"], { metavar: "STATE" }), {
      description:
        message`With --simulate: the camera at the start: bricked, blank (new from the factory) or healthy.`,
    }),
  ),
  trap: multiple(option("--trap", trap, {
    description:
      message`With --simulate: give the camera a trap that its family's README lists. May be repeated.`,
  })),
});

const images = object("Images", {
  images: optional(option("--images", folderOrZip, {
    description: message`Take the images from an OpenMV firmware release.`,
  })),
  image: multiple(option("--image", roleFile, {
    description:
      message`Take one image from a file; ROLE= may be left out if the name of the file tells it. May be repeated.`,
  })),
  publicKey: optional(option("--public-key", file, {
    description: message`Use only image sets that are signed with this Ed25519 key (PEM).`,
  })),
});

const telling = object("How it tells", {
  json: off("--json", message`One JSON object a line, for programs.`),
  report: optional(option("--report", file, {
    description: message`Write a record of the run: a page if the name ends in .html, else JSON.`,
  })),
  operator: optional(option("--operator", string({ metavar: "NAME" }), {
    description: message`Who does it, for the record.`,
  })),
  lang: optional(option("--lang", choice(languages, { metavar: "en|zh" }), {
    description:
      message`The language of texts for people: English or Simplified Chinese. Default: that of the system.`,
  })),
  plain: off(
    "--plain",
    message`For a screen reader: nothing is drawn, one sentence a line, questions as numbered lists.`,
  ),
  noColor: off("--no-color", message`No colour. NO_COLOR in the environment does the same.`),
  debug: off("--debug", message`With --json: add the stack of an internal error.`),
});

const parts = object("Parts from outside", {
  libusb: optional(option("--libusb", file, {
    description: message`Use this libusb library instead of the built-in one.`,
  })),
  plugin: multiple(option("--plugin", script, {
    description: message`Add a board family from a JavaScript file. May be repeated.`,
  })),
});

const board = optional(argument(boardName, {
  description: message`A name that the boards command lists.`,
}));
const eraseFilesystem = off(
  "--erase-filesystem",
  message`Also write an empty file system: files on the camera are lost.`,
);

const bootloaderOnly = off("--bootloader-only", message`Stop after the bootloader is proven.`);

const usage = (tail: string) => [{ type: "literal" as const, value: tail }];

const imageRule =
  message`Images come from --image, else from --images, else from the newest imported set that has everything for the job, else from inside this program. Files that do not come with OpenMV's releases may come from another imported set.`;

/** What can be done with image sets. */
const imageActions = or(
  command("list", object({ action: constant("list") }), {
    usageLine: usage("[OPTIONS]"),
    brief: message`List the sets, which one each board would get, and what is missing.`,
  }),
  command(
    "verify",
    object({ action: constant("verify"), set: optional(argument(string({ metavar: "SET" }))) }),
    {
      usageLine: usage("[SET] [OPTIONS]"),
      brief: message`Check every file of a set, or of all sets, and the signatures.`,
    },
  ),
  command(
    "import",
    object({
      action: constant("import"),
      path: argument(folderOrZip, {
        description:
          message`An OpenMV firmware release, the folder of OpenMV IDE or of Alif's SE Tools, or an exported set.`,
      }),
      name: optional(option("--name", string({ metavar: "NAME" }), {
        description: message`What to call the set; default: its version.`,
      })),
    }),
    {
      usageLine: usage("DIR|ZIP [OPTIONS]"),
      brief: message`Check the images in a folder or zip, and keep them.`,
    },
  ),
  command(
    "export",
    object({
      action: constant("export"),
      set: argument(string({ metavar: "SET" }), { description: message`A name of the list.` }),
      file: argument(string({ metavar: "FILE" }), { description: message`The zip to make.` }),
      sign: optional(option("--sign", file, {
        description: message`Sign it with this Ed25519 private key (PEM).`,
      })),
    }),
    {
      usageLine: usage("SET FILE [OPTIONS]"),
      brief: message`Make a zip of a set that import takes on another computer.`,
    },
  ),
  object({ action: constant("list") }),
);

/** What `unbrick images` shall do. */
export type ImageAction = InferValue<typeof imageActions>;

/** One example a line. */
function examples(...lines: readonly [line: string, what: string][]): Message {
  return [
    text("Examples:"),
    ...lines.flatMap(([line, what]) => [
      lineBreak(),
      text(`  unbrick ${line}`),
      lineBreak(),
      text(`      ${what}`),
    ]),
  ];
}

const commands = or(
  command(
    "restore",
    object({ command: constant("restore"), board, eraseFilesystem, bootloaderOnly }),
    {
      usageLine: usage("[BOARD] [OPTIONS]"),
      brief: message`Bring back a camera whose bootloader is gone, then flash it.`,
      footer: examples(
        ["restore openmv-h7", "Restore and flash an OpenMV Cam H7; asks before it writes."],
        [
          "restore h7 --yes --images firmware_release.zip",
          "The same without questions, with a release's own images.",
        ],
        [
          "restore OPENMV4P --bootloader-only --image bootloader.bin",
          "Only the bootloader of an H7 Plus, from one file.",
        ],
        ["restore h7 --simulate", "Practise first: nothing but a simulated camera is touched."],
      ),
    },
  ),
  command("flash", object({ command: constant("flash"), board, eraseFilesystem }), {
    usageLine: usage("[BOARD] [OPTIONS]"),
    brief: message`Write the firmware of a camera whose bootloader works.`,
    footer: examples(
      ["flash", "Flash the one camera that is connected, with the built-in images."],
      ["flash arduino-giga --image firmware=firmware.bin", "Flash a Giga with one file."],
    ),
  }),
  command("verify", object({ command: constant("verify"), board }), {
    usageLine: usage("[BOARD] [OPTIONS]"),
    brief: message`Compare what is in a camera with the images; writes nothing.`,
    footer: examples(
      ["verify openmv-h7 --images OPENMV4", "Is this release really in the camera?"],
    ),
  }),
  command(
    "read",
    object({
      command: constant("read"),
      board,
      region: optional(
        option("--region", string({ metavar: "NAME" }), {
          description: message`What to read, for example bootloader or firmware.`,
        }),
      ),
      address: optional(
        option("--address", integer, { description: message`Start of an address range.` }),
      ),
      length: optional(
        option("--length", integer, { description: message`Bytes to read from the address.` }),
      ),
      output: optional(
        option("-o", "--output", file, {
          description: message`File, or folder for several, to write what was read.`,
        }),
      ),
    }),
    {
      usageLine: usage("[BOARD] [OPTIONS]"),
      brief: message`Copy what is in a camera into a file; writes nothing to the camera.`,
      footer: examples(
        ["read openmv-h7 --region bootloader -o old.bin", "Keep a copy of a bootloader."],
        ["read openmv-h7 --address 0x08000000 --length 0x20000 -o old.bin", "The same by address."],
      ),
    },
  ),
  command(
    "devices",
    object({
      command: constant("devices"),
      watch: off("--watch", message`Go on and tell what arrives and leaves, until Ctrl-C.`),
    }),
    {
      usageLine: usage("[OPTIONS]"),
      brief: message`List the cameras on the USB bus, and what is in the way.`,
      footer: examples(["devices --watch", "See the moment when a camera enumerates."]),
    },
  ),
  command("boards", object({ command: constant("boards") }), {
    usageLine: usage("[OPTIONS]"),
    brief: message`List the boards and what can be done with each.`,
    footer: examples(
      ["boards", "Names, chips, what each camera offers, what can be permitted by name."],
      ["boards --json", "The same for a program, with the image roles and the hardware steps."],
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
        ["doctor", "Library, bus, cameras, rights, serial ports, images, space, terminal."],
        ["doctor --images firmware_release.zip", "Is this release complete and undamaged?"],
        ["doctor --json", "The same for a program, or for a question to somebody else."],
      ),
    },
  ),
  command(
    "guide",
    object({
      command: constant("guide"),
      board: argument(boardName, {
        description: message`A name that the boards command lists.`,
      }),
      html: optional(option("--html", file, {
        description: message`Write a page with pictures, for a phone beside the bench.`,
      })),
    }),
    {
      usageLine: usage("BOARD [OPTIONS]"),
      brief: message`Show what hands must do: which pins or which switch, and when.`,
      footer: examples(
        ["guide openmv-h7", "The steps and a small drawing."],
        ["guide openmv-h7 --html h7.html", "The same as a page that loads nothing else."],
      ),
    },
  ),
  command(
    "plan",
    merge(
      object({ command: constant("plan"), eraseFilesystem, bootloaderOnly }),
      object({
        words: multiple(
          argument(jobOrBoard, {
            description: message`The job (restore if left out) and the board.`,
          }),
          { min: 1, max: 2 },
        ),
      }),
    ),
    {
      usageLine: usage("[JOB] BOARD [OPTIONS]"),
      brief: message`Show what a job would do, without a camera.`,
      footer: examples(
        ["plan restore openmv-h7", "Each step with its addresses, lengths and hashes."],
        ["plan flash openmv-h7-plus --json", "The same for a program."],
      ),
    },
  ),
  command(
    "images",
    merge(object({ command: constant("images") }), imageActions),
    {
      usageLine: usage("list | verify [SET] | import PATH | export SET FILE"),
      brief: message`Keep image sets: which there are, which would be used and why.`,
      description: imageRule,
      footer: examples(
        ["images import firmware_release.zip", "Keep an OpenMV release for use without a network."],
        ["images list", "Which set each board would get, why, and what is missing."],
        ["images verify", "Every file against its hash, and the signature if a key is pinned."],
        ["images export 5.0.0 bench.zip --sign key.pem", "A signed zip for other computers."],
      ),
    },
  ),
  command("licenses", object({ command: constant("licenses") }), {
    usageLine: usage("[OPTIONS]"),
    brief: message`Show what is inside this program, and the licence texts.`,
    footer: examples(["licenses", "For your own records, or for a lawyer."]),
  }),
  command(
    "dfu-util",
    object({ command: constant("dfu-util"), argv: passThrough({ format: "greedy" }) }),
    {
      usageLine: usage("OPTIONS OF DFU-UTIL"),
      brief: message`Take the command line of dfu-util, word for word.`,
      footer: examples(
        ["dfu-util -l", "List what speaks DFU."],
        [
          "dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D bootloader.bin",
          "The line of the documentation.",
        ],
      ),
    },
  ),
  command(
    "sdphost",
    object({ command: constant("sdphost"), argv: passThrough({ format: "greedy" }) }),
    {
      usageLine: usage("OPTIONS OF SDPHOST"),
      brief: message`Take the command line of NXP's sdphost, word for word.`,
      footer: examples(
        ["sdphost -u 0x1FC9,0x0135 -- error-status", "Is the ROM of an RT1062 there?"],
      ),
    },
  ),
  command(
    "blhost",
    object({ command: constant("blhost"), argv: passThrough({ format: "greedy" }) }),
    {
      usageLine: usage("OPTIONS OF BLHOST"),
      brief: message`Take the command line of NXP's blhost, word for word.`,
      footer: examples(
        ["blhost -u 0x15A2,0x0073 -- get-property 1", "Which loader runs in an RT1062?"],
      ),
    },
  ),
  command(
    "STM32_Programmer_CLI",
    object({
      command: constant("STM32_Programmer_CLI"),
      argv: passThrough({ format: "greedy" }),
    }),
    {
      usageLine: usage("OPTIONS OF STM32_PROGRAMMER_CLI"),
      brief: message`Take the command line of STM32_Programmer_CLI for the N6, word for word.`,
      footer: examples(
        ["STM32_Programmer_CLI -l usb", "List what speaks ST's DFU."],
        [
          "STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv",
          "The line of the documentation.",
        ],
      ),
    },
  ),
);

const stationCommand = command(
  "station",
  object({
    command: constant("station"),
    board: argument(boardName, {
      description: message`A name that the boards command lists.`,
    }),
    job: withDefault(
      option("--job", choice(["restore", "flash", "verify"], { metavar: "JOB" }), {
        description: message`What to do with each camera: restore (default), flash or verify.`,
      }),
      "restore" as const,
    ),
    count: optional(option("--count", integer, {
      description: message`End after so many cameras; default: at Ctrl-C (simulated: after 8).`,
    })),
    eraseFilesystem,
    bootloaderOnly,
  }),
  {
    usageLine: usage("BOARD --yes [OPTIONS]"),
    brief: message`Work on one camera after another, or several at once, each port by itself.`,
    description:
      message`Each USB port has its own line: plug cameras in as they come, take them away when their line says so. With --report FOLDER each camera gets its own record, a page and its JSON. A failing camera does not stop the others. Exit code 0 only if all cameras of --count are proven.`,
    footer: examples(
      ["station openmv-h7 --yes --report records", "Restore all that come; a record of each."],
      ["station openmv-m7 --job flash --yes --count 20", "Flash twenty cameras, then end."],
      [
        "station h7 --yes --simulate --trap 3:unplug",
        "Practise with eight simulated cameras; the third is unplugged too early.",
      ],
    ),
  },
);

/** Command lines of other tools. They answer in the words of those tools: scripts read them. */
export const foreignCommands: readonly string[] = [
  "dfu-util",
  "sdphost",
  "blhost",
  "STM32_Programmer_CLI",
  "maintenance",
  "updateSystemPackage",
  "app-write-mram",
  "app-gen-toc",
  "toc",
];

/** A command whose words are understood elsewhere. */
const wordForWord = <const Name extends string>(
  name: Name,
  brief: Message,
  ...lines: readonly [string, string][]
) =>
  command(name, object({ command: constant(name), argv: passThrough({ format: "greedy" }) }), {
    usageLine: usage("OPTIONS"),
    brief,
    footer: examples(...lines),
  });

const alifCommands = or(
  wordForWord(
    "maintenance",
    message`Talk to the Secure Enclave of an AE3, as Alif's maintenance does.`,
    ["maintenance -opt sesbanner", "The version of its firmware; the documentation's line."],
  ),
  wordForWord(
    "updateSystemPackage",
    message`Renew the firmware of an AE3's Secure Enclave, as Alif's tool does.`,
    ["updateSystemPackage", "From the folder alif here, by the chip's part and root key."],
  ),
  wordForWord(
    "app-write-mram",
    message`Write images into the MRAM of an AE3, as Alif's tool does, and read them back.`,
    [
      'app-write-mram -i "bootloader.bin 0x80000000 firmware_pad.toc 0x8057E000"',
      "The line of the documentation.",
    ],
  ),
  wordForWord(
    "app-gen-toc",
    message`Make a table of contents for an AE3 in the folder of Alif's SE Tools.`,
    ["app-gen-toc -f app-cfg.json --pad firmware_pad.toc", "The package, and the same padded."],
  ),
  wordForWord(
    "toc",
    message`Explain an AE3's table of contents, and whether it fits its bootloader.`,
    ["toc firmware_pad.toc", "Entries, addresses, hashes, signatures, part number."],
  ),
);

const completionCommand = command(
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
        "bash, from the next shell on (package bash-completion).",
      ],
      ["completion zsh > ~/.zfunc/_unbrick", "zsh, if ~/.zfunc is in fpath before compinit."],
      ["completion fish > ~/.config/fish/completions/unbrick.fish", "fish."],
      [
        "completion powershell | Out-String | Invoke-Expression",
        "PowerShell, as a line in the file that $PROFILE names.",
      ],
    ),
  },
);

const parser = merge(
  or(
    commands,
    completionCommand,
    stationCommand,
    alifCommands,
    object({ command: constant("wizard" as const) }),
  ),
  running,
  images,
  telling,
  parts,
);

/** Options that may stand with every command. */
export type CommonOptions =
  & InferValue<typeof running>
  & InferValue<typeof images>
  & InferValue<typeof telling>
  & InferValue<typeof parts>;
/** A command with its own options and the common ones. `wizard` is the run without a command. */
export type Invocation = InferValue<typeof parser>;

/**
 * @param version of this program, for `--version`
 * @param width columns for help texts
 * @returns what the command line asks for, or the help text it asked for
 * @throws UnbrickError `usage`, with a near name if there is one
 */
export function parseArguments(
  argv: readonly string[],
  version: string,
  width = 80,
): Invocation | { readonly show: string } {
  if (argv[0] === "help" && argv[1] === EXIT_CODES) {
    return { show: exitCodeLines(width).join("\n") };
  }
  const shown: string[] = [];
  const invocation = runParserSync(parser, "unbrick", argv, {
    brief:
      message`Bring back a dead OpenMV camera: restore, flash, prove. Offline, without vendor tools.`,
    description: message`Without a command, unbrick guides you from the dead camera to the proof.`,
    help: { option: { names: ["-h", "--help"] }, command: true },
    version: { option: { names: ["-V", "--version"] }, value: version },
    footer: examples(
      ["restore openmv-h7", "Bring a dead OpenMV Cam H7 back; asks before it writes."],
      ["restore h7 --yes --images firmware_release.zip", "The same unattended, for a script."],
      ["restore h7 --simulate", "Practise on a simulated camera first."],
      ["doctor", "Nothing is found, or it cannot be opened? What is in the way."],
      ["help restore", "The options and examples of one command."],
      ["help exit-codes", "What the exit codes mean."],
    ),
    aboveError: "none",
    commandList: "top-level",
    usageLine: usage("[COMMAND] [BOARD] [OPTIONS]"),
    maxWidth: Math.max(40, width),
    messageFormatter: (texts, options) => formatMessage(said(texts), options),
    theme: saidLabels,
    stdout: (text) => shown.push(text),
    stderr: () => {},
    onError: (_code, error) => {
      const text = formatMessage(error, { quotes: true });
      throw new UnbrickError("usage", withNearName(text.replaceAll(/\s+/g, " "), argv));
    },
  });
  if (shown.length) return { show: shown.join("\n").replaceAll(/ +$/gm, "").trimEnd() };
  return invocation;
}

const EXIT_CODES = "exit-codes";
const helpTopics = [{ word: EXIT_CODES, meaning: "What the exit codes mean." }];

/** Quotes as the rest of unbrick writes them; of the near names only those that can be meant. */
function withNearName(text: string, argv: readonly string[]): string {
  const [, word] = /^Unexpected option or argument: ["`](.*?)["`]\./.exec(text) ?? [];
  if (word === undefined) return text.replaceAll("`", '"');
  const isCommand = argv[0] === word || argv[0].startsWith("-");
  const start = word.startsWith("-") ? "--" : "";
  const known = suggestSync(parser, isCommand ? [start] : [argv[0], start])
    .flatMap((one) => one.kind === "literal" ? [one.text] : []);
  const near = nearest(word, [...known, ...(isCommand ? ["help"] : []), "--help"]);
  const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  return `Unexpected option or argument: "${word}".${hint}`;
}

/** What may stand in place of the last of the words: commands, options, values, files. */
export function suggestions(
  words: readonly [...string[], string],
  vocabulary: Vocabulary,
): readonly Suggestion[] {
  const typed = words[words.length - 1];
  const of = (line: readonly [string, ...string[]], known = vocabulary) =>
    withVocabulary(known, () => suggestSync(parser, line));
  const isOption = (one: Suggestion) => one.kind === "literal" && one.text.startsWith("-");
  if (words.length > 1 && foreignCommands.includes(words[0])) {
    return anyFile(typed);
  }
  if (words.length === 2 && words[0] === "help") {
    return [...of([typed]).filter((one) => !isOption(one)), ...suggestWords(helpTopics, typed)];
  }
  const line = words as unknown as [string, ...string[]];
  if (words.at(-2)?.startsWith("-")) {
    // A value of the option, if it takes one that can be told: not the board, which may stand here, too.
    const values = of(line, { ...vocabulary, boards: [], shortBoards: [] })
      .filter((one) => !isOption(one));
    if (values.length > 0) return values;
  }
  const found = of(line);
  const more = [{ word: "--help" }, ...(words.length === 1 ? [{ word: "help" }] : [])];
  return typed.startsWith("-") || words.length === 1
    ? [...found, ...suggestWords(more, typed)]
    : typed === ""
    ? found.filter((one, _at, all) => !isOption(one) || all.every(isOption))
    : found;
}
