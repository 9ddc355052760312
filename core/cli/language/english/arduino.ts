/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const arduino = [
  // boards/arduino/boards.ts
  "Press the reset button of the board twice, quickly.",
  "Plug the board into USB.",
  "Unplug the board from every cable.",
  "camera firmware",
  "read-only file system (models, fonts)",
  "firmware of the WiFi radio",
  "firmware of the Bluetooth radio",
  "WiFi firmware",
  "Bluetooth firmware",
  "The bootloader of this board is Arduino's own and cannot be restored with unbrick; the Arduino IDE can renew it.",
  "file system inside the chip",
  "file system",
  "OpenMV no longer makes firmware for this board; {1}, which {2} can use.",
  "printed Portenta H7; camera on a Vision Shield",
  "printed GIGA R1 WiFi",
  "printed Nicla Vision; camera on the board",
  "its bootloader is a serial one",
  "Arduino's bossac",
  "its chip has a boot ROM",
  "Raspberry Pi's picotool",
  // boards/arduino/dfu.ts
  "its DFU bootloader",
  "The bootloader describes another memory than that of the {1}: {2}",
  // boards/arduino/drawing.ts
  "A sketch, not the real places.",
  "The reset button is the only button that is wanted; a BOOT button must not be pressed.",
  // boards/arduino/enter.ts
  "Bring the board into its DFU bootloader",
  "the {1} in its DFU bootloader",
  "the {1} with its firmware running",
  "Start the board",
  "The board did not start by itself.",
  "The board started: it shows itself as {1}.",
  "Let the board start",
  "The bootloader does not let the board start.",
  // boards/arduino/flash.ts
  "Write the {1}",
  "Erase the file system inside the chip",
  "Erase the file system",
  "The {1} equals {2} of zeros ({3} bytes).",
  // boards/arduino/mod.ts
  "There is no simulated {1}.",
  // boards/arduino/recognise.ts
  "RP2040 boot ROM",
  "serial bootloader",
  "DFU bootloader",
  "running an Arduino sketch",
  "running OpenMV",
  // boards/arduino/validate.ts
  "the {1}",
  "an OpenMV Cam",
  '{1} is made for {2}, not for the {3} (at offset {4}: board name "{5}").',
  "{1} is meant for the USB device {2}, which the {3} is not.",
] as const;
