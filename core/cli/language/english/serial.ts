/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const serial = [
  // core/serial/joined.ts
  "There is no serial port {1}.",
  // core/serial/memory.ts
  "Another program holds the port {1}.",
  "Nothing came from {1} in {2} ms.",
  "The serial adapter {1} left the bus.",
  "Bytes have come.",
] as const;
