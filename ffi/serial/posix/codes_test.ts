import assert from "node:assert/strict";
import { portHeld, portLeft, posixError } from "./codes.ts";

/** Numbers and names of errno.h, which Linux and macOS share. */
const codes: readonly [number, string | null, string, RegExp][] = [
  [1, "EPERM", "permission", /^This user is not allowed to open the serial port \/dev\/tty\.$/],
  [2, "ENOENT", "not-found", /^There is no serial port \/dev\/tty\.$/],
  [5, "EIO", "disconnected", /^The serial port \/dev\/tty disappeared/],
  [6, "ENXIO", "disconnected", /disappeared/],
  [9, "EBADF", "bug", /^unbrick used \/dev\/tty after it had closed it\.$/],
  [13, "EACCES", "permission", /not allowed/],
  [16, "EBUSY", "busy", /^Another program is using the serial port \/dev\/tty\.$/],
  [19, "ENODEV", "disconnected", /disappeared/],
  [22, "EINVAL", "driver", /^\/dev\/tty is not a serial port that unbrick can configure\.$/],
  [25, "ENOTTY", "driver", /is not a serial port/],
  [99, null, "driver", /^The operating system failed with the serial port \/dev\/tty \(errno 99\)/],
];

Deno.test("each errno has its kind, name and sentence", () => {
  for (const [errno, name, kind, sentence] of codes) {
    const error = posixError(errno, "/dev/tty");
    assert.equal(error.kind, kind, `${errno}`);
    assert.match(error.message, sentence);
    assert.deepEqual(error.data, { path: "/dev/tty", errno, name });
  }
});

Deno.test("a port that is locked, and one whose device has left", () => {
  for (const [error, kind] of [[portHeld("p"), "busy"], [portLeft("p"), "disconnected"]] as const) {
    assert.deepEqual([error.kind, error.data], [kind, { path: "p" }]);
  }
});
