import { say } from "../language/say.ts";

/** Elements whose texts are no sentences, or have to be read letter by letter. */
const verbatim = /<(style|code|pre)\b[^>]*>[^]*?<\/\1>/g;

/** A page with its texts in the language of the person: all between tags, and what is read aloud. */
export function saidHtml(html: string): string {
  let said = "", end = 0;
  for (const { 0: kept, index } of html.matchAll(verbatim)) {
    said += saidParts(html.slice(end, index)) + kept;
    end = index + kept.length;
  }
  return said + saidParts(html.slice(end));
}

function saidParts(html: string): string {
  return html
    .replaceAll(/(?<=^|>)[^<>]+(?=<|$)/g, saidText)
    .replaceAll(/(?<=aria-label=")[^"]*/g, saidText);
}

function saidText(text: string): string {
  const [, before, middle, after] = /^(\s*)([^]*?)(\s*)$/.exec(text)!;
  if (middle === "") return text;
  const plain = middle.replaceAll(/\s+/g, " ")
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  const said = say(plain);
  if (said === plain) return text;
  return before + said.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`) + after;
}
