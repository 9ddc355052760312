import { text } from "../../common/text.ts";
import { action, command } from "../arguments/command.ts";
import { outputOptions } from "../arguments/common_options.ts";
import { optionalWord, value, word } from "../arguments/options.ts";
import { anyText, file, folderOrZip, oneOf } from "../arguments/values.ts";

const list = action({
  name: "list",
  tail: "[OPTIONS]",
  brief: text`List the sets, which one each board would get, and what is missing.`,
  examples: [],
  parts: {},
  run: async (session) => (await import("../images/list.ts")).listSets(session),
});

const verify = action({
  name: "verify",
  tail: "[SET] [OPTIONS]",
  brief: text`Check every file of a set, or of all sets, and the signatures.`,
  examples: [],
  parts: { set: optionalWord(anyText("SET"), text`A name from the list.`) },
  run: async (session, { set }) => (await import("../images/verify.ts")).verifySets(session, set),
});

/** The right to replace a set that is newer, or may be newer. */
const replaceSet = "replace-set";

const importing = action({
  name: "import",
  tail: "DIR|ZIP [OPTIONS]",
  brief: text`Check the images in a folder or zip, and keep a copy.`,
  examples: [],
  parts: {
    path: word(
      folderOrZip,
      text`An OpenMV firmware release, the folder of OpenMV IDE or of Alif's SE Tools, or an exported
        set.`,
    ),
    name: value(["--name"], anyText("NAME"), text`The name of the set. Default: its version.`),
    permission: value(
      ["--allow"],
      oneOf([replaceSet], "NAME"),
      text`Replace a set of the same name even if it is newer, or may be.`,
    ),
  },
  run: async (session, { path, name, permission }) =>
    await (await import("../images/import.ts")).importImages(
      session,
      path,
      name,
      permission === replaceSet,
    ),
});

const exporting = action({
  name: "export",
  tail: "SET FILE [OPTIONS]",
  brief: text`Make a zip of a set, to import it on another computer.`,
  examples: [],
  parts: {
    set: word(anyText("SET"), text`A name from the list.`),
    file: word(anyText("FILE"), text`The zip to make.`),
    sign: value(["--sign"], file, text`Sign it with this Ed25519 private key (PEM).`),
  },
  run: async (session, { set, file, sign }) =>
    (await import("../images/export.ts")).exportSet(session, set, file, sign),
});

const removing = action({
  name: "remove",
  tail: "SET [OPTIONS]",
  brief: text`Remove an imported set from this computer.`,
  examples: [],
  parts: { set: word(anyText("SET"), text`A name from the list.`) },
  run: async (session, { set }) =>
    await (await import("../images/remove.ts")).removeSet(session, set),
});

/** `images`: manages the stored image sets. */
export const images = command({
  name: "images",
  tail: "list | verify [SET] | import PATH | export SET FILE | remove SET",
  brief: text`Manage image sets.`,
  description:
    text`Images are taken from --image, otherwise from --images, otherwise from the newest
      imported set that is complete for the job, otherwise from inside this program. Files that
      are not part of OpenMV's releases may come from another imported set.`,
  examples: [
    ["images import firmware_release.zip", text`Keep an OpenMV release for use without a network.`],
    ["images list", text`Which set each board would get, why, and what is missing.`],
    ["images verify", text`Every file against its hash, and the signature if a key is pinned.`],
    ["images remove 4.8.1", text`Delete a set that is no longer needed.`],
    ["images export 5.0.0 bench.zip --sign key.pem", text`A signed zip for other computers.`],
  ],
  parts: {},
  actions: [list, verify, importing, exporting, removing],
  common: { does: [...outputOptions, "publicKey", "plugin"] },
  run: list.run,
});
