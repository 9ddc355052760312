import { merge, object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command, constant, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { examples, usage } from "./pieces.ts";
import { file, folderOrZip } from "./values.ts";
import { text } from "../../common/text.ts";

/** The command that keeps image sets. */

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

export const imagesCommand = command(
  "images",
  merge(object({ command: constant("images") }), imageActions),
  {
    usageLine: usage("list | verify [SET] | import PATH | export SET FILE"),
    brief: message`Keep image sets: which there are, which would be used and why.`,
    description: imageRule,
    footer: examples(
      [
        "images import firmware_release.zip",
        text`Keep an OpenMV release for use without a network.`,
      ],
      ["images list", text`Which set each board would get, why, and what is missing.`],
      ["images verify", text`Every file against its hash, and the signature if a key is pinned.`],
      ["images export 5.0.0 bench.zip --sign key.pem", text`A signed zip for other computers.`],
    ),
  },
);
