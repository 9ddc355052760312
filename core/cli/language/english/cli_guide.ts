/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_guide = [
  // core/cli/guide/cable_svg.ts
  "The cable is put into the camera",
  "The cable is pulled out of the camera",
  // core/cli/guide/cable_text.ts
  "computer",
  // core/cli/guide/drawing_svg.ts
  "The board with {1} marked",
  "jumper wire",
  "wire off",
  // core/cli/guide/drawing_text.ts
  "no wire",
  "wire",
  // core/cli/guide/drawing_words.ts
  "{1} is at the {2} of the board, {3}.",
  "Above {1} is {2}.",
  "Below {1} is {2}.",
  // core/cli/guide/guide_page.ts
  "{1} the {2}",
  "unbrick: hardware steps",
  "Written by unbrick {1}. This page is complete in itself and loads nothing.",
  "What you need",
  "USB, one that carries data; into the computer itself, not a hub",
  "one jumper wire",
  "On the computer",
  "At the camera",
  "unbrick works",
  "If the camera does not appear",
  "Ask unbrick what is in the way:",
  // core/cli/guide/guide_text.ts
  "{1} the {2} ({3})",
  "Files: {1}.",
  // core/cli/guide/steps.ts
  "unbrick writes the bootloader and reads it back. Touch nothing until it asks.",
  "unbrick flashes the firmware, reads it back and sees the camera start. Where the screen says it in another order, follow the screen.",
  "unbrick flashes the firmware, reads it back and sees the board start.",
  "Once on this computer: keep the flash loaders from {1}.",
  "unbrick images import FOLDER",
  "Start with the folder or zip of a firmware release:",
] as const;
