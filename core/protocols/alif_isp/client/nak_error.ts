import { UnbrickError } from "../../../common/errors.ts";
import { text, type Words } from "../../../common/text.ts";
import { nakMeaning } from "../packets/error_code.ts";

/**
 * Returns the error for a NAK: `NAK ED, ILLEGAL_ADDRESS: the address is protected`; `data.code` is
 * the byte.
 */
export function nakError(code: number, what: Words, extended?: number): UnbrickError {
  const [name, meaning] = nakMeaning(code);
  const digits = code.toString(16).toUpperCase().padStart(2, "0");
  return new UnbrickError(
    "device-status",
    text`The Secure Enclave refused to ${what}: ${meaning} (NAK ${digits}, ${name}).`,
    {
      code,
      name: String(name),
      what: String(what),
      ...(extended === undefined ? {} : { extended }),
    },
  );
}

/** Returns true if the error is a NAK with one of the codes (any code if none is given). */
export function isNak(error: unknown, ...wanted: readonly number[]): boolean {
  return error instanceof UnbrickError && error.kind === "device-status" &&
    typeof error.data.code === "number" &&
    (wanted.length === 0 || wanted.includes(error.data.code));
}
