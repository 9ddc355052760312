import { usage } from "./options.ts";

/**
 * Reads a number like strtoul in base 0: `0x` hexadecimal, a leading `0` octal, otherwise decimal.
 * @throws UnbrickError `usage` for anything else, including `08000000`
 */
export function cNumber(text: string, what: string): number {
  const digits = /^0x[0-9a-f]+$/i.test(text)
    ? text
    : /^0[0-7]*$/.test(text)
    ? `0o${text}`
    : /^[1-9]\d*$/.test(text)
    ? text
    : undefined;
  const value = Number(digits);
  if (digits === undefined || !Number.isSafeInteger(value)) {
    const octal = /^0\d+$/.test(text) ? " (a leading 0 means octal; write 0x)" : "";
    throw usage(`${what}: "${text}" is not a number${octal}.`, { value: text });
  }
  return value;
}
