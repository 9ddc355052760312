import { eastAsianWidth } from "get-east-asian-width";

/** Measures text in terminal columns: a Chinese character takes two. */

let segmenter: Intl.Segmenter | undefined;

/** A text of which each code unit is a character: ASCII, Han, and their punctuation. */
const isSimple = (text: string) =>
  /^[ -~\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e\u2018\u2019\u201c\u201d\u2026\u2014\xb7]*$/.test(
    text,
  );

/** Splits a text into the characters that a reader sees. The first segmenter takes milliseconds. */
function characters(text: string): Iterable<{ readonly segment: string }> {
  if (isSimple(text)) return Array.from(text, (segment) => ({ segment }));
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

const isPlain = (text: string) => /^[\x20-\x7e]*$/.test(text);

/** A text of which each code unit is a Han character or a sign of the same width. */
const isHan = (text: string) => /^[\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]*$/.test(text);

/** Returns the width in columns of a text without escape codes. */
export function columnsOf(text: string): number {
  if (isPlain(text)) return text.length;
  if (isHan(text)) return 2 * text.length;
  let columns = 0;
  for (const { segment } of characters(text)) columns += columnsOfCharacter(segment);
  return columns;
}

function columnsOfCharacter(sign: string): number {
  if (/^\p{Mark}/u.test(sign)) return 0;
  if (/^\p{Emoji_Presentation}/u.test(sign)) return 2;
  return eastAsianWidth(sign.codePointAt(0)!);
}

/** Returns the longest start of a text that fits into `columns` columns. */
export function truncated(text: string, columns: number): string {
  if (isPlain(text)) return text.slice(0, columns);
  let fitting = "", taken = 0;
  for (const { segment } of characters(text)) {
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
  if (isPlain(word)) return [word];
  return word.match(unit) ?? [word];
}
