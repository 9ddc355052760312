import { eastAsianWidth } from "get-east-asian-width";

/** How many columns of a terminal texts take: a Chinese sign takes two. */

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns of a text without escape codes. */
export function columnsOf(text: string): number {
  let columns = 0;
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  for (const { segment } of segmenter.segment(text)) columns += columnsOfCharacter(segment);
  return columns;
}

function columnsOfCharacter(sign: string): number {
  if (/^\p{Mark}/u.test(sign)) return 0;
  if (/^\p{Emoji_Presentation}/u.test(sign)) return 2;
  return eastAsianWidth(sign.codePointAt(0)!);
}

/** The longest beginning of a text that fits into columns. */
export function truncated(text: string, columns: number): string {
  let fitting = "", taken = 0;
  for (const { segment } of segmenter.segment(text)) {
    taken += columnsOfCharacter(segment);
    if (taken > columns) break;
    fitting += segment;
  }
  return fitting;
}

/** The text with spaces behind it, up to a width in columns. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** Signs that may not begin a line, and those that may not end one (kinsoku). */
const CLOSING = "。，、；：！？）】》」』”’…·.,;:!?)\\]}%";
const OPENING = "（【《「『“‘(\\[{";
const DENSE =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}。，、；：！？（）【】《》「」『』“”‘’…";
const unit = new RegExp(
  `[${OPENING}]*(?:[${DENSE}]|[^${DENSE}]+)[${CLOSING}]*`,
  "gu",
);

/**
 * The pieces of a word between which a line may break: Chinese breaks between any two signs, but no
 * closing sign begins a line and no opening sign ends one.
 */
export function breakableUnits(word: string): readonly string[] {
  if (/^[ -~]*$/.test(word)) return [word];
  return word.match(unit) ?? [word];
}
