/**
 * The used functions of libusb 1.0. Functions that may wait (for the device, the kernel or a lock)
 * are `nonblocking`: they run on their own thread with a deadline (bounded.ts). The others only
 * read or allocate memory. `exitNow` and `closeNow` are for the end of the process, when nothing
 * can be awaited, and are called only if no other call is running.
 */
export const symbols = {
  libusb_get_version: { parameters: [], result: "pointer" },
  libusb_has_capability: { parameters: ["u32"], result: "i32" },
  libusb_init: { parameters: ["buffer"], result: "i32", nonblocking: true },
  libusb_exit: { parameters: ["pointer"], result: "void", nonblocking: true },
  exitNow: { name: "libusb_exit", parameters: ["pointer"], result: "void" },

  libusb_get_device_list: {
    parameters: ["pointer", "buffer"],
    result: "isize",
    nonblocking: true,
  },
  libusb_free_device_list: { parameters: ["pointer", "i32"], result: "void", nonblocking: true },
  libusb_ref_device: { parameters: ["pointer"], result: "pointer" },
  libusb_unref_device: { parameters: ["pointer"], result: "void", nonblocking: true },
  libusb_get_bus_number: { parameters: ["pointer"], result: "u8" },
  libusb_get_device_address: { parameters: ["pointer"], result: "u8" },
  libusb_get_port_numbers: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  libusb_get_device_speed: { parameters: ["pointer"], result: "i32" },
  libusb_get_device_descriptor: { parameters: ["pointer", "buffer"], result: "i32" },
  libusb_get_config_descriptor: { parameters: ["pointer", "u8", "buffer"], result: "i32" },
  libusb_free_config_descriptor: { parameters: ["pointer"], result: "void" },

  libusb_open: { parameters: ["pointer", "buffer"], result: "i32", nonblocking: true },
  libusb_close: { parameters: ["pointer"], result: "void", nonblocking: true },
  closeNow: { name: "libusb_close", parameters: ["pointer"], result: "void" },
  libusb_set_auto_detach_kernel_driver: { parameters: ["pointer", "i32"], result: "i32" },
  libusb_claim_interface: { parameters: ["pointer", "i32"], result: "i32", nonblocking: true },
  libusb_release_interface: { parameters: ["pointer", "i32"], result: "i32", nonblocking: true },
  libusb_set_interface_alt_setting: {
    parameters: ["pointer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  libusb_reset_device: { parameters: ["pointer"], result: "i32", nonblocking: true },

  libusb_alloc_transfer: { parameters: ["i32"], result: "pointer" },
  libusb_free_transfer: { parameters: ["pointer"], result: "void" },
  libusb_submit_transfer: { parameters: ["pointer"], result: "i32", nonblocking: true },
  libusb_cancel_transfer: { parameters: ["pointer"], result: "i32", nonblocking: true },

  libusb_handle_events_timeout_completed: {
    parameters: ["pointer", "pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  libusb_interrupt_event_handler: { parameters: ["pointer"], result: "void", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** The loaded library with its functions. */
export type Library = Deno.DynamicLibrary<typeof symbols>;
export type Symbols = Library["symbols"];
