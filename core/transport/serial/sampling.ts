/** What a UART receives when bytes were sent at another rate. */

/**
 * Relative difference of rates up to which bytes arrive without errors: half a bit at the tenth
 * bit.
 */
const TOLERANCE = 0.045;
const BITS = 10;

/**
 * Returns the bytes that a receiver at `listens` bits a second gets from 8N1 frames sent at `sends`
 * without gaps: it waits for a falling edge, samples the middle of each bit at its own rate, and
 * keeps the result whether or not it sees the stop bit.
 */
export function sampled(bytes: Uint8Array, sends: number, listens: number): Uint8Array {
  if (Math.abs(sends / listens - 1) < TOLERANCE) return bytes;
  const level = (time: number): number => {
    const bit = Math.floor(time * sends);
    const byte = bytes[Math.floor(bit / BITS)];
    const at = bit % BITS;
    if (byte === undefined || at === BITS - 1) return 1;
    return at === 0 ? 0 : byte >> (at - 1) & 1;
  };
  const end = bytes.length * BITS / sends;
  const step = 1 / Math.max(sends, listens) / 4;
  const received: number[] = [];
  for (let time = 0; time < end;) {
    if (level(time) === 1) {
      time += step;
      continue;
    }
    let value = 0;
    for (let bit = 0; bit < 8; bit++) value |= level(time + (bit + 1.5) / listens) << bit;
    received.push(value);
    time += (BITS - 0.5) / listens;
    // A line that is still low is not a new start bit: it must rise first.
    while (time < end && level(time) === 0) time += step;
  }
  return Uint8Array.from(received);
}
