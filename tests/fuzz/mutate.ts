import fc from "fast-check";
import { concat } from "../../core/protocols/alif_isp/packets/bytes.ts";
import { u16, u32 } from "../../core/common/struct.ts";

/** Makes inputs that are nearly correct: a reader gets further with them than with noise. */

type Change = (bytes: Uint8Array) => Uint8Array;

const extremes = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (share: number, bytes: Uint8Array) => Math.floor(share * bytes.length);

const change: fc.Arbitrary<Change> = fc.oneof(
  // Headers are at the beginning: half of the changed bytes are there.
  fc.tuple(fc.oneof(place, place.map((share) => share * share * share)), fc.nat(255))
    .map(([share, value]) => (bytes: Uint8Array) => {
      const copy = bytes.slice();
      copy[at(share, bytes)] = value;
      return copy;
    }),
  fc.tuple(place, fc.constantFrom(...extremes), fc.constantFrom(1, 2, 4), fc.boolean())
    .map(([share, value, width, isAligned]) => (bytes: Uint8Array) => {
      const copy = bytes.slice();
      const start = isAligned ? at(share, bytes) & ~3 : at(share, bytes);
      if (start + width > copy.length) return copy;
      if (width === 1) copy[start] = value;
      else if (width === 2) u16.write(copy, start, value & 0xFFFF, "mutation");
      else u32.write(copy, start, value >>> 0, "mutation");
      return copy;
    }),
  place.map((share) => (bytes: Uint8Array) => bytes.slice(0, at(share, bytes))),
  fc.tuple(place, fc.uint8Array({ maxLength: 40 })).map(([share, more]) => (bytes: Uint8Array) => {
    const start = at(share, bytes);
    return concat(bytes.subarray(0, start), more, bytes.subarray(start));
  }),
  fc.tuple(place, place).map(([one, other]) => (bytes: Uint8Array) => {
    const [from, to] = [at(one, bytes), at(other, bytes)].sort((a, b) => a - b);
    return concat(bytes.subarray(0, from), bytes.subarray(to));
  }),
);

/** Returns noise, the samples, and the samples with up to six changes. */
export function nearly(samples: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const noise = fc.uint8Array({ maxLength: 3000 });
  if (samples.length === 0) return noise;
  const changed = fc.tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 6 }))
    .map(([sample, changes]) => changes.reduce((bytes, apply) => apply(bytes), sample));
  return fc.oneof({ weight: 1, arbitrary: noise }, { weight: 5, arbitrary: changed });
}
