import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { outputOptions } from "../../arguments/common_options.ts";
import { value, word } from "../../arguments/options.ts";
import { file, folder } from "../../arguments/values.ts";

/** `verify-records DIR`: says whether the records of a station are as it left them. */
export const verifyRecords = command({
  name: "verify-records",
  tail: "FOLDER [OPTIONS]",
  brief: text`Check that no record of a station was changed, inserted or removed.`,
  description:
    text`Each record contains the SHA-256 of the one before, and batch.json that of the last one. Who
      can replace the whole folder can make a new chain, unless the station signs it (station
      --sign) and you check the signature here (--public-key).`,
  examples: [
    ["verify-records records", text`Check the records of a station.`],
    ["verify-records records --public-key shop.pem", text`Check the signature, too.`],
  ],
  parts: {
    folder: word(folder, text`The folder that the station wrote.`),
    publicKey: value(
      ["--public-key"],
      file,
      text`Check that this Ed25519 key (PEM) has signed the last record.`,
    ),
  },
  common: { does: [...outputOptions] },
  run: async (session, given) =>
    (await import("../verify_records.ts")).showVerified(session, given),
});
