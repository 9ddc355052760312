import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_stm32: Catalogue = {
  "Connect a jumper wire between the BOOT and RST pins.": "",
  "Remove the jumper wire between the BOOT and RST pins.": "",
  "STM32F4 system bootloader (ST ROM)": "",
  "STM32F7 system bootloader (ST ROM)": "",
  "STM32H7 system bootloader (ST ROM)": "",
  "The names printed beside the pins decide: BOOT and RST are neighbours.": "",
  "Find the pins by the names BOOT and RST that are printed beside them.": "",
  "The camera came back in its ROM bootloader: the jumper between BOOT and RST is still there.": "",
  "Nothing left in the flash tells which board this is.": "",
  "The {1} in flash is that of the {2}: {3} at {4}.": "",
  "board of another maker or series": "",
  "Find the camera in a bootloader": "",
  "The bootloader equals {1} ({2} bytes).": "",
  "See whether the chip is protected": "",
  "The chip of this {1} is protected against reading and writing.": "",
  "The chip is not protected.": "",
  "Take off the chip's protection, which erases everything in it": "",
  "everything inside the chip": "",
  "The chip can only be unprotected by erasing all of its flash: firmware, files and everything else in it are lost.":
    "",
  "The chip is still protected.": "",
  "Find out which board it is": "",
  "This camera is not a {1}: {2}": "",
  "The new bootloader runs, and what it reads of itself equals {1}.": "",
  "The camera left the bus while its flash was read, as half-written flash can cause. It is written without reading it first.":
    "",
  "The {1} is no longer in its ROM bootloader.": "",
  "The ROM bootloader names no flash of a known camera.": "",
  "{1} is made for the {2}, not for the {3} (at offset {4}: {5}).": "",
};
