import { builtin } from "../common/builtin.ts";

/** The content of a payload that was left out: only length and SHA-256 were kept. */
export interface LeftOut {
  readonly bytes: number;
  readonly sha256: string;
}

export const digestOf = (bytes: Uint8Array): string =>
  builtin.crypto.createHash("sha256").update(bytes).digest("hex");

/** Returns the comment on a packet whose payload is left out. */
export function leftOutComment(bytes: Uint8Array): string {
  return `left out: ${bytes.length} bytes, SHA-256 ${digestOf(bytes)}`;
}

/** Returns what was left out of a packet with these comments. */
export function leftOutIn(comments: readonly string[]): { leftOut?: LeftOut } {
  for (const comment of comments) {
    const [, bytes, sha256] = /^left out: (\d+) bytes, SHA-256 ([0-9a-f]{64})$/.exec(comment) ?? [];
    if (sha256) return { leftOut: { bytes: Number(bytes), sha256 } };
  }
  return {};
}
