/** Compares versions, the newest first: `5.0.0` before `4.8.1` before none. Negative, zero or positive. */
export function byVersion(one: string | undefined, other: string | undefined): number {
  const [left, right] = [numbersOf(one), numbersOf(other)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : right[at] - left[at];
}

function numbersOf(version: string | undefined): [number, number, number] {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version ?? "") ?? [];
  return major === undefined ? [-1, -1, -1] : [Number(major), Number(minor), Number(patch ?? 0)];
}
