import assert from "node:assert/strict";
import { isKind } from "../../../common/errors.ts";
import { parseLayout } from "../packets/layout.ts";
import {
  never,
  pattern,
  progressLog,
  type RomRig,
  withRom,
} from "../../../../tests/support/protocols/dfu_rig.ts";

const KIB = 1024;
const run = { signal: never };
const blockNumbers = (rig: RomRig) =>
  rig.log.filter((line) => line.startsWith("DNLOAD")).map((line) => line.slice(7));

Deno.test("writes and verifies a bootloader on each chip, its head last", async () => {
  for (
    const [chip, size, block] of [
      ["STM32F427", 32 * KIB, 2048],
      ["STM32F765", 32 * KIB, 2048],
      ["STM32H743", 128 * KIB, 1024],
    ] as const
  ) {
    await withRom(chip, { traps: { freshError: true } }, async (rig) => {
      rig.flash.load(0x08000000, pattern(64 * KIB, 9));
      const before = rig.flash.read(0x08000000 + size, 64 * KIB);
      const client = await rig.open();
      const log = progressLog();
      const bytes = pattern(size);
      const report = await client.writeRange(0x08000000, bytes, { ...run, ...log });
      assert.equal(report.writtenBytes, size);
      assert.equal(report.equalSectors, 0);
      assert.ok(log.rises);
      await client.verifyRange(0x08000000, bytes, run);
      assert.deepEqual(rig.flash.read(0x08000000, size), bytes);
      assert.deepEqual(rig.flash.read(0x08000000 + size, 64 * KIB), before, "the neighbours stay");
      assert.equal(rig.model.state, 2);
      assert.deepEqual(rig.model.forbiddenOperations, []);
      // One sequence from the second block on, then the rest of the first one, and its head.
      const blocks = blockNumbers(rig).filter((one) => !one.endsWith("/5"));
      const inOrder = Array.from({ length: size / block - 1 }, (_, i) => `${i + 2}/${block}`);
      assert.deepEqual(blocks, [...inOrder, `2/${block - 32}`, "2/32"]);
      assert.equal(client.dfu.strict, false, "nothing made it fall back");
    });
  }
});

Deno.test("with early polls, the time is the chip's own", () =>
  withRom("STM32F765", {}, async (rig) => {
    const client = await rig.open();
    rig.flash.load(0x08000000, new Uint8Array(16));
    await client.writeRange(0x08000000, pattern(32 * KIB), run);
    assert.equal(Math.round(rig.clock.elapsed * 1000), Math.round(rig.model.busyMs * 1000));
    assert.equal(Math.round(rig.model.busyMs), Math.round(350 + 8192 * 0.016));
  }));

Deno.test("strict mode sleeps for every poll time", () =>
  withRom("STM32F765", {}, async (rig) => {
    const client = await rig.open({ strict: true });
    rig.flash.load(0x08000000, new Uint8Array(16));
    await client.writeRange(0x08000000, pattern(32 * KIB), run);
    assert.ok(rig.clock.elapsed >= 350 + 16 * 104);
    assert.deepEqual(rig.flash.read(0x08000000, 32 * KIB), pattern(32 * KIB));
  }));

Deno.test("data that is already there is neither erased nor written", () =>
  withRom("STM32F427", {}, async (rig) => {
    const bytes = pattern(32 * KIB);
    rig.flash.load(0x08000000, bytes);
    const client = await rig.open();
    const report = await client.writeRange(0x08000000, bytes, run);
    assert.deepEqual(report, { sectors: 2, equalSectors: 2, erasedSectors: 0, writtenBytes: 0 });
    assert.equal(rig.flash.counters.erases, 0);
    assert.equal(rig.flash.counters.programs, 0);
  }));

Deno.test("a blank sector is written without an erase", () =>
  withRom("STM32F427", {}, async (rig) => {
    const client = await rig.open();
    const report = await client.writeRange(0x08000000, pattern(32 * KIB), run);
    assert.equal(report.erasedSectors, 0);
    assert.equal(rig.flash.counters.erases, 0);
    await client.verifyRange(0x08000000, pattern(32 * KIB), run);
  }));

