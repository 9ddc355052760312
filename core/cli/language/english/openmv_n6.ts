/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_n6 = [
  // boards/openmv_n6/boards.ts
  "USB-C, two buttons; BOOT1 switch, pins up to P18",
  "OpenBootloader (runs in RAM while the camera is restored)",
  "flash loader for OpenBootloader",
  "flash layout (left out: the usual one)",
  "Connect a jumper wire between the BOOT and VCC pins.",
  "Remove the jumper wire between the BOOT and VCC pins.",
  // boards/openmv_n6/catch_options.ts
  "The camera came back in its ROM bootloader: the jumper between BOOT and VCC is still there, or there is no bootloader that the chip would start.",
  // boards/openmv_n6/drawing.ts
  "Find the pins by the names printed beside them: BOOT may be called BOOT0, and VCC 3.3V. Leave the small BOOT1 switch off.",
  // boards/openmv_n6/recognise.ts
  "STM32N6 system bootloader (ST ROM)",
  "OpenBootloader in the RAM of an N6",
  // boards/openmv_n6/recovery_files.ts
  "the chip starts what stands at offset 0, not at {1}.",
  "{1} is not the file that OpenMV ships.",
  "the usual layout",
  "The camera's flash does not hold {1}: the first difference is at offset {2}.",
  // boards/openmv_n6/reset_loop.ts
  "The firmware in the camera cannot start; the camera is parked first.",
  "The camera left its bootloader in the middle of the work, as one with corrupt firmware does that starts anew every two seconds. It is parked, and the work begins again.",
  "The camera did not stay in its bootloader.",
  "The {1} leaves its bootloader again and again, even with its firmware zeroed.",
  "the {1} in its bootloader again",
  // boards/openmv_n6/restore.ts
  "The bootloader runs, and what it reads of itself equals {1} ({2}).",
  "Bring the camera into its ROM bootloader",
  "The camera is in its ROM bootloader.",
  "OpenBootloader of an earlier run is still in the camera's RAM.",
  "the {1} in its ROM bootloader",
  "Start OpenBootloader in the camera's RAM",
  "Write the bootloader",
  "OpenBootloader was too quick: probably it has written nothing.",
  "Behind the bootloader the flash is not blank, as it should be after an erase.",
  "The camera still starts in its ROM bootloader: the jumper is still fitted, or the bootloader was not written although OpenBootloader said so.",
  // boards/openmv_n6/stages.ts
  "its ROM bootloader",
  "OpenBootloader, which the camera's ROM was told to start",
  "The chip's ROM came back instead of OpenBootloader: it refused the image, or OpenBootloader died.",
  "The ROM did not leave the bus by itself; its port is reset.",
  // boards/openmv_n6/validate.ts
  "it is larger than a bootloader: openmv.bin with the firmware behind it?",
  "{1} has the binary type {2} instead of {3}, as a bootloader of OpenMV has.",
  "{1} has no version header of OpenMV; bootloaders before 4.8.1 have none.",
  'board name "{1}"',
  "its vector table is not that of a program at {1}",
  "USB id {1}",
  "another camera",
  "{1} is made for {2}, not for the {3} (at offset {4}: {5}).",
] as const;
