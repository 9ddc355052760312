/**
 * What the extraction from the sources cannot see: amounts (core/format.ts), single words that fill
 * the holes of sentences, and sentences of the libraries for arguments and prompts.
 */
export const unseen: readonly string[] = [
  // Amounts.
  "{#1} s",
  "{#1} ms",
  "{#1} min {#2} s",
  "{#1} bytes",
  "{#1} KiB",
  "{#1} MiB",
  "{#1} GiB",
];
