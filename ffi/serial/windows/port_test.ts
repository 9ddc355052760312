import assert from "node:assert/strict";
import { UnbrickError } from "../../../core/common/errors.ts";
import { openWindowsPort } from "./port.ts";
import type { Kernel } from "./symbols.ts";

const ERROR_ACCESS_DENIED = 5, ERROR_INVALID_PARAMETER = 87;
const INVALID_HANDLE = 0xFFFF_FFFF_FFFF_FFFFn;

/** A Windows whose calls succeed except some, which fail with the given code. */
function windows(code: number, refuses: Partial<Kernel>): { kernel: Kernel; closed: () => number } {
  let closed = 0;
  const handle = Deno.UnsafePointer.create(0x40n);
  const kernel: Partial<Kernel> = {
    CreateFileW: () => Promise.resolve(handle),
    createFileNow: () => handle,
    CloseHandle: () => Promise.resolve(++closed),
    GetLastError: () => code,
    SetCommTimeouts: () => Promise.resolve(1),
    GetCommState: () => Promise.resolve(1),
    SetCommState: () => Promise.resolve(1),
    setCommStateNow: () => 1,
    PurgeComm: () => Promise.resolve(1),
    ...refuses,
  };
  return { kernel: kernel as Kernel, closed: () => closed };
}

Deno.test("Windows: a rate that the driver refuses is reported, and the port is closed again", async () => {
  const { kernel, closed } = windows(ERROR_INVALID_PARAMETER, {
    SetCommState: () => Promise.resolve(0),
    setCommStateNow: () => 0,
  });
  await assert.rejects(
    openWindowsPort(kernel, "COM3", { baudRate: 55_000 }),
    (error) =>
      error instanceof UnbrickError && error.kind === "driver" &&
      error.message === "The serial adapter COM3 cannot use 55000 baud.",
  );
  assert.equal(closed(), 1);
});

Deno.test("Windows: access is denied to a port that another program uses, or whose device has disconnected", async () => {
  const none = Deno.UnsafePointer.create(INVALID_HANDLE);
  const held = windows(ERROR_ACCESS_DENIED, {
    CreateFileW: () => Promise.resolve(none),
    createFileNow: () => none,
  });
  await assert.rejects(
    openWindowsPort(held.kernel, "COM3", { baudRate: 55_000 }),
    (error) => error instanceof UnbrickError && error.kind === "busy",
  );
  const gone = windows(ERROR_ACCESS_DENIED, {
    GetCommState: () => Promise.resolve(0),
    getCommStateNow: () => 0,
  });
  await assert.rejects(
    openWindowsPort(gone.kernel, "COM3", { baudRate: 55_000 }),
    (error) => error instanceof UnbrickError && error.kind === "disconnected",
  );
});
