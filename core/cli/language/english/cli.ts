/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli = [
  // core/cli/board_names.ts
  'There is no board "{1}". {2}',
  // core/cli/find_board.ts
  "No camera is on the USB bus, and no board was named.",
  "Several cameras are connected. Which one is it?",
  "The {1} does not tell which camera it is. Which one is it?",
  "You chose it.",
  "It tells itself what it is.",
  "What the camera tells fits no board: {1}",
  "{1}Which camera do you want to {2}?",
  // core/cli/image_sets.ts
  "the key built into unbrick",
  // core/cli/images.ts
  "named with --images",
  "the images inside this program",
  'The {1} has no image role "{2}". {3}',
  "The name {1} does not tell what it is for: write ROLE=FILE with a role of {2}.",
  "{1} of {2} is made for simulated cameras only and never written to a real one.",
  "{1} of {2} are made for simulated cameras only and never written to a real one.",
  // core/cli/interrupts.ts
  "Stopped by the user.",
  // core/cli/output_file.ts
  "{1} is there already and will not be overwritten.",
  // core/cli/prompts.ts
  "Yes",
  "No",
  "{1} Type {2} to agree, or only Enter to leave it.",
  "That is not {1}.",
  "type a part of the name, or use the arrows",
  // core/cli/run.ts
  "Press Enter to close this window.",
  // core/cli/session.ts
  'There is nothing to permit by the name "{1}". {2}',
  // core/cli/station_world.ts
  "Connect the camera.",
  "Unplug the camera.",
] as const;
