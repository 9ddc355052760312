/** Words and requests of roff, the language of man pages. */

/** Returns words that roff prints as they are. */
export function plain(words: string): string {
  const escaped = words.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha").replaceAll("`", "\\(ga").replaceAll("'", "\\(aq");
  // At the start of a line, a dot would begin a request.
  return escaped.replace(/^\./, "\\&.");
}

/** Returns words in bold. */
export const bold = (words: string): string => `\\fB${plain(words)}\\fR`;

/** Returns words in italics. */
export const italic = (words: string): string => `\\fI${plain(words)}\\fR`;

/** Returns a line that begins with a request. Arguments with a space get quotation marks. */
export function request(name: string, ...args: readonly string[]): string {
  const quoted = args.map((one) => /^\S+$/.test(one) ? one : `"${one.replaceAll('"', "\\(dq")}"`);
  return [`.${name}`, ...quoted].join(" ");
}
