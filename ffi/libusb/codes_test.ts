import assert from "node:assert/strict";
import type { ErrorKind } from "../../core/common/errors.ts";
import type { System } from "../native/mod.ts";
import { codeOfStatus, ERROR, libusbError, type Operation, STATUS } from "./codes.ts";

const operations: readonly Operation[] = [
  ...["start", "list", "open", "claim", "release", "set alternate", "transfer", "reset"] as const,
];
const systems: readonly System[] = ["linux", "darwin", "windows"];

/**
 * What each value of enum libusb_error means: the first row that fits counts. Its name; operations
 * and systems ("": all); kind; how the sentence begins.
 */
const meanings: readonly [number, string, string, string, ErrorKind, string][] = [
  [-1, "IO", "start list", "", "driver", "The operating system does not let unbrick see its USB"],
  [-1, "IO", "transfer", "", "protocol", "A transfer with the camera failed on the wire."],
  [-1, "IO", "", "", "driver", "The operating system failed to handle the camera."],
  [
    -2,
    "INVALID_PARAM",
    "claim",
    "",
    "protocol",
    "The needed interface does not exist in the camera",
  ],
  [-2, "INVALID_PARAM", "", "", "bug", "unbrick asked the camera for something impossible."],
  [-3, "ACCESS", "", "linux", "permission", "This user is not allowed to open the camera."],
  [-3, "ACCESS", "", "", "busy", "Another program is using the camera."],
  [
    -4,
    "NO_DEVICE",
    "",
    "",
    "disconnected",
    "The connection to the camera is lost: it disconnected.",
  ],
  [
    -5,
    "NOT_FOUND",
    "reset",
    "",
    "disconnected",
    "After a reset, the camera did not come back as the",
  ],
  [-5, "NOT_FOUND", "", "windows", "driver", "Windows has no WinUSB driver for the camera."],
  [-5, "NOT_FOUND", "claim release set alternate", "", "protocol", "The needed interface does not"],
  [
    -5,
    "NOT_FOUND",
    "",
    "",
    "disconnected",
    "The connection to the camera is lost: it disconnected.",
  ],
  [-6, "BUSY", "", "", "busy", "Another program or a system driver is using the camera."],
  [-7, "TIMEOUT", "", "", "timeout", "No answer in time from the camera."],
  [-8, "OVERFLOW", "", "", "protocol", "More data than requested came from the camera."],
  [-9, "PIPE", "", "", "stalled", "A request was refused (STALL) by the camera."],
  [-10, "INTERRUPTED", "", "", "driver", "The operating system interrupted a call for the camera."],
  [-11, "NO_MEM", "", "", "driver", "The operating system has no memory left for the camera."],
  [-12, "NOT_SUPPORTED", "start list", "", "driver", "The operating system is too old for the USB"],
  [-12, "NOT_SUPPORTED", "", "windows", "driver", "Windows has no WinUSB driver for the camera."],
  [-12, "NOT_SUPPORTED", "", "", "driver", "The operating system cannot do what is needed with"],
  [-99, "OTHER", "", "", "driver", "The operating system failed to handle the camera."],
  [-77, "OTHER", "", "", "driver", "The operating system failed to handle the camera."],
];

Deno.test("each code of libusb means this with each operation on each system", () => {
  const codes = new Set(meanings.map(([code]) => code));
  for (const code of codes) {
    for (const operation of operations) {
      for (const system of systems) {
        const data = { interface: 1 };
        const error = libusbError(code, { operation, subject: "the camera", system, data });
        const [, name, , , kind, sentence] = meanings.find(([of, , on, os]) =>
          of === code && (on === "" || on.includes(operation)) && (os === "" || os === system)
        )!;
        const what = `${code} ${operation} ${system}`;
        assert.equal(error.kind, kind, what);
        assert.ok(error.message.startsWith(sentence), `${what}: ${error.message}`);
        assert.match(error.message, /\.$/);
        assert.deepEqual(error.data, { ...data, operation, code, libusb: `LIBUSB_ERROR_${name}` });
      }
    }
  }
});

Deno.test("the values of libusb.h that the code compares with", () => {
  assert.deepEqual(ERROR, {
    ...{ IO: -1, NO_DEVICE: -4, TIMEOUT: -7, OVERFLOW: -8, PIPE: -9, INTERRUPTED: -10 },
  });
  assert.deepEqual(STATUS, { COMPLETED: 0, CANCELLED: 3 });
});

Deno.test("each transfer status has a code", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 42].map(codeOfStatus), [-1, -7, -1, -9, -4, -8, -99]);
});
