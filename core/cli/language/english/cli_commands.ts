/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_commands = [
  // core/cli/commands/boards.ts
  "--allow-fuse {1}: {2}",
  "--allow {1}: {2}",
  // core/cli/commands/devices.ts
  "No camera is on the USB bus.",
  "mode {1}",
  "one of: {1}",
  "serial {1}",
  "cannot be opened: {1}",
  "port {1}  {2}  {3}",
  "unknown device",
  "Watching the USB bus; stop with Ctrl-C.",
  // core/cli/commands/guide.ts
  "Wrote {1}.",
  // core/cli/commands/job.ts
  "the camera",
  "the bundled images",
  "The camera is still on the USB bus: is every cable of it unplugged?",
  "The bus does not show it yet; unbrick goes on waiting.",
  "Stopping as soon as the running transfer is over ...",
  // core/cli/commands/licenses.ts
  "The licence texts are put into the executable when it is built; this unbrick runs from its source.",
  "This program contains:",
  // core/cli/commands/plan.ts
  'There is no job "{1}". {2}',
  "Plan: {1} {2}",
  ', needs the consent "{1}"',
  "{1}. {2} ({3}, about {4}{5})",
  "changes nothing",
  "the whole file: {1} bytes, sha256 {2}",
  // core/cli/commands/read.ts
  "read needs a file to write to: -o FILE.",
  "--address and --length belong together.",
  // core/cli/commands/station.ts
  "--count must be at least 1.",
  "A station asks nobody before it writes to a camera.",
  "The simulated cameras came and went, and the job could not begin with all of them.",
  // core/cli/commands/wizard.ts
  "No command was given, and nobody can be asked for one.",
  "Brings back OpenMV cameras. Leave at any time with Ctrl-C.",
  "None of these: mine does not show up",
  "Which camera is it about?",
  "Which camera is it? Its name is printed on it; or see how it looks.",
  "It is dead: nothing of it shows up on USB",
  "It shows up on USB, but its firmware does not work",
  "I only want to know whether it is intact; nothing is written",
  "What is wrong with the camera?",
  "Try it again now? What is written already stays.",
  "Where are the images? Type the folder or zip of an OpenMV firmware release, or only Enter to leave.",
  "Where is OpenMV IDE? Its folder has the flash loader that is missing. Type that folder, or only Enter to leave.",
  "Where are Alif's SE Tools? Their folder has the package that is missing. Type that folder, or only Enter to leave.",
  // core/cli/commands/wizard_look.ts
  "Practice: the camera is simulated, no device is touched.",
  "Without USB only a simulated camera can be worked on. Practise on one?",
  "port {1}: {2}",
  "Its firmware runs.",
  "Its bootloader runs: firmware can be written.",
  "The ROM bootloader of its chip runs: it can be restored.",
  "A loader runs in its memory: a restore was begun.",
  "That is how a dead camera looks, but also one on a cable that only charges.",
  "On the USB bus now:",
  "port {1}: unknown device {2}",
  "It cannot be opened: {1}",
  "It is one of: {1}.",
  "It may be a camera, or another device with the same adapter.",
] as const;
