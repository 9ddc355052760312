import assert from "node:assert/strict";
import { buildFlexspiConfig } from "../packets/flexspi_config.ts";
import {
  NOR,
  RAM,
  RAM_SIZE,
  UNREADABLE,
  withLoader,
} from "../../../../tests/support/protocols/loader_reports.ts";

/** The loader's memories, report by report, without the client (imxrt-sdp-flashloader.md C4). */

Deno.test("configure-memory: each kind of block, and where it may lie", () =>
  withLoader(async ({ ask, write, flash }) => {
    const configure = async (word: number) => {
      await ask(5, RAM, 4, word);
      return (await ask(0x11, 9, RAM))[0];
    };
    assert.equal(await configure(0xF000_000F), 4, "nothing is configured");
    assert.deepEqual(await ask(7, 25, 9), [10_205]);
    assert.deepEqual(await ask(1, 9), [10_205, 1]);
    for (const word of [0xC010_0008, 0xC020_0008, 0xC001_0008, 0xC002_0008]) {
      assert.equal(await configure(word), 20_107, word.toString(16));
    }
    for (const word of [0, 0xB000_0000, 0xE000_0000, 0xF000_000E, 0xF000_001F]) {
      assert.equal(await configure(word), 4, word.toString(16));
    }
    assert.equal(await configure(0xC000_0008), 0);
    assert.equal((await ask(7, 25, 9))[0], 0);
    for (const word of [0, 0xF000_000E]) assert.equal(await configure(word), 4);
    assert.deepEqual(await ask(0x11, 8, RAM), [4, 0x11]);
    assert.deepEqual(await ask(0x11, 9, RAM + RAM_SIZE - 511), [4, 0x11]);
    const chip = { flashSize: 0x4000, pageSize: 256, sectorSize: 4096, blockSize: 65_536 };
    const block = buildFlexspiConfig(chip, 6);
    assert.equal(await write(RAM + RAM_SIZE - 512, block), "0");
    assert.deepEqual(await ask(0x11, 9, RAM + RAM_SIZE - 512), [0, 0x11]);
    flash.load(NOR + 0x100, Uint8Array.of(0));
    assert.equal(await configure(0xF000_000F), 10_203, "its second page is not blank");
    assert.ok(flash.isBlank(NOR, 0x100));
    flash.erase(NOR);
    assert.equal(await configure(0xF000_000F), 0);
    assert.deepEqual(flash.read(NOR, 512), block);
  }, { configured: false }));

Deno.test("the option word's last digit is the clock of the block", () =>
  withLoader(async ({ ask, flash }) => {
    for (const word of [0xC000_0003, 0xF000_000F]) {
      await ask(5, RAM, 4, word);
      assert.deepEqual(await ask(0x11, 9, RAM), [0, 0x11]);
    }
    assert.equal(flash.read(NOR + 0x46, 1)[0], 3);
  }, { configured: false }));

Deno.test("NOR: pages are programmed up to the last one, and up to the first that is not blank", () =>
  withLoader(async ({ write, ask, flash, clock }) => {
    const data = new Uint8Array(700).fill(0x5A);
    assert.equal(await write(NOR + 0x3D00, data), "0", "the last three pages");
    assert.equal(flash.read(NOR + 0x3FBB, 2).toHex(), "5aff");
    assert.equal(await write(NOR + 0x3F00, new Uint8Array(256)), "abort 3 10203");
    flash.load(NOR + 0x200, Uint8Array.of(0));
    const from = clock.elapsed;
    assert.equal(await write(NOR, new Uint8Array(1024)), "abort 3 10203");
    assert.equal(clock.elapsed - from, 1);
    assert.deepEqual([flash.read(NOR, 1)[0], flash.read(NOR + 0x1FF, 1)[0]], [0, 0]);
    assert.ok(flash.isBlank(NOR + 0x201, 0x100));
    assert.deepEqual(await ask(5, NOR + 0x400, 4, 0x1234_5678), [0, 5]);
    assert.equal(flash.read(NOR + 0x400, 5).toHex(), "78563412ff");
    assert.deepEqual(await ask(5, NOR + 0x400, 4, 0), [10_203, 5]);
    assert.deepEqual(await ask(5, NOR + 0x400, 512, 0), [10_203, 5]);
    assert.deepEqual(await ask(5, NOR + 0x501, 4, 0), [20_105, 5]);
  }));

Deno.test("NOR: an erase rounds outwards, and every sector must be blank after it", () =>
  withLoader(async ({ ask, flash, clock }) => {
    flash.load(NOR, new Uint8Array(0x4000));
    assert.deepEqual(await ask(2, NOR + 0x1FFF, 2, 0), [0, 2]);
    assert.ok(flash.isBlank(NOR + 0x1000, 0x2000));
    assert.deepEqual([flash.read(NOR + 0xFFF, 1)[0], flash.read(NOR + 0x3000, 1)[0]], [0, 0]);
    assert.equal(clock.elapsed, 120);
    assert.deepEqual(await ask(2, NOR, 0, 0), [0, 2]);
    assert.equal(flash.read(NOR, 1)[0], 0);
    flash.protect(NOR + 0x3000, 1);
    assert.deepEqual(await ask(2, NOR + 0x2000, 0x1001, 0), [20_106, 2]);
    assert.deepEqual(await ask(1, 9), [20_106, 1]);
    assert.ok(flash.isBlank(NOR, 0x3000), "the others were erased");
  }));

Deno.test("without power, part of the sector is erased and nothing else happens", () =>
  withLoader(async ({ command, flash, clock, model, send }) => {
    flash.load(NOR, new Uint8Array(0x2000));
    await command(2, [NOR, 0x2000, 0]);
    await clock.sleep(75);
    model.detached();
    await clock.sleep(500);
    assert.ok(flash.isBlank(NOR, 0x1400) && !flash.isBlank(NOR + 0x1400, 1));
    let isAccepted = false;
    void send(new Uint8Array(4)).then(() => isAccepted = true);
    await clock.sleep(10);
    assert.equal(isAccepted, false);
  }));

Deno.test("a fill repeats its pattern from where the address is", () =>
  withLoader(async ({ ask, command, hex }) => {
    await ask(5, RAM + 1, 6, 0x4433_2211);
    await command(3, [RAM, 8, 0]);
    await hex();
    assert.equal(await hex(), "04000800" + "0022334411223300");
  }));

Deno.test("what cannot be read can be written", () =>
  withLoader(async ({ readMemory, write }) => {
    const { start, size } = UNREADABLE;
    for (
      const [address, status] of [
        [start - 4, "0"],
        [start - 3, "abort 4 20106"],
        [start + size - 1, "abort 4 20106"],
        [start + size, "0"],
      ] as const
    ) assert.equal(await readMemory(address, 4), status, address.toString(16));
    assert.equal(await write(start, new Uint8Array(256)), "0");
  }));
