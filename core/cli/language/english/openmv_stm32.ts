/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_stm32 = [
  // boards/openmv_stm32/boards.ts
  "Connect a jumper wire between the BOOT and RST pins.",
  "Remove the jumper wire between the BOOT and RST pins.",
  "lens fixed on the board; pins P0 to P8, no SYN",
  "lens fixed on the board; pins P0 to P9 and SYN",
  "plug-in lens module; printed OpenMV-H7",
  "as the H7, with a second large chip: its memory",
  "4.3 inch touch screen, HDMI, USB-C",
  // boards/openmv_stm32/chips.ts
  "STM32F4 system bootloader (ST ROM)",
  "STM32F7 system bootloader (ST ROM)",
  "STM32H7 system bootloader (ST ROM)",
  // boards/openmv_stm32/drawing.ts
  "The names printed beside the pins decide: BOOT and RST are neighbours.",
  "Find the pins by the names BOOT and RST that are printed beside them.",
  // boards/openmv_stm32/flash.ts
  "The camera came back in its ROM bootloader: the jumper between BOOT and RST is still there.",
  // boards/openmv_stm32/identify.ts
  "Nothing left in the flash tells which board this is.",
  "The {1} in flash is that of the {2}: {3} at {4}.",
  // boards/openmv_stm32/marks.ts
  "board of another maker or series",
  // boards/openmv_stm32/reach.ts
  "Find the camera in a bootloader",
  // boards/openmv_stm32/restore.ts
  "The chip can only be unprotected by erasing all of its flash: firmware, files and everything else in it are lost.",
  "See whether the chip is protected",
  "The chip of this {1} is protected against reading and writing.",
  "The chip is not protected.",
  "Take off the chip's protection, which erases everything in it",
  "everything inside the chip",
  "The chip is still protected.",
  "Find out which board it is",
  "This camera is not a {1}: {2}",
  "The new bootloader runs, and what it reads of itself equals {1}.",
  "The camera left the bus while its flash was read, as half-written flash can cause. It is written without reading it first.",
  // boards/openmv_stm32/rom.ts
  "The ROM bootloader names no flash of a known camera.",
  // boards/openmv_stm32/validate.ts
  "{1} is made for the {2}, not for the {3} (at offset {4}: {5}).",
] as const;
