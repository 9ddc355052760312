import { byteSize } from "../../common/format.ts";
import { text } from "../../common/text.ts";
import { command } from "../arguments/command.ts";
import { work } from "../arguments/common_options.ts";
import { optionalBoard, value } from "../arguments/options.ts";
import { pictureName } from "../arguments/values.ts";
import { checkNew, placeNew } from "../pages/output_file.ts";
import { printJson, printLines, type Session } from "../session.ts";
import { wrap } from "../terminal/layout.ts";

/** `check`: whether a running camera sees. */
export const check = command({
  name: "check",
  tail: "[BOARD] [OPTIONS]",
  brief: text`Check whether a running camera sees. Changes nothing.`,
  description:
    text`The camera runs a short program over its debug port: it takes pictures and answers with its
      image sensor, size, brightness and a checksum, and the last picture is fetched and compared.
      Then it starts again with its own main.py. The exit code says what is wrong: no sensor, dark,
      unchanged or damaged pictures, firmware that does not react.`,
  examples: [
    ["check", text`Check the one camera that is connected.`],
    ["check openmv-h7 --picture seen.png", text`Keep the picture.`],
    [
      "check openmv-h7 --simulate --trap sensorMissing",
      text`See what a missing sensor looks like.`,
    ],
  ],
  parts: {
    board: optionalBoard,
    picture: value(
      ["--picture"],
      pictureName,
      text`Keep the picture in this file (.png or .jpg). It must not exist yet. A record in HTML shows it,
        too.`,
    ),
  },
  common: { does: work },
  isGuided: true,
  run: checkCamera,
});

async function checkCamera(
  session: Session,
  { board, picture: path }: { readonly board?: string; readonly picture?: string },
): Promise<number> {
  const { pictureFormat } = await import("../pages/picture.ts");
  const { runJob } = await import("./job.ts");
  const format = path === undefined ? undefined : pictureFormat(path);
  if (path !== undefined) checkNew(path);
  const { error, outputs } = await runJob(session, {
    job: "check",
    board,
    picture: path !== undefined,
  });
  const picture = outputs.get("picture");
  if (path !== undefined && picture && format) keep(session, path, format(picture));
  return error?.exitCode ?? 0;
}

function keep(session: Session, file: string, bytes: Uint8Array): void {
  placeNew(file, bytes);
  if (session.options.json) {
    return printJson(session, { type: "picture", file, bytes: bytes.length });
  }
  const words = text`The picture is in ${file} (${byteSize(bytes.length)}).`;
  printLines(session, wrap(words, session.console.columns));
}
