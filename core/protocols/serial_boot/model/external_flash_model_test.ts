import assert from "node:assert/strict";
import { isKind } from "../../../common/errors.ts";
import { isSilent, wire } from "../../../../tests/support/protocols/serial_boot_wire.ts";
import {
  LAYOUT_TEXT,
  sampleCode,
  sampleLayout,
  sampleLoader,
  withOpenBootloader,
} from "../../../../tests/support/protocols/serial_boot_rig.ts";

Deno.test("erase and write happen inside GETSTATUS, which waits for them", () =>
  withOpenBootloader({}, async ({ device, clock, flash }) => {
    const { prepare, alternate, dnload, status } = wire(device);
    await prepare();
    await alternate(2);
    const timed = async (block: number) => {
      await dnload(block, sampleCode(1024));
      assert.ok(flash.isBlank(flash.base + block * 1024, 1024));
      const start = clock.now();
      assert.deepEqual(await status(), [4]);
      const ms = clock.now() - start;
      assert.deepEqual(await status(), [5]);
      return ms;
    };
    assert.ok(await timed(0) > 400); // Init, erase, four pages
    const second = await timed(1);
    assert.ok(second > 0 && second < 2);
  }));

Deno.test("a GETSTATUS that the host cancels continues inside the chip", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { prepare, alternate, dnload, status, state } = wire(device);
    await prepare();
    await alternate(2);
    await dnload(0, sampleCode(1024));
    await isSilent(status(10));
    assert.equal(await state(), 3); // waits for the erase and the write
    assert.deepEqual(flash.read(flash.base, 1024), sampleCode(1024));
  }));

Deno.test("if Init fails or the loader is another one, every block succeeds at once and nothing is written", async () => {
  for (const trap of [{ initFails: true }, { works: () => false }]) {
    await withOpenBootloader(trap, async ({ device, flash, clock }) => {
      const { prepare, send } = wire(device);
      await prepare();
      const start = clock.now();
      await send(2, sampleCode(70_000));
      assert.equal(clock.now(), start);
      assert.ok(flash.isBlank(flash.base, 70_000));
    });
  }
});

Deno.test("an erase that never ends is never answered", () =>
  withOpenBootloader({ eraseHangs: true }, async ({ device }) => {
    const { prepare, alternate, dnload, status } = wire(device);
    await prepare();
    await alternate(2);
    await dnload(0, sampleCode(1024));
    await isSilent(status());
    await isSilent(status());
  }));

Deno.test("a flash that accepts nothing is reported as OK", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { prepare, send } = wire(device);
    flash.protect(flash.base, 0x1_0000);
    await prepare();
    await send(2, sampleCode(4096));
    assert.ok(flash.isBlank(flash.base, 4096));
  }));

Deno.test("a first block that is wrong in its first 512 bytes makes Init run again; later ones do not matter", async () => {
  for (const [at, inits] of [[100, 2], [600, 1]]) {
    await withOpenBootloader({ initMs: 1000 }, async ({ device, flash, clock }) => {
      const { prepare, alternate, dnload, status } = wire(device);
      flash.load(flash.base + at, Uint8Array.of(0));
      flash.protect(flash.base, 1);
      await prepare();
      await alternate(2);
      const start = clock.now();
      for (let block = 0; block < 2; block++) {
        await dnload(block, new Uint8Array(1024).fill(0xFF));
        await status();
        await status();
      }
      assert.equal(Math.floor((clock.now() - start) / 1000), inits);
    });
  }
});

Deno.test("a second download of the loader is placed after the last block of the first", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { phase, send } = wire(device);
    await phase();
    await send(0, sampleLayout());
    await phase();
    await phase();
    await send(1, sampleLoader());
    assert.equal(await phase(), "0300000038");
    await send(1, sampleLoader()); // 712 bytes too high: the pointers before it are destroyed
    assert.equal(await phase(), "0400000070");
    await send(2, sampleCode(1024));
    assert.ok(flash.isBlank(flash.base, 1024));
  }));

Deno.test("blocks that do not divide 64 KiB lose what they wrote after a sector's start", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { prepare, send } = wire(device);
    const code = sampleCode(0x1_0800);
    await prepare();
    await send(2, code, 1000);
    const found = flash.read(flash.base, code.length);
    const wrong = found.findIndex((byte, at) => byte !== code[at]);
    assert.equal(wrong, 0x1_0000);
  }));

Deno.test("a block that ends at a sector's end erases the next one too", () =>
  withOpenBootloader({}, async ({ device, flash }) => {
    const { phase, send } = wire(device);
    flash.load(flash.base + 0x1_0000, Uint8Array.of(0x11));
    await phase();
    await send(0, sampleLayout(LAYOUT_TEXT.replace("nor0\t0x0", "nor0\t0xFC00")));
    await phase();
    await phase();
    await send(1, sampleLoader());
    await phase();
    assert.equal(await phase(), "0400fc0070");
    await send(2, sampleCode(1024));
    assert.equal(flash.read(flash.base + 0x1_0000, 1)[0], 0xFF);
  }));

Deno.test("a power loss during an erase leaves part of the sector", () =>
  withOpenBootloader({}, async ({ device, flash, socket, clock }) => {
    const { prepare, alternate, dnload, status } = wire(device);
    flash.load(flash.base, new Uint8Array(0x1_0000));
    await prepare();
    await alternate(2);
    await dnload(0, sampleCode(1024));
    const gone = assert.rejects(status(), (error) => isKind(error, "disconnected"));
    await clock.sleep(220);
    socket.detach();
    await gone;
    await clock.sleep(1000);
    assert.equal(flash.read(flash.base, 1)[0], 0xFF);
    assert.equal(flash.read(flash.base + 0xFFFF, 1)[0], 0);
  }));
