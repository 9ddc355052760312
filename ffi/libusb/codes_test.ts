import assert from "node:assert/strict";
import type { ErrorKind } from "../../core/common/errors.ts";
import type { System } from "../native/mod.ts";
import { codeOfStatus, libusbError, type Operation } from "./codes.ts";

function kind(code: number, operation: Operation, system: System): ErrorKind {
  return libusbError(code, { operation, subject: "the camera", system }).kind;
}

Deno.test('"access denied" means the user\'s permissions on Linux, another program elsewhere', () => {
  assert.equal(kind(-3, "open", "linux"), "permission");
  assert.equal(kind(-3, "open", "darwin"), "busy");
  assert.equal(kind(-3, "open", "windows"), "busy");
});

Deno.test("a missing driver on Windows is not a lost device", () => {
  assert.equal(kind(-12, "open", "windows"), "driver");
  assert.equal(kind(-5, "open", "windows"), "driver");
  assert.equal(kind(-5, "open", "linux"), "disconnected");
  assert.equal(kind(-5, "claim", "linux"), "protocol");
  assert.equal(kind(-5, "reset", "windows"), "disconnected");
});

Deno.test("the other codes mean the same everywhere", () => {
  const expected: [number, Operation, ErrorKind][] = [
    [-1, "transfer", "protocol"],
    [-1, "list", "driver"],
    [-2, "transfer", "bug"],
    [-4, "transfer", "disconnected"],
    [-6, "claim", "busy"],
    [-7, "transfer", "timeout"],
    [-8, "transfer", "protocol"],
    [-9, "transfer", "stalled"],
    [-10, "open", "driver"],
    [-11, "open", "driver"],
    [-99, "open", "driver"],
    [-77, "open", "driver"],
  ];
  for (const [code, operation, wanted] of expected) {
    for (const system of ["linux", "darwin", "windows"] as const) {
      assert.equal(kind(code, operation, system), wanted, `${code} ${operation} ${system}`);
    }
  }
});

Deno.test("a sentence names the device and ends with a full stop", () => {
  for (let code = -1; code >= -12; code--) {
    for (const operation of ["open", "claim", "transfer", "reset"] as const) {
      for (const system of ["linux", "darwin", "windows"] as const) {
        const error = libusbError(code, { operation, subject: "the camera", system });
        assert.match(error.message, /^[A-Zu].*the camera.*\.$/);
        assert.match(String(error.data.libusb), /^LIBUSB_ERROR_/);
        assert.equal(error.data.operation, operation);
      }
    }
  }
});

Deno.test("each transfer status has a code", () => {
  assert.deepEqual([1, 2, 4, 5, 6, 42].map(codeOfStatus), [-1, -7, -9, -4, -8, -99]);
});
