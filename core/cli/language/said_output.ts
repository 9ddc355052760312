import type { Writable } from "node:stream";
import { say, spokenLanguage } from "./say.ts";

/** Words that @clack/prompts writes by itself and offers no option for; each is in unseen.ts. */
const fixed =
  /Search:|No matches found|\bto select\b|\bto navigate\b|\bto search\b|\bconfirm\b|Type:/g;

/** The output stream of prompts, with the library's own words in the language of the person. */
export function saidOutput(output: Writable): Writable {
  if (spokenLanguage() === "en") return output;
  return new Proxy(output, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (name === "write") {
        return (chunk: unknown, ...others: unknown[]) =>
          Reflect.apply(member, target, [
            typeof chunk === "string" ? chunk.replaceAll(fixed, say) : chunk,
            ...others,
          ]);
      }
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
