import { exitCodes } from "../../common/errors.ts";
import { plural, sentences, text, type Words } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { outputOptions } from "../arguments/common_options.ts";
import { value, word } from "../arguments/options.ts";
import { file, folder } from "../arguments/values.ts";
import { pinnedKey } from "../images/image_sets.ts";
import { type VerifiedFolder, verifyFolder } from "../records/verify_folder.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { makeStyle } from "../terminal/style.ts";

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
  run: showVerified,
});

/** @throws UnbrickError `not-found`, `bad-image` if batch.json cannot be understood */
function showVerified(
  session: Session,
  { folder, publicKey }: { readonly folder: string; readonly publicKey?: string },
): number {
  const { options, console, context } = session;
  const key = publicKey === undefined
    ? undefined
    : pinnedKey({ context, options: { ...options, publicKey } });
  const result = verifyFolder(folder, key);
  const { batch: { cameras, last }, problems, unfinished } = result;
  const exitCode = problems.length === 0 ? 0 : exitCodes["verify-failed"];
  if (options.json) {
    printJson(session, {
      type: "verified-records",
      folder,
      intact: problems.length === 0,
      exitCode,
      records: cameras.length,
      ...(last && { last: last.sha256 }),
      signedBy: key?.id ?? null,
      problems,
      unfinished,
    });
    return exitCode;
  }
  const style = makeStyle(console);
  const bad = problems.flatMap((one) =>
    wrap(text`${one.file}: ${one.text}`, console.columns, `${style.failed} `).map(style.bad)
  );
  const good = () => wrap(verdict(result, key?.id), console.columns, `${style.done} `);
  printLines(session, [
    ...(bad.length > 0 ? bad : good().map(style.good)),
    ...unfinished.flatMap((file) =>
      wrap(
        text`${file}: its run has not ended. The next start of the station closes it.`,
        console.columns,
      )
    ),
  ]);
  return exitCode;
}

function verdict({ batch: { cameras, last, signature } }: VerifiedFolder, key?: string): Words {
  const count = cameras.length;
  return sentences(
    plural(
      count,
      text`${count} record is as the station left it.`,
      text`${count} records are as the station left them.`,
    ),
    key !== undefined
      ? text`The key ${key} has signed the last one.`
      : signature
      ? text`The last one is signed; to check that, add --public-key FILE.`
      : text`They are not signed.`,
    last && text`The SHA-256 of the last one is ${last.sha256}.`,
  );
}
