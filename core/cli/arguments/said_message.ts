import { type Message, text } from "@optique/core/message";
import type { TerminalTheme } from "@optique/core/terminal";
import { unitsOf } from "../terminal/columns.ts";
import { say, spokenLanguage } from "../language/say.ts";

/** The help texts that Optique lays out, in the language of the person. */

/** Optique breaks lines between texts: each piece that may stand on its own becomes one. */
export function said(message: Message): Message {
  if (spokenLanguage() === "en") return message;
  return message.flatMap((term) =>
    term.type === "text" ? pieces(say(term.text)).map((piece) => text(piece)) : [term]
  );
}

/** Spaces in front stay with what follows them: alone they would become one. */
function pieces(said: string): readonly string[] {
  const indent = /^ */.exec(said)![0];
  const [first = "", ...others] = unitsOf(said.slice(indent.length));
  return [indent + first, ...others];
}

/** Headings: `Usage:`, `Images:`. */
export const saidLabels: TerminalTheme = {
  label: ({ label }) => ({ type: "text", text: say(label) }),
};
