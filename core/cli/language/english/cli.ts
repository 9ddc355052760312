/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli = [
  // core/cli/board_names.ts
  'There is no board "{1}". {2}',
  // core/cli/exit_codes.ts
  "a defect of unbrick itself",
  "the command line cannot be understood",
  "no such device, file or image",
  "the system does not let this user open the device",
  "no driver, or the wrong one",
  "another program holds the device",
  "the device left the bus in the middle of the work",
  "a deadline passed",
  "the device refused a transfer",
  "the device answered what the protocol does not allow",
  "the device reported a named error",
  "device or image belongs to another board, or the board does not offer the job",
  "a file is damaged or cannot be what it is given for",
  "the chip is protected against reading or writing",
  "what was read back is not what was written",
  "an answer or a consent was needed that nobody could give",
  "stopped by the user",
  "done, and proven by the camera",
  "The kind is what --json calls the error.",
  "unbrick dfu-util ends with dfu-util's own exit codes, made true: 0 only after reading back.",
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
  // core/cli/plain_prompts.ts
  "Type a number from 1 to {1} and press Enter.",
  "Type y and press Enter to agree, or press only Enter to refuse.",
  "{1} Type {2} to agree, or only Enter to leave it.",
  "That is not {1}.",
  // core/cli/prompts.ts
  "Yes",
  "No",
  "type a part of the name, or use the arrows",
  "No camera has this name.",
  // core/cli/run.ts
  "Press Enter to close this window.",
  // core/cli/session.ts
  'There is nothing to permit by the name "{1}". {2}',
  // core/cli/signed_files.ts
  "{1} is in no image set that is signed with the pinned key {2}.",
  // core/cli/station_world.ts
  "There is no camera {1} for the trap {2}: {3} simulated cameras come.",
  "Connect the camera.",
  "Unplug the camera.",
] as const;
