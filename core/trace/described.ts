import type { LeftOut } from "./left_out.ts";
import type { TracedTransfer } from "./read_trace.ts";

/** A transfer in the terms of its protocol: English, as Wireshark's; scripts read it. */
export interface Described {
  /** `DNLOAD block 3, 2048 bytes` */
  readonly request: string;
  /** `dfuDNBUSY, 12 ms`; left out if the success is all there is to tell. */
  readonly answer?: string;
  /** True if the device reports an error in its answer. */
  readonly isError?: boolean;
}

/** The name of a value in a table; undefined if it has none. */
export function nameIn(
  table: Readonly<Record<string, number>>,
  value: number,
): string | undefined {
  return Object.keys(table).find((name) => table[name] === value);
}

/** `1 byte`, `2048 bytes` */
export const byteWords = (bytes: number) => bytes === 1 ? "1 byte" : `${bytes} bytes`;

/** The length of a payload, and whether it is in the trace. */
export function payloadWords({ leftOut }: TracedTransfer, length: number): string {
  return leftOut ? leftOutWords(leftOut) : byteWords(length);
}

/** `2048 bytes (left out, SHA-256 1a2b3c4d…)` */
export function leftOutWords({ bytes, sha256 }: LeftOut): string {
  return `${byteWords(bytes)} (left out, SHA-256 ${sha256.slice(0, 8)}…)`;
}

/** At most `most` bytes as hexadecimal digits: `21 00 00 08 …`. */
export function hexWords(bytes: Uint8Array, most = 16): string {
  const digits = Array.from(
    bytes.subarray(0, most),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return [...digits, ...(bytes.length > most ? ["…"] : [])].join(" ");
}
