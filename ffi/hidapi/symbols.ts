/**
 * The functions of hidapi 0.15 that are used. What speaks with macOS' HID system runs on a thread of its
 * own and has a deadline. hid_init does not: the thread that calls it must live as long as the session,
 * whose run loop macOS keeps (IOHIDManagerScheduleWithRunLoop); it asks no device. The errors are in memory.
 */
export const symbols = {
  hid_init: { parameters: [], result: "i32" },
  hid_error: { parameters: ["pointer"], result: "pointer" },
  hid_read_error: { parameters: ["pointer"], result: "pointer" },

  hid_exit: { parameters: [], result: "i32", nonblocking: true },
  hid_enumerate: { parameters: ["u16", "u16"], result: "pointer", nonblocking: true },
  hid_free_enumeration: { parameters: ["pointer"], result: "void", nonblocking: true },
  hid_open_path: { parameters: ["buffer"], result: "pointer", nonblocking: true },
  hid_close: { parameters: ["pointer"], result: "void", nonblocking: true },
  hid_get_manufacturer_string: {
    parameters: ["pointer", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  hid_get_product_string: {
    parameters: ["pointer", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  hid_get_serial_number_string: {
    parameters: ["pointer", "buffer", "usize"],
    result: "i32",
    nonblocking: true,
  },
  hid_darwin_get_location_id: {
    parameters: ["pointer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  hid_write: { parameters: ["pointer", "buffer", "usize"], result: "i32", nonblocking: true },
  hid_read_timeout: {
    parameters: ["pointer", "buffer", "usize", "i32"],
    result: "i32",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The library, loaded, and its functions. */
export type HidLibrary = Deno.DynamicLibrary<typeof symbols>;
export type HidSymbols = HidLibrary["symbols"];
