/** HID devices of macOS through hidapi, behind the same transport interface as libusb's devices. */
export { HidAwareBus } from "./bus.ts";