Deno.test("a change after the first sector also rewrites the vector table's sector", () =>
  withRom("STM32F427", {}, async (rig) => {
    const bytes = pattern(32 * KIB);
    rig.flash.load(0x08000000, bytes);
    rig.flash.load(0x08005000, Uint8Array.of(0, 0));
    const client = await rig.open();
    const report = await client.writeRange(0x08000000, bytes, run);
    assert.deepEqual(report, {
      ...{ sectors: 2, equalSectors: 0, erasedSectors: 2, writtenBytes: 32 * KIB },
    });
    const other = await client.writeRange(0x08000000, pattern(32 * KIB, 2), {
      ...run,
      headLast: false,
    });
    assert.equal(other.erasedSectors, 2);
  }));

Deno.test("blocks of FF are skipped; those behind them are numbered on", () =>
  withRom("STM32H743", {}, async (rig) => {
    const client = await rig.open();
    const bytes = pattern(8 * KIB);
    bytes.fill(0xff, 3 * KIB, 6 * KIB);
    const report = await client.writeRange(0x08000000, bytes, run);
    assert.equal(report.writtenBytes, 5 * KIB);
    assert.deepEqual(rig.flash.read(0x08000000, 8 * KIB), bytes);
    assert.equal(rig.flash.counters.programs, 5 * KIB / 32);
    assert.deepEqual(
      blockNumbers(rig),
      [
        ...["0/5", "2/1024", "3/1024"], // 1 KiB, 2 KiB
        ...["7/1024", "8/1024"], // 6 KiB, 7 KiB
        ...["0/5", "2/992"], // the first block behind its head
        ...["0/5"], // all of that is read back
        ...["0/5", "2/32"], // the head
      ].flatMap((one, i) => i === 0 ? ["0/5", one] : [one]),
    );
  }));

Deno.test("the end is padded with FF to what the chip programs at once", async () => {
  await withRom("STM32H743", {}, async (rig) => {
    const client = await rig.open();
    await client.writeRange(0x08000000, pattern(1025), run);
    assert.deepEqual(rig.flash.read(0x08000000, 1025), pattern(1025));
    assert.ok(rig.flash.isBlank(0x08000000 + 1025, 200));
    assert.ok(blockNumbers(rig).includes("2/32"));
  });
  await withRom("STM32F427", {}, async (rig) => {
    const client = await rig.open();
    await client.writeRange(0x08000000, pattern(2049), run);
    assert.deepEqual(rig.flash.read(0x08000000, 2049), pattern(2049));
    assert.ok(rig.flash.isBlank(0x08000000 + 2049, 200));
    assert.ok(blockNumbers(rig).includes("2/4"));
  });
});

Deno.test("smaller blocks than wTransferSize set the address for each one", () =>
  withRom("STM32F427", {}, async (rig) => {
    const client = await rig.open({ blockSize: 512 });
    await client.writeRange(0x08000000, pattern(2048), run);
    assert.deepEqual(await client.readRange(0x08000000, 2048, run), pattern(2048));
    assert.ok(
      rig.log.filter((line) => line.includes("/512")).every((line) => / 2\/512/.test(line)),
    );
  }));

Deno.test("erases by sector, blank ones not at all", () =>
  withRom("STM32F427", {}, async (rig) => {
    rig.flash.load(0x08004100, pattern(16));
    rig.flash.load(0x08010000, pattern(16));
    const client = await rig.open();
    const log = progressLog();
    const report = await client.eraseRange(0x08000000, 0x10001, { ...run, ...log });
    assert.deepEqual(report, { sectors: 5, equalSectors: 3, erasedSectors: 2, writtenBytes: 0 });
    assert.ok(rig.flash.isBlank(0x08000000, 0x20000));
    assert.ok(log.rises);
    await client.eraseRange(0x08000000, 16, { ...run, compareFirst: false });
    assert.equal(rig.flash.sectorAt(0x08000000).erases, 1);
  }));

