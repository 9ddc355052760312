/** Made at the first comparison: loading the rules of a language takes milliseconds. */
let collator: Intl.Collator | undefined;

/** Compares texts by the numbers in them, for sorting: `1-9` comes before `1-10`. */
export function byNumbers(one: string, other: string): number {
  collator ??= new Intl.Collator("en", { numeric: true });
  return collator.compare(one, other);
}
