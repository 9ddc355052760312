import assert from "node:assert/strict";
import { advice } from "./advice.ts";
import { fileError } from "./file_error.ts";

const withCode = (code: string) => Object.assign(new Error(`no: write 'x'`), { code });

Deno.test({
  ignore: Deno.build.os === "windows",
  name: "a code that Deno does not name is known by its number",
  fn() {
    const cause = new Error("File too large (os error 27): writefile '/a/b.bin'");
    const error = fileError("/a/b.bin", "written", cause);
    assert.match(error.message, /the disk is full/);
    assert.equal(error.data.full, true);
  },
});

Deno.test("the error of a file names the cause, and the advice fits it", () => {
  const cases = [
    [new Deno.errors.PermissionDenied("no"), "permission", /not allowed/, /allowed to use/],
    [withCode("EROFS"), "permission", /the disk is read-only/, /allowed to use/],
    [withCode("ENOSPC"), "not-found", /the disk is full/, /Free some space/],
    [new Deno.errors.NotADirectory("Not a directory"), "not-found", /Not a dir/, /file name/],
  ] as const;
  for (const [cause, kind, message, next] of cases) {
    for (const action of ["read", "written"] as const) {
      const error = fileError("/a/b.bin", action, cause);
      assert.equal(error.kind, kind);
      assert.match(error.message, new RegExp(`^/a/b\\.bin cannot be ${action}: `));
      assert.match(error.message, message);
      for (const os of ["linux", "darwin", "windows"] as const) {
        assert.match(advice(error, os).map(String).join("\n"), next);
        assert.doesNotMatch(advice(error, os).map(String).join("\n"), /udev|driver|cable/);
      }
    }
  }
});
