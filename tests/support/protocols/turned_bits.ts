/** Returns a copy of `bytes` with one bit changed. */
export function withTurnedBit(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  return bytes.with(at, bytes[at] ^ 1 << bit);
}

/** A range of bytes, from `start` to before `end`. */
export type Range = readonly [start: number, end: number];

/**
 * Returns every `stride`-th bit of the ranges, as byte and bit number. With a prime number, all
 * eight bits of a byte occur.
 */
export function* bitsOf(
  ranges: readonly Range[],
  stride: number,
): Generator<readonly [at: number, bit: number]> {
  let index = 0;
  for (const [start, end] of ranges) {
    for (; index < 8 * (end - start); index += stride) {
      yield [start + (index >> 3), index & 7];
    }
    index -= 8 * (end - start);
  }
}
