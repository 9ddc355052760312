import assert from "node:assert/strict";
import { type ErrorData, type ErrorKind, exitCodes } from "../../core/common/errors.ts";
import { fileError } from "../../core/common/file_error.ts";
import { posixError } from "../../ffi/serial/posix/codes.ts";
import { keptAdvice } from "../../core/cli/trace/kept_advice.ts";

interface Failure {
  readonly kind: ErrorKind;
  readonly data?: ErrorData;
}

const namesExport = (failure: Failure) =>
  keptAdvice(failure, true).some((one) => String(one).includes("unbrick runs export"));

/** Kinds that are the user's whatever their facts are. */
const ofTheUser: readonly ErrorKind[] = ["usage", "bad-image", "consent-needed", "cancelled"];

Deno.test("each kind of error names the export, except those that plainly come of the user", () => {
  const kinds = Object.keys(exitCodes) as ErrorKind[];
  const without = kinds.filter((kind) => !namesExport({ kind }));
  assert.deepEqual(without.toSorted(), ofTheUser.toSorted());
  assert.ok(kinds.every((kind) => keptAdvice({ kind }, false).length === 0));
});

Deno.test("a camera that is not found, or is not what it should be, names it; a file does not", () => {
  const notFound = (data: ErrorData) => namesExport({ kind: "not-found", data });
  assert.ok(notFound({}) && notFound({ port: "1-1" }) && notFound({ loader: "sbl" }));
  assert.ok(!notFound({ role: "firmware" }) && !notFound({ set: "5.0.0" }));
  const wrongBoard = (data: ErrorData) => namesExport({ kind: "wrong-board", data });
  assert.ok(wrongBoard({ port: "1-1" }) && wrongBoard({ board: "openmv-h7", found: "openmv-m7" }));
  assert.ok(wrongBoard({ path: "/dev/ttyACM0" }) && wrongBoard({ partition: "ROMFS0" }));
  assert.ok(!wrongBoard({ file: "firmware.bin" }) && !wrongBoard({ board: "x", job: "restore" }));
  assert.ok(!namesExport(fileError("/x", "written", new Deno.errors.PermissionDenied("no"))));
  assert.ok(!namesExport(fileError("/x", "read", new Deno.errors.NotFound("no"))));
  for (const errno of [1, 2, 5, 13, 16, 25]) {
    assert.ok(namesExport(posixError(errno, "/dev/ttyACM0")), String(errno));
  }
});
