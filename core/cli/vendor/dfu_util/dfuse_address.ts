import { cNumber } from "../number.ts";
import { usage } from "../options.ts";

/** The value of `-s`: `[ADDRESS][:MODIFIER]…` (dfu-dfuse.md C2). */
export interface DfuSeAddress {
  readonly address?: number;
  /** Bytes to upload. */
  readonly length?: number;
  /** True: start the program afterwards. */
  readonly leave: boolean;
  /**
   * True: skip the checks of range and board; needed for actions that destroy more than the file's
   * range.
   */
  readonly force: boolean;
  readonly massErase: boolean;
  readonly unprotect: boolean;
  /**
   * True: the device resets by itself after the download. Accepted, but the data is read back
   * anyway.
   */
  readonly willReset: boolean;
}

const modifiers: Readonly<Record<string, keyof DfuSeAddress>> = {
  "leave": "leave",
  "force": "force",
  "mass-erase": "massErase",
  "unprotect": "unprotect",
  "will-reset": "willReset",
};

/** @throws UnbrickError `usage` */
export function parseDfuSeAddress(text: string): DfuSeAddress {
  const [start, ...rest] = text.split(":");
  const flags = {
    leave: false,
    force: false,
    massErase: false,
    unprotect: false,
    willReset: false,
  };
  let length: number | undefined;
  for (const word of rest) {
    const flag = modifiers[word];
    if (flag) Object.assign(flags, { [flag]: true });
    else if (/^\d/.test(word)) length = cNumber(word, "-s");
    else {
      const known = Object.keys(modifiers).join(", ");
      throw usage(`-s has no modifier "${word}"; it has ${known}.`, { word });
    }
  }
  if ((flags.massErase || flags.unprotect) && !flags.force) {
    const modifier = flags.unprotect ? "unprotect" : "mass-erase";
    throw usage(`:${modifier} erases the whole chip and needs :force too.`);
  }
  const address = start === "" ? undefined : cNumber(start, "-s");
  return { address, length, ...flags };
}
