import assert from "node:assert/strict";
import { linuxFiles } from "./linux.ts";

Deno.test({
  name: "the kernel's files are read: a process, its name, what may be used",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const files = linuxFiles();
    assert.ok((await files.names("/proc")).includes(String(Deno.pid)));
    assert.match(await files.attribute(`/proc/${Deno.pid}/comm`) ?? "", /deno/);
    assert.equal(await files.resolve("/proc/self/exe"), Deno.execPath());
    assert.ok(await files.mayUse("/dev/null"));
    assert.ok(!await files.mayUse("/proc/version/nothing"));
    assert.deepEqual(await files.names("/no/such/folder"), []);
    assert.equal(await files.attribute("/no/such/file"), undefined);
  },
});
