import {
  formatMessage,
  type Message,
  type MessageTerm,
  text as literal,
} from "@optique/core/message";
import type { TerminalTheme } from "@optique/core/terminal";
import { Text, text } from "../../common/text.ts";
import { currentLanguage, say } from "../language/say.ts";
import { breakableUnits } from "../terminal/columns.ts";

/**
 * Translates Optique's messages. The fixed words of a message are its key, as in
 * core/common/text.ts; names and values fill the placeholders.
 */

/** Returns a message as a text for people. A list of values fills one placeholder. */
export function textOf(message: Message): Text {
  const [option, colon, ...rest] = message;
  if (option && option.type !== "text" && colon?.type === "text" && colon.text.startsWith(": ")) {
    return text`${formatted(option)}: ${textOf([literal(colon.text.slice(2)), ...rest])}`;
  }
  const values: string[] = [];
  let key = "";
  message.forEach((term, at) => {
    const isInRow = isValue(message[at - 1]) && isBetween(term) && isValue(message[at + 1]) ||
      isValue(message[at - 2]) && isBetween(message[at - 1]) && isValue(term);
    if (isInRow) values[values.length - 1] += formatted(term);
    else if (term.type === "text") key += term.text;
    else key += `{${values.push(formatted(term))}}`;
  });
  return new Text(key.replaceAll(/\s+/g, " "), values);
}

const isValue = (term?: MessageTerm) => term?.type === "value";
const isBetween = (term: MessageTerm) =>
  term.type === "text" && /^(, (or |and )?| or | and )$/.test(term.text);

/** Formats a term with the same quotes as the rest of unbrick. */
function formatted(term: MessageTerm): string {
  return term.type === "text"
    ? term.text
    : formatMessage([term], { quotes: true }).replaceAll("`", '"');
}

/**
 * Translates the lines of a help text. Optique breaks lines between terms, so each piece that may
 * go on its own line is a term.
 */
export function translatedMessage(message: Message): Message {
  if (currentLanguage() === "en") return message;
  return message.flatMap((term) =>
    term.type === "text" ? pieces(term.text).map((piece) => literal(piece)) : [term]
  );
}

/** Leading spaces stay with the following word; on their own they would be collapsed. */
function pieces(line: string): readonly string[] {
  const indent = /^ */.exec(line)![0];
  const [first = "", ...others] = breakableUnits(say(new Text(line.slice(indent.length))));
  return [indent + first, ...others];
}

/** Translates headings: Optique's `Usage:` and unbrick's own, such as `Images:`. */
export const translatedLabels: TerminalTheme = {
  label: ({ label }) => ({ type: "text", text: say(headingOf(label)) }),
};

/** Returns a heading as a text; its colon is translated, too. */
export function headingOf(label: string): Text {
  return label.endsWith(":") ? text`${new Text(label.slice(0, -1))}:` : new Text(label);
}
