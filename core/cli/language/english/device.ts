/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const device = [
  // core/device/bound_camera.ts
  "The {1} is no longer in {2}.",
  "The camera was unplugged from port {1} and is now on port {2}.",
  "Waited for {1}, but it did not come; seen instead: {2}.",
  "Waited for {1}, but it did not come.",
  "{1} on port {2} (does not answer)",
  "{1} on port {2}",
  "This run has no access to serial ports.",
  // core/device/device_reading.ts
  "The USB device {1} on port {2} does not answer.",
  // core/device/wait_gone.ts
  "The device on port {1} did not leave the bus.",
] as const;
