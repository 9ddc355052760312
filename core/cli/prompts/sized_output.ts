import type { Writable } from "node:stream";

/** The size of a terminal that does not know its own: a serial console, a terminal in a container. */
const COLUMNS = 80, ROWS = 24;

/** Returns an output stream that has a size in any case; some terminals say that they have 0 columns. */
export function sizedOutput(output: Writable): Writable {
  return new Proxy(output, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (name === "columns") return member || COLUMNS;
      if (name === "rows") return member || ROWS;
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
