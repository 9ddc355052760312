import type { Text } from "../../common/text.ts";
import { say } from "../language/say.ts";

/** Text that is already HTML. All other text is escaped when it is put into a page. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template may contain. Texts are translated and escaped; undefined gives nothing. */
export type Content = Html | Text | string | number | undefined | false | readonly Content[];

/**
 * Returns a template literal as HTML. It is not named `html`, so that the formatter keeps its
 * spaces.
 */
export function markup(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(
    pieces.reduce((text, piece, at) => text + render(contents[at - 1]) + piece),
  );
}

function render(content: Content): string {
  if (content === undefined || content === false) return "";
  if (content instanceof Html) return content.text;
  if (isList(content)) return content.map(render).join("");
  if (typeof content === "object") return escaped(say(content));
  return escaped(String(content));
}

const isList = (content: Content): content is readonly Content[] => Array.isArray(content);

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Returns code to be read character by character: an address, a hash or a command. */
export function code(text: string): Html {
  return markup`<code>${text}</code>`;
}
