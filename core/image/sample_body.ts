import { u32 } from "../common/struct.ts";

/**
 * Fills `bytes` with lines of 64 bytes: the line's number (4 bytes), then one of 32 pseudo-random
 * phrases. No two lines are equal, so that a misplaced block is noticed, but the data compresses
 * well.
 */
export function fillSampleBody(bytes: Uint8Array, seed: string): void {
  const random = randomBytes(seed);
  const phrases = Array.from({ length: 32 }, () => Uint8Array.from({ length: 60 }, random));
  const line = new Uint8Array(64);
  for (let at = 0; at < bytes.length; at += 64) {
    u32.write(line, 0, at / 64, "line");
    line.set(phrases[random() % 32], 4);
    bytes.set(line.subarray(0, bytes.length - at), at);
  }
}

/** Returns a generator of bytes that depends only on the seed (FNV-1a into xorshift32). */
function randomBytes(seed: string): () => number {
  let state = 0x811C9DC5;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
  state |= 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 24;
  };
}
