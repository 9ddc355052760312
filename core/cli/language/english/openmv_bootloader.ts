/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_bootloader = [
  // core/openmv_bootloader/catch.ts
  "The camera left its bootloader before it could be held there.",
  "The {1} could not be held in its bootloader in {2} attempts.",
  "the {1} in its bootloader",
  // core/openmv_bootloader/client.ts
  "The bootloader of this {1} refused to tell the names of all its partitions.",
  'The bootloader in this {1} is too old: it has no partition {2}, so "restore" must renew it first.',
  // core/openmv_bootloader/identity.ts
  "OpenMV Camera (DFU Mode)",
  "OpenMV camera in its old serial bootloader (firmware 4.5 or older)",
  "OpenMV camera that runs old firmware (4.5 or older)",
  // core/openmv_bootloader/read.ts
  "The camera has nothing to read at {1} ({2} from {3}).",
  "The camera sent {1} of {2} bytes of {3} at offset {4}.",
  // core/openmv_bootloader/restored.ts
  "Another camera came back in place of the {1} that was restored.",
  // core/openmv_bootloader/serial_entry.ts
  "The camera does not answer on its serial port {1}.",
  "The wait was given up.",
  // core/openmv_bootloader/steps.ts
  "The camera did not start by itself.",
  "The camera started: it shows itself as {1}.",
  "Let the camera go",
  "Let the camera start",
  "The bootloader does not let the camera start.",
] as const;
