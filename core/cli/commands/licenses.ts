import { UnbrickError } from "../../common/errors.ts";
import { command } from "../arguments/command.ts";
import { outputOptions } from "../arguments/common_options.ts";
import type { Licence } from "../context.ts";
import { say } from "../language/say.ts";
import { printJson, type Session } from "../session.ts";
import { text } from "../../common/text.ts";

/** `licenses`: lists the software inside the executable, with its licences and their texts. */
export const licenses = command({
  name: "licenses",
  tail: "[OPTIONS]",
  brief: text`Show what is inside this program, and the licence texts.`,
  examples: [["licenses", text`For your own records, or for a legal check.`]],
  parts: {},
  common: { does: outputOptions },
  run: showLicences,
});

function showLicences(session: Session): number {
  const all = session.context.licences?.();
  if (!all) {
    throw new UnbrickError(
      "not-found",
      text`The licence texts are added when the executable is built. This unbrick runs from its
        source code.`,
      { licences: true },
    );
  }
  if (session.options.json) {
    all.forEach((one) => printJson(session, { type: "licence", ...one }));
    return 0;
  }
  const title = ({ name, version, licence }: Licence) => `${name} ${version}  (${licence})`;
  const lines = [
    say(text`This program contains:`),
    ...all.map((one) => `  ${title(one)}`),
    ...all.flatMap((one) => ["", "-".repeat(80), title(one), "", one.text.trimEnd()]),
  ];
  session.console.write(lines.map((line) => line + "\n").join(""));
  return 0;
}
