/**
 * The used functions of hidapi 0.15. Functions that call macOS' HID system run on their own thread
 * and have a deadline. hid_init does not: macOS uses the run loop of the thread that calls it for
 * the whole session (IOHIDManagerScheduleWithRunLoop), so that thread must live as long; it asks no
 * device. The errors are in memory.
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

/** The loaded library with its functions. */
export type HidLibrary = Deno.DynamicLibrary<typeof symbols>;
export type HidSymbols = HidLibrary["symbols"];
