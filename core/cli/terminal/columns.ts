import { eastAsianWidth } from "get-east-asian-width";

/** Measures text in terminal columns: a Chinese character takes two. */

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Returns the width in columns of a text without escape codes. */
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

/** Returns the longest start of a text that fits into `columns` columns. */
export function truncated(text: string, columns: number): string {
  let fitting = "", taken = 0;
  for (const { segment } of segmenter.segment(text)) {
    taken += columnsOfCharacter(segment);
    if (taken > columns) break;
    fitting += segment;
  }
  return fitting;
}

/** Returns the text padded with spaces to a width in columns. */
export function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** Characters that must not start a line, and those that must not end one (kinsoku). */
const CLOSING = "。，、；：！？）】》」』”’…·.,;:!?)\\]}%";
const OPENING = "（【《「『“‘(\\[{";
const DENSE =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}。，、；：！？（）【】《》「」『』“”‘’…";
const unit = new RegExp(
  `[${OPENING}]*(?:[${DENSE}]|[^${DENSE}]+)[${CLOSING}]*`,
  "gu",
);

/**
 * Splits a word where a line may break: Chinese may break between any two characters, but a closing
 * character never starts a line and an opening one never ends it.
 */
export function breakableUnits(word: string): readonly string[] {
  if (/^[ -~]*$/.test(word)) return [word];
  return word.match(unit) ?? [word];
}
