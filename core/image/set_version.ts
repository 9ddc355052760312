import { byNumbers } from "../common/number_order.ts";

/**
 * Compares versions, the newest first: `5.10.0` before `5.9.0` before `5.9.0-rc.1` before none.
 * Returns a negative number, zero or a positive one.
 */
export function byVersion(one: string | undefined, other: string | undefined): number {
  const [left, right] = [partsOf(one), partsOf(other)];
  const at = left.numbers.findIndex((value, index) => value !== right.numbers[index]);
  if (at >= 0) return right.numbers[at] - left.numbers[at];
  if (left.early === right.early) return 0;
  if (left.early === "" || right.early === "") return left.early === "" ? -1 : 1;
  return byNumbers(right.early, left.early);
}

interface Parts {
  readonly numbers: readonly number[];
  /** `rc.1`; empty for a release. */
  readonly early: string;
}

function partsOf(version: string | undefined): Parts {
  const [, major, minor, patch, early = ""] =
    /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?/.exec(version ?? "") ?? [];
  return major === undefined
    ? { numbers: [-1, -1, -1], early: "" }
    : { numbers: [Number(major), Number(minor), Number(patch ?? 0)], early };
}

/** Returns the numbers of a release, `5.0.0`, as its firmware says them; undefined for other versions. */
export function releaseNumbers(version: string | undefined): string | undefined {
  return /^v?(\d+\.\d+\.\d+)(?:-simulation)?$/.exec(version ?? "")?.[1];
}
