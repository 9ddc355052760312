/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const ffi = [
  // ffi/hidapi/codes.ts
  "The connection to {1} is gone: it left the bus.",
  "This user may not open {1}.",
  "Another program holds {1}.",
  "No answer in time from {1}.",
  "{1} is not ready any more.",
  "macOS does not permit unbrick to use {1}.",
  "No answer from {1}.",
  "A request was refused (STALL) by {1}.",
  "macOS failed to handle {1}.",
  // ffi/hidapi/device.ts
  "An interface that is needed does not exist in {1}.",
  "More data than was asked for came from {1}.",
  "The work with {1} was ended.",
  "{1} to take a report",
  "A text that was asked for does not exist in {1}.",
  "macOS passes only HID reports on to {1}; something else was asked for.",
  "the USB device {1} on port {2}",
  // ffi/hidapi/session.ts
  "macOS does not let unbrick see its HID devices.",
  // ffi/libusb/codes.ts
  "The operating system does not let unbrick see its USB devices.",
  "A transfer with {1} broke on the wire, as with a bad cable or a crashed device.",
  "The operating system failed to handle {1}.",
  "unbrick asked for something impossible of {1}.",
  "After a reset {1} did not come back as the same device.",
  "Windows has no WinUSB driver for {1}.",
  "Another program, or a driver of the system, holds {1}.",
  "The operating system broke off a call for {1}.",
  "The operating system has no memory left for {1}.",
  "The operating system is too old for the USB library.",
  "The operating system cannot do what is needed with {1}.",
  // ffi/libusb/context.ts
  "the USB library",
  "The USB bus was closed meanwhile.",
  // ffi/libusb/device.ts
  "Only {1} of {2} bytes were taken by {3}.",
  // ffi/libusb/device_list.ts
  "its devices",
  // ffi/libusb/mod.ts
  "This system has no USB: its kernel offers no USB bus, as in a container or a small virtual machine.",
  // ffi/libusb/transfer.ts
  "There is no memory for a USB transfer.",
  // ffi/native/bounded.ts
  "The operating system hangs: {1} has not come back within {2} s.",
  "The operating system hangs: {1} for {2} has not come back within {3} s.",
  // ffi/native/load.ts
  "There is no library {1}.",
  "{1} cannot be used as a library: {2}",
  "from {1} ({2})",
  "from anywhere (no folder is known)",
  "The system does not let unbrick load its library {1} {2}.",
  "nothing may run there",
  // ffi/native/mod.ts
  "unbrick does not know the operating system {1}.",
  "The {1} {2} is not part of this program and was not built in {3}.",
  "USB library",
  "HID library",
  // ffi/serial/linux/line.ts
  "The serial adapter {1} cannot work at {2} baud; the nearest it does is {3}.",
  // ffi/serial/port.ts
  "Nothing came from {1}",
  "{1} did not take what was sent",
  "The port {1} was closed meanwhile.",
  "{1} in {2} ms.",
  // ffi/serial/posix/codes.ts
  "The serial port {1} left: its device was unplugged or reset.",
  "This user may not open the serial port {1}.",
  "Another program holds the serial port {1}.",
  "{1} is no serial port that can be set up.",
  "The operating system failed with the serial port {1} (errno {2}).",
  // ffi/serial/posix/common.ts
  "The operating system has no file descriptors left.",
  // ffi/serial/rate.ts
  "The serial adapter {1} cannot work at {2} baud.",
  // ffi/serial/windows/codes.ts
  "Windows failed with the serial port {1} (error {2}).",
] as const;
