import assert from "node:assert/strict";
import { advice } from "../../core/common/advice.ts";
import { hidError } from "./codes.ts";
import { locationOf } from "./location.ts";

Deno.test("the messages of hidapi become kinds of errors", () => {
  const kind = (said: string) => hidError(said, "the camera").kind;
  assert.equal(kind("IOHIDDeviceSetReport failed: (0xE000404F) (iokit/usb) pipe"), "stalled");
  assert.equal(kind("hid_open_path: failed to open IOHIDDevice: (0xE00002C5) x"), "busy");
  assert.equal(kind("hid_open_path: failed to open IOHIDDevice: (0xe00002e2) x"), "permission");
  assert.equal(kind("hid_open_path: device mach entry not found"), "disconnected");
  assert.equal(kind("Device is disconnected"), "disconnected");
  assert.equal(kind("Couldn't allocate memory"), "driver");
});

Deno.test("every sentence names the device and ends with a full stop", () => {
  for (const code of ["C0", "C1", "C5", "D6", "D8", "E2", "ED", "FF"]) {
    const { message, data } = hidError(`failed: (0xE00002${code}) x`, "the camera");
    assert.match(message, /^((?:[A-Z]|macOS ).* the|The) camera.*\.$/);
    assert.equal(data.code, `0xE00002${code}`);
  }
});

Deno.test("a port path becomes the location ID of macOS", () => {
  assert.equal(locationOf("20-1.3"), 0x14130000);
  assert.equal(locationOf("1-0"), 0x01000000);
  assert.equal(locationOf("255-15.15.15.15.15.15"), 0xffffffff);
  for (const none of ["256-1", "1-16", "1-1.1.1.1.1.1.1", "1", "1-", ""]) {
    assert.equal(locationOf(none), undefined, none);
  }
});

Deno.test("a refusal of the privacy system names its pane, and only that", () => {
  const adviceOf = (code: string) => {
    const { kind, data } = hidError(`hid_open_path: failed: (0xE00002${code}) x`, "the camera");
    return advice({ kind, data }, "darwin").join("\n");
  };
  assert.match(adviceOf("E2"), /Privacy & Security > Input Monitoring/);
  assert.match(adviceOf("E2"), /Quit that program, open it again/);
  for (const other of ["C1", "C5", "FF"]) assert.doesNotMatch(adviceOf(other), /Monitoring/);
});