Deno.test("reads any range, and compares it", () =>
  withRom("STM32F765", {}, async (rig) => {
    rig.flash.load(0x08000000, pattern(10_000));
    const client = await rig.open();
    const log = progressLog();
    const bytes = await client.readRange(0x08000003, 9000, { ...run, ...log });
    assert.deepEqual(bytes, pattern(10_000).subarray(3, 9003));
    assert.ok(log.rises);
    const other = pattern(10_000);
    assert.equal(await client.compareRange(0x08000000, other, run), undefined);
    other[7777] ^= 1;
    assert.equal(await client.compareRange(0x08000000, other, run), 0x08000000 + 7777);
    await assert.rejects(client.verifyRange(0x08000000, other, run), (error) =>
      isKind(error, "verify-failed") && error.data.address === 0x08000000 + 7777 &&
      error.data.expected === other[7777] && error.data.found === (other[7777] ^ 1));
    assert.equal(rig.model.state, 2);
  }));

Deno.test("only what does not follow from the last answer is requested", () =>
  withRom("STM32F765", {}, async (rig) => {
    const client = await rig.open();
    const bytes = pattern(3 * 2048);
    rig.flash.load(0x08000000, bytes);
    const opened = rig.log.splice(0);
    assert.deepEqual(opened, ["GETSTATE", "GETSTATUS 2"]);
    assert.equal(await client.compareRange(0x08000000, bytes, run), undefined);
    assert.deepEqual(rig.log.splice(0), [
      ...["DNLOAD 0/5", "GETSTATUS 4", "GETSTATUS 5", "ABORT"],
      ...["UPLOAD 2/2048", "UPLOAD 3/2048", "UPLOAD 4/2048", "ABORT", "GETSTATUS 2"],
    ]);
    // The pointer is still at the beginning.
    await client.verifyRange(0x08000000, bytes, run);
    assert.deepEqual(rig.log.splice(0), [
      ...["UPLOAD 2/2048", "UPLOAD 3/2048", "UPLOAD 4/2048", "ABORT", "GETSTATUS 2"],
    ]);
    // A whole block behind it needs no other; anywhere else it is set again.
    await client.verifyRange(0x08000800, bytes.subarray(2048), run);
    assert.equal(rig.log.splice(0)[0], "UPLOAD 3/2048");
    await client.verifyRange(0x08000400, bytes.subarray(1024), run);
    assert.equal(rig.log.splice(0)[0], "DNLOAD 0/5");
    await client.verifyRange(0x08001000, bytes.subarray(4 * 1024), run);
    assert.equal(rig.log.splice(0)[0], "DNLOAD 0/5");
    // A whole block before it is no block of that pointer.
    await client.verifyRange(0x08000000, bytes, run);
    assert.equal(rig.log[0], "DNLOAD 0/5");
  }));

Deno.test("nothing is sent for a range outside the flash, an odd start, or nothing", () =>
  withRom("STM32H743", {}, async (rig) => {
    const client = await rig.open();
    const requests = rig.log.length;
    const usage = (error: unknown) => isKind(error, "usage");
    await assert.rejects(client.writeRange(0x07ffffe0, pattern(64), run), usage);
    await assert.rejects(client.writeRange(0x081fffe0, pattern(64), run), usage);
    await assert.rejects(client.writeRange(0x08000010, pattern(64), run), usage);
    await assert.rejects(client.writeRange(0x08000000, new Uint8Array(), run), usage);
    await assert.rejects(client.readRange(0x081fffe0, 64, run), usage);
    await assert.rejects(client.eraseRange(0x081fffe0, 64, run), usage);
    assert.equal(rig.log.length, requests);
  }));

