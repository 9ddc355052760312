/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_ae3 = [
  // boards/openmv_ae3/boards.ts
  "Make sure that the recovery switch is on: camera side, bottom left corner.",
  "Leave the recovery switch on and press the camera's button. If nothing happens, unplug the camera and plug it in again.",
  "30 x 30 mm, USB-C, one button, a tiny switch",
  "Secure Enclave firmware",
  "table of contents",
  "M55-HP firmware",
  "M55-HE firmware",
  "firmware of the M55-HP core",
  "firmware of the M55-HE core",
  "read-only file system of the M55-HE core",
  "read-only file system of the M55-HP core",
  "Set the recovery switch to on: camera side, bottom left corner.",
  "Set the recovery switch to off: camera side, bottom left corner.",
  "signature of the {1}",
  "system package of the part {1} (development)",
  "system package of the part {1}",
  "pointer to the system package (development)",
  "pointer to the system package",
  // boards/openmv_ae3/condition.ts
  "FAT file system with the user's files",
  // boards/openmv_ae3/connection.ts
  "Nothing answers behind the serial adapter: the camera's program may have crashed or gone to sleep, or this is no OpenMV AE3.",
  "the Secure Enclave to answer when it is reset",
  "the recovery port of the {1}",
  "Secure Enclave of an Alif {1}, silicon {2}: its firmware answers ({3}).",
  "part without a number",
  "Secure Enclave of an Alif {1}, silicon {2}: its ROM answers, because {3}.",
  "Its serial adapter is that of the {1}; the part that it tells itself counts.",
  // boards/openmv_ae3/drawing.ts
  "Camera side, the switch at the bottom left.",
  "The switch is very small: use a pointed tool. The rest is not drawn to scale.",
  "lens",
  "recovery switch",
  // boards/openmv_ae3/enclave.ts
  "The serial adapter on port {1} shows up as no serial port of this system.",
  "The Secure Enclave says: {1}",
  "The recovery port of the {1} is no longer on the bus.",
  "The Secure Enclave of the {1} does not answer any more.",
  "the adapter that answers",
  // boards/openmv_ae3/flash.ts
  "The camera came back with its recovery port: the recovery switch is still on.",
  "Bring the camera into its bootloader",
  // boards/openmv_ae3/mod.ts
  "Nothing answers behind the serial adapter on port {1}.",
  // boards/openmv_ae3/mram_step.ts
  "The Secure Enclave does not let the {1} be read; the new bootloader must read it.",
  // boards/openmv_ae3/packages.ts
  "its signature (.sign) is missing",
  "its pointer file (offset-58-rev-b4), of the same root key, is missing",
  "{1} is a system package for the part {2}; this file must be for the {3}.",
  "The Secure Enclave needs a new system package, and none of {1} is for the part {2} with the root key {3}: SP-{4}-rev-b4.bin with its .sign and offset-58-rev-b4.bin with its .sign, from Alif's SE Tools.",
  "The Secure Enclave needs a new system package, and there is none for the part {1} with the root key {2}: SP-{3}-rev-b4.bin with its .sign and offset-58-rev-b4.bin with its .sign, from Alif's SE Tools.",
  // boards/openmv_ae3/recognise.ts
  "{1}, running",
  "{1}, bootloader",
  "serial adapter, perhaps the recovery port of an OpenMV AE3",
  // boards/openmv_ae3/restore.ts
  "Reach the Secure Enclave",
  "Start the new bootloader",
  "The new bootloader runs, and what it reads of itself and of the table of contents equals {1}.",
  "Bootloader and table of contents are the wanted ones.",
  // boards/openmv_ae3/system_steps.ts
  "Bring back the Secure Enclave's firmware",
  "The Secure Enclave runs its own firmware: {1}.",
  "System package for this chip: {1}, version {2}.",
  "The chip's ROM checked one of the two copies in {1} and started it: version {2}.",
  "Renew the Secure Enclave's firmware",
  "The Secure Enclave checked all of {1} against its signature, and runs it: version {2}. It does not let this memory be read.",
  "The Secure Enclave runs version {1} of its firmware",
  "{1}; there is no system package for its part to renew it with.",
  "{1}; the system package at hand has version {2}.",
  "The chip does not answer since its firmware was written.",
  "The Secure Enclave runs version {1} after {2} with version {3} was written.",
  "the recovery port of the {1}, after its power was off",
  // boards/openmv_ae3/validate.ts
  "{1} is made for the USB device {2}, which is no {3}.",
  "its entry {1} is at {2}, and that firmware at {3}",
  "it is the firmware of the other core, the M55-HP",
  "its reset vector {1} is no odd address from {2} to {3}",
  "{1} is made for another camera than the {2} (at offset {3}: {4}).",
] as const;
