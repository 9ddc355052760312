/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_sets = [
  // core/cli/sets/export.ts
  "The set {1}",
  ", signed with the key {1}",
  "The set {1} is in {2}: {3} files, {4}{5}.",
  // core/cli/sets/import.ts
  "The environment names no home folder to keep images in.",
  'A set cannot be called "{1}": letters, digits, dots, dashes, at most 64, not "bundled".',
  "{1} files, {2}, for {3} boards",
  "The set {1} is kept: {2}.",
  "The set {1} was there already, undamaged: {2}.",
  "It is in {1}",
  "It has nothing for {1}.",
  // core/cli/sets/list.ts
  "no set has anything for it",
  "The set {1} cannot be used: {2}",
  "An older set {1} is still in {2}: it is not used, and the next import removes it.",
  "real cameras",
  "some simulated cameras only",
  "yes, by anybody",
  "by the pinned key",
  "not by the pinned key",
  "Only simulated cameras get these images: {1}. For real ones, import an OpenMV firmware release with: unbrick images import FILE",
  // core/cli/sets/needs.ts
  "{1} {2} lacks what comes with {3}: {4}.",
  // core/cli/sets/verify.ts
  "{1} file, {2}",
  "{1} files, {2}",
  "{1}: every file has the hash of the manifest. {2}",
  "The manifest is signed with the pinned key {1}.",
  "The manifest is signed, but no key is pinned to check it with (--public-key FILE).",
  "The manifest is not signed.",
] as const;
