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
  yes: off("--yes", message`Ask no questions. Never agrees to permanent changes.`),
  allow: multiple(option("--allow", "--allow-fuse", consentName, {
    description: message`Allow one risky step by name. Repeatable.`,
  })),
  timeout: withDefault(
    option("--timeout", float({ metavar: "SECONDS", min: 0.001 }), {
      description: message`How long to wait for a camera or a step by hand (default 120).`,
    }),
    120,
  ),
  port: optional(option("--port", string({ metavar: "PATH" }), {
    description: message`Use only the camera on this USB port, for example 1-1.3.`,
  })),
  simulate: off("--simulate", message`Practise on a simulated camera. No real device is used.`),
  fast: off("--fast", message`With --simulate: do not wait in real time.`),
  condition: optional(
    option("--condition", choice(["bricked", "blank", "healthy"], { metavar: "STATE" }), {
      description:
        message`With --simulate: the camera's condition: bricked, blank (new from the factory) or healthy.`,
    }),
  ),
  trap: multiple(option("--trap", trap, {
    description:
      message`With --simulate: give the camera a fault from the list in its family's README. Repeatable.`,
  })),
});

export const images = object("Images", {
  images: multiple(option("--images", folderOrZip, {
    description:
      message`Take the images from an OpenMV firmware release. Repeatable: flash loaders and system packages may be in another folder.`,
  })),
  image: multiple(option("--image", roleFile, {
    description:
      message`Take one image from a file. Leave out ROLE= if the file name says what it is. Repeatable.`,
  })),
  publicKey: optional(option("--public-key", file, {
    description: message`Use only image sets that are signed with this Ed25519 key (PEM).`,
  })),
});

export const telling = object(text`What it prints`.key, {
  json: off("--json", message`Print one JSON object per line, for programs.`),
  report: optional(option("--report", file, {
    description:
      message`Write a record of the run: a web page if the name ends in .html, otherwise JSON.`,
  })),
  operator: optional(option("--operator", string({ metavar: "NAME" }), {
    description: message`The operator's name, for the record.`,
  })),
  lang: optional(option("--lang", choice(languages, { metavar: "en|zh" }), {
    description:
      message`The language: English or Simplified Chinese. Default: the system's language.`,
  })),
  plain: off(
    "--plain",
    message`For screen readers: one sentence per line, no drawings, questions as numbered lists.`,
  ),
  noColor: off(
    "--no-color",
    message`Print without colour. NO_COLOR in the environment does the same.`,
  ),
  debug: off("--debug", message`With --json: add the stack trace of an internal error.`),
});

export const parts = object(text`External parts`.key, {
  libusb: optional(option("--libusb", file, {
    description: message`Use this libusb library instead of the built-in one.`,
  })),
  plugin: multiple(option("--plugin", script, {
    description: message`Add a board family from a JavaScript file. Repeatable.`,
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
