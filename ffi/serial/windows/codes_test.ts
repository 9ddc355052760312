import assert from "node:assert/strict";
import { openPortError, portLeft, windowsError } from "./codes.ts";

/** Numbers and names of winerror.h; what each means for a port that is being opened. */
const codes: readonly [number, string | null, string, RegExp][] = [
  [1, "ERROR_INVALID_FUNCTION", "driver", /^COM3 is not a serial port that unbrick can configure/],
  [2, "ERROR_FILE_NOT_FOUND", "not-found", /^There is no serial port COM3\.$/],
  [3, "ERROR_PATH_NOT_FOUND", "not-found", /^There is no serial port COM3\.$/],
  [5, "ERROR_ACCESS_DENIED", "busy", /^Another program is using the serial port COM3\.$/],
  [6, "ERROR_INVALID_HANDLE", "disconnected", /^The serial port COM3 disappeared/],
  [21, "ERROR_NOT_READY", "disconnected", /disappeared/],
  [22, "ERROR_BAD_COMMAND", "disconnected", /disappeared/],
  [31, "ERROR_GEN_FAILURE", "disconnected", /disappeared/],
  [32, "ERROR_SHARING_VIOLATION", "busy", /Another program/],
  [50, "ERROR_NOT_SUPPORTED", "driver", /is not a serial port/],
  [55, "ERROR_DEV_NOT_EXIST", "disconnected", /disappeared/],
  [87, "ERROR_INVALID_PARAMETER", "driver", /is not a serial port/],
  [433, "ERROR_NO_SUCH_DEVICE", "disconnected", /disappeared/],
  [995, "ERROR_OPERATION_ABORTED", "disconnected", /disappeared/],
  [1117, "ERROR_IO_DEVICE", "disconnected", /disappeared/],
  [1167, "ERROR_DEVICE_NOT_CONNECTED", "disconnected", /disappeared/],
  [1450, null, "driver", /^Windows failed with the serial port COM3 \(error 1450\)\.$/],
];

Deno.test("each code of Windows has its kind, name and sentence", () => {
  for (const [code, name, kind, sentence] of codes) {
    const error = windowsError(code, "COM3");
    assert.equal(error.kind, kind, `${code}`);
    assert.match(error.message, sentence);
    assert.deepEqual(error.data, { path: "COM3", code, name });
  }
});

Deno.test("without access to an open port, its device is gone; other codes mean the same", () => {
  const gone = openPortError(5, "COM3");
  assert.deepEqual([gone.kind, gone.data], ["disconnected", { path: "COM3", code: 5 }]);
  assert.match(gone.message, /^The serial port COM3 disappeared/);
  for (const [code] of codes.filter(([code]) => code !== 5)) {
    assert.deepEqual(openPortError(code, "COM3"), windowsError(code, "COM3"));
  }
  assert.deepEqual(portLeft("COM3", { status: "0x0" }).data, { path: "COM3", status: "0x0" });
});
