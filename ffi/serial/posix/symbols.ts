/**
 * The functions of the C library that serial ports need. What speaks to a driver is `nonblocking`, so that
 * it runs on a thread of its own, and has a twin that is not: errno belongs to a thread, so the reason of
 * a failure is learnt by making the call again on this one (calls.ts).
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
 * `ioctl` takes a variable number of arguments. Intel Macs pass those in registers as any others, so
 * the argument is the third; Apple's arm64 passes them on the stack, which is where it passes the ninth
 * argument of any function. So it is given twice.
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
/** What both have. */
export type CommonLibrary =
  & Deno.DynamicLibrary<typeof common>["symbols"]
  & Pick<LinuxLibrary, "errno">;

/** Text as C wants it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text + "\0");
}
