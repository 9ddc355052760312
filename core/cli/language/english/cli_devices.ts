/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_devices = [
  // core/cli/devices/board_names.ts
  'There is no board "{1}". {2}',
  // core/cli/devices/find_board.ts
  "No camera is on the USB bus, and no board was named.",
  "Several cameras are connected. Which one is it?",
  "The {1} does not tell which camera it is. Which one is it?",
  "You chose it.",
  "It tells itself what it is.",
  "What the camera tells fits no board: {1}",
  "{1}Which camera do you want to {2}?",
  // core/cli/devices/station_host.ts
  "There is no camera {1} for the trap {2}: {3} simulated cameras come.",
  "Connect the camera.",
  "Unplug the camera.",
] as const;
