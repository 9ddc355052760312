/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const station = [
  // core/station/arrival.ts
  "The system does not tell which USB port this camera is on ({1}), so that it could be mixed up with another one.",
  "The {1} cannot be used.",
  "This is no {1}, but an unknown device ({2}).",
  "This is no {1}, but: {2}.",
  // core/station/port_serial.ts
  "The serial port {1} does not hang on USB port {2}.",
  "The system does not tell which serial adapter is on which USB port: connect one such camera at a time.",
  // core/station/port_worker.ts
  "Nothing answers behind this adapter: it is a cable, or the {1} must be plugged in again with its recovery switch on.",
  "The station has all the cameras it was asked for.",
  // core/station/station_port.ts
  "What runs on port {1} wanted the device on port {2}.",
] as const;
