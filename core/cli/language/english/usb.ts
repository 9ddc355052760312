/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const usb = [
  // core/usb/attachment.ts
  "The device on port {1} left the bus.",
  // core/usb/powered_camera.ts
  'The {1} has nothing for "{2}".',
] as const;
