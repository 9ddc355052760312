import type { Writable } from "node:stream";
import { text } from "../../common/text.ts";
import { currentLanguage, say } from "./say.ts";

/** Words that @clack/prompts writes and that no option can change. */
const fixed = [
  text`Search:`,
  text`No matches found`,
  text`to select`,
  text`to navigate`,
  text`to search`,
  text`confirm`,
  text`Type:`,
];
const pattern = new RegExp(fixed.map(({ key }) => `${key}(?!\\w)`).join("|"), "g");
const translated = (key: string) => say(fixed.find((one) => one.key === key)!);

/** Returns an output stream for prompts that translates the library's own words. */
export function translatedOutput(output: Writable): Writable {
  if (currentLanguage() === "en") return output;
  return new Proxy(output, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (name === "write") {
        return (chunk: unknown, ...others: unknown[]) =>
          Reflect.apply(member, target, [
            typeof chunk === "string" ? chunk.replaceAll(pattern, translated) : chunk,
            ...others,
          ]);
      }
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
