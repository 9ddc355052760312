import { builtin } from "./builtin.ts";

/** Returns the SHA-256 of the bytes, in lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  return builtin.crypto.createHash("sha256").update(bytes).digest("hex");
}
