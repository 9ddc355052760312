/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const transport = [
  // core/transport/serial/cdc_bus.ts
  "There is no serial port {1}.",
  "Another program holds the port {1}.",
  "Nothing came from {1} in {2} ms.",
  "The device of the port {1} refused a request.",
  // core/transport/serial/memory.ts
  "The serial adapter {1} left the bus.",
  "Bytes have come.",
  // core/transport/usb/attachment.ts
  "The device on port {1} left the bus.",
  // core/transport/usb/host_state.ts
  "The device refused a request (STALL).",
  "The transfer has ended.",
  "The device did not answer a transfer within {1} ms.",
  // core/transport/usb/memory_device.ts
  "Another program holds interface {1}.",
  "The device sent more data than it was asked for.",
  "The device has no endpoint {1}.",
  "alternate setting {1}",
  "The device has no interface {1}{2}.",
  // core/transport/usb/powered_camera.ts
  'The {1} has nothing for "{2}".',
  // core/transport/usb/virtual_bus.ts
  "the model has no IN endpoints",
  "the model has no OUT endpoints",
] as const;
