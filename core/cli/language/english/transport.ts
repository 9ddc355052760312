/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const transport = [
  // core/transport/serial/joined.ts
  "There is no serial port {1}.",
  // core/transport/serial/memory.ts
  "Another program holds the port {1}.",
  "Nothing came from {1} in {2} ms.",
  "The serial adapter {1} left the bus.",
  "Bytes have come.",
  // core/transport/usb/attachment.ts
  "The device on port {1} left the bus.",
  // core/transport/usb/powered_camera.ts
  'The {1} has nothing for "{2}".',
] as const;