Deno.test("option bytes and OTP are never written", async () => {
  for (
    const layout of [
      "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e",
      "@OTP Memory /0x1FFF7800/01*512 g,01*016 g",
      "@Device Feature/0xFFFF0000/01*004 e",
    ]
  ) {
    await withRom("STM32F427", {}, async (rig) => {
      const client = await rig.open({ layout: parseLayout(layout), alternate: 1 });
      const { address } = client.layout.segments[0];
      const usage = (error: unknown) => isKind(error, "usage");
      await assert.rejects(client.writeRange(address, pattern(4), run), usage);
      await assert.rejects(client.eraseRange(address, 4, run), usage);
      assert.deepEqual(rig.model.forbiddenOperations, []);
    });
  }
});

Deno.test("leave starts the program; the device's disconnection is success", async () => {
  const left: number[] = [];
  const hooks = { leave: (address: number) => void left.push(address) };
  await withRom("STM32F427", { hooks }, async (rig) => {
    const client = await rig.open();
    await client.leave(0x08000000, never);
    await rig.clock.sleep(10);
  });
  assert.deepEqual(left, [0x08000000]);
  await withRom("STM32F427", {}, async (rig) => {
    const client = await rig.open();
    await client.leave(0x08010000, never);
    await rig.clock.sleep(10);
    await assert.rejects(client.dfu.getStatus(), (error) => isKind(error, "disconnected"));
  });
});

Deno.test("a cancellation completes the blocks under way and leaves the device in dfuIDLE", () =>
  withRom("STM32F427", {}, async (rig) => {
    const client = await rig.open();
    const stop = new AbortController();
    await assert.rejects(
      client.writeRange(0x08000000, pattern(32 * KIB), {
        signal: stop.signal,
        onProgress: ({ phase, address }) => {
          if (phase === "write" && address === 0x08002000) stop.abort();
        },
      }),
      (error) => isKind(error, "cancelled"),
    );
    assert.equal(rig.model.state, 2);
    assert.deepEqual(
      rig.flash.read(0x08002000, 4 * 2048),
      pattern(32 * KIB).subarray(0x2000, 0x4000),
    );
    assert.ok(rig.flash.isBlank(0x08004000, 2048), "nothing behind the blocks under way");
    assert.ok(rig.flash.isBlank(0x08000000, 2048), "the first block would have come later");
    await client.writeRange(0x08000000, pattern(32 * KIB), run);
    await client.verifyRange(0x08000000, pattern(32 * KIB), run);
  }));

Deno.test("reports the commands of the ROM, and whether the chip is protected", async () => {
  await withRom("STM32F427", {}, async (rig) => {
    const client = await rig.open();
    assert.deepEqual([...await client.commands()], [0, 0x21, 0x41, 0x92]);
    assert.equal(await client.isReadProtected(), false);
    assert.equal(await client.isReadProtected(0x1fffc000, 16), false);
  });
  for (const readProtection of ["errVENDOR", "errVENDOR-always", "drop"] as const) {
    await withRom("STM32F427", { traps: { readProtection } }, async (rig) => {
      const client = await rig.open();
      assert.equal(await client.isReadProtected(), true);
      assert.equal(rig.model.state, 2);
    });
  }
});

Deno.test("read unprotect erases everything, and the device disconnects", () =>
  withRom("STM32F427", { traps: { readProtection: "errVENDOR" } }, async (rig) => {
    rig.flash.load(0x08000000, pattern(64));
    const client = await rig.open();
    await client.readUnprotectErasingEverything();
    assert.ok(rig.flash.isBlank(0x08000000, 64));
    assert.deepEqual(rig.model.forbiddenOperations, ["read unprotect"]);
  }));

Deno.test("a plain DFU device is not opened as DfuSe", async () => {
  await withRom("STM32F427", {}, async (rig) => {
    const { device } = rig;
    const info = { ...device.info, configurations: [] };
    const other = new Proxy(device, {
      get: (target, key) => key === "info" ? info : Reflect.get(target, key).bind(target),
    });
    await assert.rejects(rig.open({ device: other }), (error) => isKind(error, "wrong-board"));
  });
});
