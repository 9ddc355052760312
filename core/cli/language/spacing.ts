const endsHan = /\p{Script=Han}$/u;
const startsHan = /^\p{Script=Han}/u;
const endsWide = /[\p{Script=Han}。，、；：！？（）《》“”]$/u;
const endsStop = /[。，、；：！？）》”]$/u;
const startsWide = /^[\p{Script=Han}。，、；：！？（）《》“”]/u;

/**
 * Joins two parts of a text: with a space between Chinese and other letters, and none between
 * Chinese characters.
 */
export function beside(left: string, right: string): string {
  const one = left.trimEnd(), other = right.trimStart();
  if (one === "" || other === "") return left + right;
  if (endsStop.test(one)) return one + other;
  if (endsWide.test(one) && startsWide.test(other)) return one + other;
  if (endsHan.test(one) && /^[\p{L}\p{N}]/u.test(other)) return `${one} ${other}`;
  if (/[\p{L}\p{N}]$/u.test(one) && startsHan.test(other)) return `${one} ${other}`;
  return left + right;
}
