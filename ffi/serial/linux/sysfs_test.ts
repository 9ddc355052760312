import assert from "node:assert/strict";
import { isKind } from "../../../core/common/errors.ts";
import { FakeLibc } from "../../../tests/support/ffi/fake_libc.ts";
import { withLibraries } from "../../../tests/support/ffi/fake_library.ts";
import { inTempFolder } from "../../../tests/support/temp_folder.ts";
import { linuxSymbols } from "../posix/symbols.ts";
import { linuxSerial } from "./mod.ts";
import { sysfs } from "./sysfs.ts";

Deno.test({
  name:
    "the kernel's files: names, links, lines of text and rights; undefined where there is nothing",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inTempFolder(async (folder) => {
      const libc = Deno.dlopen("libc.so.6", linuxSymbols);
      const files = sysfs(libc.symbols);
      const root = Deno.realPathSync(folder);
      Deno.mkdirSync(`${root}/device`);
      Deno.writeTextFileSync(`${root}/serial`, "2D003A \n\n");
      Deno.writeTextFileSync(`${root}/empty`, "");
      Deno.writeTextFileSync(`${root}/long`, "x".repeat(5_000));
      Deno.symlinkSync("device", `${root}/link`);
      const names = (await files.names(root)).toSorted();
      assert.deepEqual(names, ["device", "empty", "link", "long", "serial"]);
      assert.deepEqual(await files.names(`${root}/device`), []);
      assert.deepEqual(await files.names(`${root}/none`), []);
      assert.equal(await files.resolve(`${root}/link`), `${root}/device`);
      assert.equal(await files.resolve(`${root}/none`), undefined);
      assert.equal(await files.attribute(`${root}/serial`), "2D003A");
      assert.equal(await files.attribute(`${root}/empty`), "");
      assert.equal((await files.attribute(`${root}/long`))?.length, 4_096);
      assert.equal(await files.attribute(`${root}/none`), undefined);
      assert.equal(await files.attribute(`${root}/device`), undefined);
      assert.equal(await files.hasRights(`${root}/serial`, 4), true);
      assert.equal(await files.hasRights(`${root}/none`, 4), false);
      libc.close();
    }),
});

Deno.test("Linux: a rate that the adapter misses by more than 3 % is refused with the nearest one", async () => {
  const path = "/dev/ttyUSB0", baudRate = 10_000;
  for (
    const [rate, isGood] of [[10_299, true], [9_701, true], [10_301, false], [
      9_699,
      false,
    ]] as const
  ) {
    const libc = new FakeLibc("linux", path);
    libc.rate = rate;
    const serial = withLibraries({ "libc.so.6": libc }, () => linuxSerial());
    const error = await serial.open(path, { baudRate }, { subject: "the port" })
      .then(() => undefined, (error) => error);
    assert.equal(error === undefined, isGood, `${rate}: ${error}`);
    if (isGood) continue;
    assert.ok(isKind(error, "driver"));
    assert.deepEqual(error.data, { path, baudRate, nearest: rate });
    assert.equal(libc.open, 0);
  }
});
