/**
 * The functions of the C library that serial ports need. Functions that call a driver are
 * `nonblocking`, so that they run on another thread, and have a blocking twin: errno belongs to a
 * thread, so the call is repeated on this one to learn the reason of a failure (calls.ts).
 */
const common = {
  open: { parameters: ["buffer", "i32"], result: "i32", nonblocking: true },
  openNow: { name: "open", parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32", nonblocking: true },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
  readNow: { name: "read", parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
  writeNow: { name: "write", parameters: ["i32", "buffer", "usize"], result: "isize" },
  pipe: { parameters: ["buffer"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32", nonblocking: true },
  flockNow: { name: "flock", parameters: ["i32", "i32"], result: "i32" },
  tcflush: { parameters: ["i32", "i32"], result: "i32", nonblocking: true },
  tcflushNow: { name: "tcflush", parameters: ["i32", "i32"], result: "i32" },
  tcgetattr: { parameters: ["i32", "buffer"], result: "i32", nonblocking: true },
  tcgetattrNow: { name: "tcgetattr", parameters: ["i32", "buffer"], result: "i32" },
  tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32", nonblocking: true },
  tcsetattrNow: { name: "tcsetattr", parameters: ["i32", "i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Functions of the C library on 64-bit Linux. */
export const linuxSymbols = {
  ...common,
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32", nonblocking: true },
  ioctlNow: { name: "ioctl", parameters: ["i32", "u64", "buffer"], result: "i32" },
  errno: { name: "__errno_location", parameters: [], result: "pointer" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  scandir: {
    parameters: ["buffer", "buffer", "pointer", "pointer"],
    result: "i32",
    nonblocking: true,
  },
  free: { parameters: ["pointer"], result: "void" },
  realpath: { parameters: ["buffer", "buffer"], result: "pointer", nonblocking: true },
  access: { parameters: ["buffer", "i32"], result: "i32", nonblocking: true },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * `ioctl` takes a variable number of arguments. Intel Macs pass them in registers like any others,
 * so the argument is the third; Apple's arm64 passes them on the stack, like the ninth argument of
 * any function. So it is passed twice.
 */
const variadic = ["i32", "u64", "buffer", "u64", "u64", "u64", "u64", "u64", "buffer"] as const;

/** Functions of the C library on macOS. */
export const darwinSymbols = {
  ...common,
  ioctl: { parameters: variadic, result: "i32", nonblocking: true },
  ioctlNow: { name: "ioctl", parameters: variadic, result: "i32" },
  errno: { name: "__error", parameters: [], result: "pointer" },
  select: {
    parameters: ["i32", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  cfmakeraw: { parameters: ["buffer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

export type LinuxLibrary = Deno.DynamicLibrary<typeof linuxSymbols>["symbols"];
export type DarwinLibrary = Deno.DynamicLibrary<typeof darwinSymbols>["symbols"];
/** Functions of both systems. */
export type CommonLibrary =
  & Deno.DynamicLibrary<typeof common>["symbols"]
  & Pick<LinuxLibrary, "errno">;

/** Returns text as a C string. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
