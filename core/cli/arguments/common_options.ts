import { merge, object } from "@optique/core/constructs";
import { formatMessage, message } from "@optique/core/message";
import { multiple, optional, withDefault } from "@optique/core/modifiers";
import { type InferValue, parseSync } from "@optique/core/parser";
import { option } from "@optique/core/primitives";
import { choice, float, string } from "@optique/core/valueparser";
import { UnbrickError } from "../../common/errors.ts";
import { languages } from "../language/language.ts";
import { off } from "./pieces.ts";
import { consentName, file, folderOrZip, roleFile, script, trap } from "./values.ts";
import { text } from "../../common/text.ts";

/** The options that may stand with every command, as the help groups them. */

export const running = object(text`How it runs`.key, {
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

export const images = object("Images", {
  images: multiple(option("--images", folderOrZip, {
    description:
      message`Take the images from an OpenMV firmware release. May be repeated: flash loaders and system packages may be in another folder.`,
  })),
  image: multiple(option("--image", roleFile, {
    description:
      message`Take one image from a file; ROLE= may be left out if the name of the file tells it. May be repeated.`,
  })),
  publicKey: optional(option("--public-key", file, {
    description: message`Use only image sets that are signed with this Ed25519 key (PEM).`,
  })),
});

export const telling = object(text`How it tells`.key, {
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

export const parts = object(text`Parts from outside`.key, {
  libusb: optional(option("--libusb", file, {
    description: message`Use this libusb library instead of the built-in one.`,
  })),
  plugin: multiple(option("--plugin", script, {
    description: message`Add a board family from a JavaScript file. May be repeated.`,
  })),
});

/** Options that may stand with every command. */
export type CommonOptions =
  & InferValue<typeof running>
  & InferValue<typeof images>
  & InferValue<typeof telling>
  & InferValue<typeof parts>;

const all = merge(running, images, telling, parts);

/** The common options in words that hold nothing else. @throws UnbrickError `usage` */
export function parseCommonOptions(words: readonly string[]): CommonOptions {
  const result = parseSync(all, words);
  if (result.success) return result.value;
  throw new UnbrickError("usage", formatMessage(result.error));
}
