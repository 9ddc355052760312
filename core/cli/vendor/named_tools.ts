import { type Text, text } from "../../common/text.ts";
import type { Context } from "../context.ts";

/** A vendor's tool by its name; its command line is loaded when it runs. */
export interface NamedTool {
  readonly name: string;
  /** For the list of commands. */
  readonly brief: Text;
  /** Runs the tool, and reports any error. @returns the exit code */
  run(argv: readonly string[], context: Context): Promise<number>;
}

function named(name: string, brief: Text): NamedTool {
  return {
    name,
    brief,
    async run(argv, context) {
      const { vendorTools } = await import("./tools.ts");
      return await vendorTools.find((tool) => tool.name === name)!.run(argv, context);
    },
  };
}

/** The tools of tools.ts, in the same order. */
export const namedTools: readonly NamedTool[] = [
  named("dfu-util", text`Accept dfu-util's own command line.`),
  named("sdphost", text`Accept the command line of NXP's sdphost.`),
  named("blhost", text`Accept the command line of NXP's blhost.`),
  named(
    "STM32_Programmer_CLI",
    text`Accept the command line of STM32_Programmer_CLI, for the N6.`,
  ),
  named(
    "maintenance",
    text`Work with the Secure Enclave of an AE3, as Alif's maintenance tool does.`,
  ),
  named(
    "updateSystemPackage",
    text`Update the firmware of an AE3's Secure Enclave, as Alif's tool does.`,
  ),
  named(
    "app-write-mram",
    text`Write images into the MRAM of an AE3, as Alif's tool does, and read them back.`,
  ),
  named(
    "app-gen-toc",
    text`Make a table of contents for an AE3 in the folder of Alif's SE Tools.`,
  ),
  named("toc", text`Show an AE3's table of contents, and whether it matches its bootloader.`),
];
