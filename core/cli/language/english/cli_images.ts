/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_images = [
  // core/cli/images/choose_images.ts
  "named with --images",
  "the images inside this program",
  'The {1} has no image role "{2}". {3}',
  "The name {1} does not tell what it is for: write ROLE=FILE with a role of {2}.",
  // core/cli/images/export.ts
  "The set {1}",
  ", signed with the key {1}",
  "The set {1} is in {2}: {3} files, {4}{5}.",
  // core/cli/images/image_sets.ts
  "the key built into unbrick",
  // core/cli/images/import.ts
  "The environment names no home folder to keep images in.",
  'A set cannot be called "{1}": letters, digits, dots, dashes, at most 64, not "bundled".',
  "{1} files, {2}, for {3} boards",
  "The set {1} is kept: {2}.",
  "The set {1} was there already, undamaged: {2}.",
  "It is in {1}",
  "It has nothing for {1}.",
  // core/cli/images/list.ts
  "no set has anything for it",
  "The set {1} cannot be used: {2}",
  "An older set {1} is still in {2}: it is not used, and the next import removes it.",
  "real cameras",
  "simulated cameras only",
  "some simulated cameras only",
  "yes, by anybody",
  "by the pinned key",
  "not by the pinned key",
  "Only simulated cameras get these images: {1}. For real ones, import an OpenMV firmware release with: unbrick images import FILE",
  // core/cli/images/needs.ts
  "{1} {2} lacks what comes with {3}: {4}.",
  // core/cli/images/signed_files.ts
  "{1} is in no image set that is signed with the pinned key {2}.",
  // core/cli/images/verify.ts
  "{1} file, {2}",
  "{1} files, {2}",
  "{1}: every file has the hash of the manifest. {2}",
  "The manifest is signed with the pinned key {1}.",
  "The manifest is signed, but no key is pinned to check it with (--public-key FILE).",
  "The manifest is not signed.",
] as const;
