import { object, or } from "@optique/core/constructs";
import { type Message, message } from "@optique/core/message";
import { command, constant, passThrough } from "@optique/core/primitives";
import { examples, usage } from "./pieces.ts";
import { type Text, text } from "../../common/text.ts";

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
  /** What the usage line says may follow. */
  tail: string,
  brief: Message,
  ...lines: readonly [line: string, what: Text][]
) =>
  command(name, object({ command: constant(name), argv: passThrough({ format: "greedy" }) }), {
    usageLine: usage(tail),
    brief,
    footer: examples(...lines),
  });

/** dfu-util, and the tools of NXP and ST. */
export const vendorCommands = or(
  wordForWord(
    "dfu-util",
    "OPTIONS OF DFU-UTIL",
    message`Take the command line of dfu-util, word for word.`,
    ["dfu-util -l", text`List what speaks DFU.`],
    [
      "dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D bootloader.bin",
      text`The line of the documentation.`,
    ],
  ),
  wordForWord(
    "sdphost",
    "OPTIONS OF SDPHOST",
    message`Take the command line of NXP's sdphost, word for word.`,
    ["sdphost -u 0x1FC9,0x0135 -- error-status", text`Is the ROM of an RT1062 there?`],
  ),
  wordForWord(
    "blhost",
    "OPTIONS OF BLHOST",
    message`Take the command line of NXP's blhost, word for word.`,
    ["blhost -u 0x15A2,0x0073 -- get-property 1", text`Which loader runs in an RT1062?`],
  ),
  wordForWord(
    "STM32_Programmer_CLI",
    "OPTIONS OF STM32_PROGRAMMER_CLI",
    message`Take the command line of STM32_Programmer_CLI for the N6, word for word.`,
    ["STM32_Programmer_CLI -l usb", text`List what speaks ST's DFU.`],
    [
      "STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv",
      text`The line of the documentation.`,
    ],
  ),
);

/** The tools of Alif's SE Tools. */
export const alifCommands = or(
  wordForWord(
    "maintenance",
    "OPTIONS",
    message`Talk to the Secure Enclave of an AE3, as Alif's maintenance does.`,
    ["maintenance -opt sesbanner", text`The version of its firmware; the documentation's line.`],
  ),
  wordForWord(
    "updateSystemPackage",
    "OPTIONS",
    message`Renew the firmware of an AE3's Secure Enclave, as Alif's tool does.`,
    ["updateSystemPackage", text`From the folder alif here, by the chip's part and root key.`],
  ),
  wordForWord(
    "app-write-mram",
    "OPTIONS",
    message`Write images into the MRAM of an AE3, as Alif's tool does, and read them back.`,
    [
      'app-write-mram -i "bootloader.bin 0x80000000 firmware_pad.toc 0x8057E000"',
      text`The line of the documentation.`,
    ],
  ),
  wordForWord(
    "app-gen-toc",
    "OPTIONS",
    message`Make a table of contents for an AE3 in the folder of Alif's SE Tools.`,
    ["app-gen-toc -f app-cfg.json --pad firmware_pad.toc", text`The package, and the same padded.`],
  ),
  wordForWord(
    "toc",
    "OPTIONS",
    message`Explain an AE3's table of contents, and whether it fits its bootloader.`,
    ["toc firmware_pad.toc", text`Entries, addresses, hashes, signatures, part number.`],
  ),
);
