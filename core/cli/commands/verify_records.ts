import { exitCodes } from "../../common/errors.ts";
import { plural, sentences, text, type Words } from "../../common/text.ts";
import { pinnedKey } from "../images/image_sets.ts";
import { type VerifiedFolder, verifyFolder } from "../records/verify_folder.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";
import { makeStyle } from "../terminal/style.ts";

/**
 * Says whether the records of a folder are as a station left them.
 * @throws UnbrickError `not-found`, `bad-image` if batch.json cannot be understood
 */
export function showVerified(
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
