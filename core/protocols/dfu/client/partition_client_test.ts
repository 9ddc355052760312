import assert from "node:assert/strict";
import fc from "fast-check";
import { isKind } from "../../../common/errors.ts";
import { FlashMemory } from "../../../common/flash_memory.ts";
import { Stall } from "../../../transport/usb/model.ts";
import { readString } from "../../../transport/usb/strings.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import type { DfuPartition } from "./memory_access.ts";
import { PartitionClient } from "./partition_client.ts";
import { PartitionDfuModel, type PartitionHooks } from "../model/partition_model.ts";
import { DfuRequest, TO_DEVICE, TO_HOST } from "../packets/request.ts";
import { stm32Flash } from "../model/stm32_rom_model.ts";
import {
  type Intercept,
  never,
  pattern,
  plugIn,
  progressLog,
} from "../../../../tests/support/protocols/dfu_rig.ts";
import { StatusRecord } from "../packets/status_record.ts";

const KIB = 1024;
const run = { signal: never };
const transfer = { timeoutMs: 10_000, signal: never };
const stalled = (error: unknown) => isKind(error, "stalled");

interface Rig {
  readonly clock: VirtualClock;
  readonly model: PartitionDfuModel;
  readonly flash: FlashMemory;
  readonly spi: FlashMemory;
  readonly client: PartitionClient;
  readonly parts: Readonly<Record<string, DfuPartition>>;
  readonly events: string[];
  readonly log: string[];
  readonly device: Awaited<ReturnType<typeof plugIn>>["device"];
  readonly socket: Awaited<ReturnType<typeof plugIn>>["socket"];
}

/** An H7 Plus: internal flash, and SPI flash with blocks of 64 KiB. */
async function withBootloader<T>(
  work: (rig: Rig) => Promise<T>,
  intercept?: Intercept,
): Promise<T> {
  const clock = new VirtualClock();
  return await clock.run(async () => {
    const flash = stm32Flash("STM32H743");
    const spi = new FlashMemory({
      base: 0,
      sectors: [{ count: 512, size: 64 * KIB, eraseMs: 500 }],
      unit: 256,
      unitMs: 0.4,
    });
    const events: string[] = [];
    const hooks: PartitionHooks = {
      activity: (kind) => void events.push(kind),
      configured: (value) => void events.push(`configured ${value}`),
      detach: () => void events.push("detach"),
      manifest: (alternate) => void events.push(`manifest ${alternate}`),
    };
    const model = new PartitionDfuModel({
      clock,
      device: { idVendor: 0x37c5, idProduct: 0x924a, bcdDevice: 0x0103 },
      ...{
        manufacturer: "OpenMV",
        product: "OpenMV Camera (DFU Mode)",
        serial: "0123456789ABCDEF",
      },
      hooks,
      partitions: [
        ...[{
          name: "BOOTLOADER",
          memory: flash,
          start: 0x08000000,
          limit: 0x08020000,
          writable: false,
        }],
        { name: "FILESYSTEM", memory: flash, start: 0x08020000, limit: 0x08040000 },
        { name: "FIRMWARE", memory: flash, start: 0x08040000, limit: 0x08200000 },
        { name: "SPI_FLASH", memory: spi, start: 0, limit: 0x02000000, tailUnit: 1 },
      ],
    });
    const { device, socket, log } = await plugIn(model, clock, intercept);
    const list = await PartitionClient.partitions(device, never);
    const parts = Object.fromEntries(list.map((one) => [one.name, one]));
    const client = await PartitionClient.open(device, clock);
    return await work({ clock, model, flash, spi, client, parts, events, log, device, socket });
  });
}

function raw({ device }: Rig) {
  const out = (bRequest: number, wValue: number, data: Uint8Array) =>
    device.controlOut({ bmRequestType: TO_DEVICE, bRequest, wValue, wIndex: 0 }, data, transfer);
  const read = (bRequest: number, wValue: number, length: number) =>
    device.controlIn({ bmRequestType: TO_HOST, bRequest, wValue, wIndex: 0 }, length, transfer);
  return {
    dnload: (wValue: number, data: Uint8Array) => out(DfuRequest.DNLOAD, wValue, data),
    upload: (wValue: number, length: number) => read(DfuRequest.UPLOAD, wValue, length),
    abort: () => out(DfuRequest.ABORT, 0, new Uint8Array()),
    clearStatus: () => out(DfuRequest.CLRSTATUS, 0, new Uint8Array()),
    status: async () => {
      const answer = StatusRecord.decode(await read(DfuRequest.GETSTATUS, 0, 6));
      return [answer.bStatus, answer.bwPollTimeout, answer.bState];
    },
    state: async () => (await read(DfuRequest.GETSTATE, 0, 1))[0],
  };
}

Deno.test("sends the descriptors of OpenMV's bootloader (dfu-dfuse.md E1)", () =>
  withBootloader(async ({ model, device }) => {
    const [configuration] = model.configurations;
    assert.deepEqual([...configuration.subarray(0, 9)], [9, 2, 54, 0, 1, 1, 0, 0x80, 0xfa]);
    assert.deepEqual([...configuration.subarray(18, 27)], [9, 4, 0, 1, 0, 0xfe, 1, 2, 5]);
    assert.deepEqual([...configuration.subarray(-9)], [9, 0x21, 7, 0xe8, 3, 0, 0x10, 1, 1]);
    assert.equal(await readString(device, 2, transfer), "OpenMV Camera (DFU Mode)");
    assert.equal(await readString(device, 4, transfer), "BOOTLOADER");
    assert.equal(await readString(device, 0xee, transfer), undefined);
    const refused = [
      { bmRequestType: 0x81, bRequest: 0, wValue: 0, wIndex: 0 },
      { bmRequestType: 0x80, bRequest: 6, wValue: 0x0600, wIndex: 0 },
      { bmRequestType: 0x80, bRequest: 6, wValue: 0x0f00, wIndex: 0 },
      { bmRequestType: 0x81, bRequest: 6, wValue: 0x2100, wIndex: 0 },
    ];
    await device.claim(0);
    for (const setup of refused) {
      await assert.rejects(device.controlIn(setup, 18, transfer), stalled);
    }
  }));

Deno.test("enumeration, strings, SET_INTERFACE and GETSTATUS do not count as activity; UPLOAD does", () =>
  withBootloader(async (rig) => {
    await rig.client.select(rig.parts.FIRMWARE);
    await raw(rig).status();
    await raw(rig).clearStatus();
    assert.deepEqual(rig.events, ["configured 1"]);
    await rig.client.uploadBlock(rig.parts.BOOTLOADER, 0, 4096);
    assert.deepEqual(rig.events, ["configured 1", "upload"]);
  }));

Deno.test("writes, completes and verifies a partition", () =>
  withBootloader(async (rig) => {
    const { client, parts, flash } = rig;
    flash.load(0x08040000, new Uint8Array(64));
    const bytes = pattern(300_001);
    const log = progressLog();
    await client.write(parts.FIRMWARE, bytes, { ...run, ...log });
    assert.ok(log.rises);
    await client.verify(parts.FIRMWARE, bytes, run);
    assert.deepEqual(flash.read(0x08040000, bytes.length), bytes);
    // 31 zeros complete the flash word; FF follows.
    assert.deepEqual([...flash.read(0x08040000 + 300_001, 32)], [...Array(31).fill(0), 255]);
    assert.equal(rig.events.at(-1), "upload");
    assert.ok(rig.events.includes("manifest 2"));
    assert.equal(rig.model.state, 2);
    const downloads = rig.log.filter((line) => line.startsWith("DNLOAD"));
    assert.deepEqual(downloads.slice(0, 2), ["DNLOAD 0/4096", "DNLOAD 1/4096"]);
    assert.deepEqual(downloads.slice(-2), [`DNLOAD 73/${300_001 - 73 * 4096}`, "DNLOAD 74/0"]);
    // The time is the chip's own: the client does not sleep.
    assert.equal(Math.round(rig.clock.elapsed), Math.round(rig.model.busyMs));
  }));

Deno.test("reads a part, and the whole partition with its known or unknown size", () =>
  withBootloader(async ({ client, parts, flash }) => {
    flash.load(0x08020000, pattern(128 * KIB));
    assert.deepEqual(await client.read(parts.FILESYSTEM, 5000, run), pattern(5000));
    const whole = await client.read(parts.FILESYSTEM, undefined, run);
    assert.equal(whole.length, 128 * KIB, "the end mark of 4 zeros is cut off");
    assert.deepEqual(whole, pattern(128 * KIB));
    const sized = { ...parts.FILESYSTEM, size: 128 * KIB };
    assert.deepEqual(await client.read(sized, undefined, run), whole);
    await assert.rejects(
      client.read(parts.FILESYSTEM, 128 * KIB + 1, run),
      (error) => isKind(error, "protocol") && error.data.received === 128 * KIB,
    );
  }));

Deno.test("a partition that ends with zeros is read to its end", () =>
  withBootloader(async ({ client, parts, flash }) => {
    flash.load(0x08020000, new Uint8Array(128 * KIB));
    assert.equal((await client.read(parts.FILESYSTEM, undefined, run)).length, 128 * KIB);
  }));

Deno.test("the bootloader partition is read only, and limits are checked; the errors name the partition", () =>
  withBootloader(async ({ client, parts, flash, model }) => {
    const refused = (statusName: string) => (error: unknown) =>
      isKind(error, "device-status") && error.data.statusName === statusName;
    await assert.rejects(client.write(parts.BOOTLOADER, pattern(64), run), refused("errWRITE"));
    assert.ok(flash.isBlank(0x08000000, 64));
    const long = pattern(128 * KIB + 1);
    await assert.rejects(client.write(parts.FILESYSTEM, long, run), refused("errADDRESS"));
    assert.ok(flash.isBlank(0x08040000, 64), "nothing behind the limit");
    assert.equal(model.state, 2);
    const sized = { ...parts.FILESYSTEM, size: 128 * KIB };
    await assert.rejects(client.write(sized, long, run), (error) => isKind(error, "usage"));
  }));

Deno.test("SPI flash is erased in units of 64 KiB, where a block begins one", () =>
  withBootloader(async ({ client, parts, spi }) => {
    spi.load(0, pattern(256 * KIB, 5));
    await client.write(parts.SPI_FLASH, pattern(100 * KIB + 3), run);
    assert.deepEqual(spi.read(0, 100 * KIB + 3), pattern(100 * KIB + 3));
    assert.equal(spi.counters.erases, 2);
    assert.ok(spi.isBlank(100 * KIB + 3, 1024), "no padding in SPI flash");
    assert.deepEqual(
      spi.read(128 * KIB, 64),
      pattern(256 * KIB, 5).subarray(128 * KIB).slice(0, 64),
    );
  }));

Deno.test("TinyUSB's states: what is held, forgotten, reset and refused", () =>
  withBootloader(async (rig) => {
    const { client, parts, flash, clock, device } = rig;
    await client.select(parts.FILESYSTEM);
    const dfu = raw(rig);
    flash.load(0x08020000, new Uint8Array(64));
    await dfu.dnload(0, pattern(4096));
    assert.equal(await dfu.state(), 3);
    await assert.rejects(dfu.dnload(1, pattern(64)), stalled);
    assert.deepEqual(await dfu.status(), [0, 0, 4]);
    assert.equal(clock.elapsed, 0, "answered before the work");
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.equal(Math.round(clock.elapsed), Math.round(900 + 128 * 0.1), "held until done");
    // An UPLOAD between DNLOAD and GETSTATUS: the block is forgotten.
    await dfu.dnload(1, pattern(4096));
    assert.equal((await dfu.upload(0, 4096)).length, 4096);
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.ok(flash.isBlank(0x08021000, 64));
    // UPLOAD does not change the state; ABORT and CLRSTATUS reset it from anywhere.
    assert.equal(await dfu.state(), 5);
    await dfu.abort();
    assert.equal(await dfu.state(), 2);
    await dfu.clearStatus();
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    // Beyond the limit 4 zeros, even if only the end is beyond it.
    assert.deepEqual([...await dfu.upload(32, 64)], [0, 0, 0, 0]);
    assert.deepEqual([...await dfu.upload(31, 4096)].length, 4096);
    await assert.rejects(
      dfu.upload(0, 4097).catch((error) => {
        if (error instanceof RangeError) throw new Stall(); // the host's own limit
        throw error;
      }),
    );
    // An error stays until it is cleared; SET_INTERFACE also clears it.
    await dfu.dnload(40, pattern(64));
    assert.deepEqual(await dfu.status(), [0, 0, 4]);
    assert.deepEqual(await dfu.status(), [8, 0, 10]);
    assert.deepEqual(await dfu.status(), [8, 0, 10]);
    await assert.rejects(dfu.dnload(0, pattern(64)), stalled);
    await device.setAlternate(0, 2);
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    // Manifest: 7, then 2, and the camera stays connected.
    await dfu.dnload(0, new Uint8Array());
    assert.deepEqual(await dfu.status(), [0, 0, 7]);
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
  }));

Deno.test("a block in the middle of a sector does not erase", () =>
  withBootloader(async (rig) => {
    await rig.client.select(rig.parts.SPI_FLASH);
    const dfu = raw(rig);
    rig.spi.load(4096, new Uint8Array(4).fill(0x0f));
    await dfu.dnload(1, Uint8Array.of(0xf1, 0xff, 0xff, 0xff));
    await dfu.status();
    assert.deepEqual(await dfu.status(), [0, 0, 5]);
    assert.deepEqual([...rig.spi.read(4096, 4)], [1, 15, 15, 15]);
    assert.equal(rig.spi.counters.erases, 0);
  }));

Deno.test("an H7 word programmed twice is errWRITE", () =>
  withBootloader(async (rig) => {
    await rig.client.select(rig.parts.FIRMWARE);
    rig.flash.load(0x08041000, new Uint8Array(32).fill(0x55));
    const dfu = raw(rig);
    await dfu.dnload(1, pattern(32));
    await dfu.status();
    assert.deepEqual(await dfu.status(), [3, 0, 10]);
  }));

Deno.test("a power loss during a block leaves it half done", () =>
  withBootloader(async (rig) => {
    await rig.client.select(rig.parts.SPI_FLASH);
    rig.spi.load(0, new Uint8Array(64 * KIB));
    const dfu = raw(rig);
    await dfu.dnload(0, new Uint8Array(4096));
    await dfu.status();
    await rig.clock.sleep(250);
    rig.socket.detach();
    assert.ok(rig.spi.isBlank(0, 32 * KIB));
    assert.equal(rig.spi.read(32 * KIB, 1)[0], 0);
  }));

Deno.test("a verify names the first wrong byte, and data after the end", () =>
  withBootloader(async ({ client, parts, flash }) => {
    const bytes = pattern(9000);
    flash.load(0x08020000, bytes);
    flash.load(0x08020000 + 8191, Uint8Array.of(0));
    await assert.rejects(
      client.verify(parts.FILESYSTEM, bytes, run),
      (error) => isKind(error, "verify-failed") && error.data.offset === 8191,
    );
    const long = new Uint8Array(128 * KIB + 4096).fill(0xff);
    flash.erase(0x08020000);
    await assert.rejects(
      client.verify(parts.FILESYSTEM, long, run),
      (error) => isKind(error, "verify-failed") && error.data.offset === 128 * KIB,
    );
  }));

Deno.test("a failed read is distinguished from the end of the partition", () => {
  let failed = false;
  const intercept: Intercept = async (setup, next) => {
    const { UPLOAD, GETSTATUS, GETSTATE, CLRSTATUS } = DfuRequest;
    if (setup.bRequest === CLRSTATUS) failed = false;
    if (setup.bRequest === UPLOAD && setup.wValue === 2) {
      failed = true;
      return new Uint8Array();
    }
    if (failed && setup.bRequest === GETSTATUS) return Uint8Array.of(2, 0, 0, 0, 10, 0);
    if (failed && setup.bRequest === GETSTATE) return Uint8Array.of(10);
    return await next();
  };
  return withBootloader(async ({ client, parts, log }) => {
    await assert.rejects(
      client.read(parts.FILESYSTEM, undefined, run),
      (error) => isKind(error, "device-status") && error.data.statusName === "errFILE",
    );
    assert.ok(log.includes("CLRSTATUS"));
  }, intercept);
});

Deno.test("a refused block is sent once more; after an unplug, the error says where", async () => {
  let seen = 0;
  await withBootloader(async ({ client, parts, flash }) => {
    await client.write(parts.FIRMWARE, pattern(40_000), run);
    assert.deepEqual(flash.read(0x08040000, 40_000), pattern(40_000));
  }, async (setup, next) => {
    if (setup.bRequest === DfuRequest.DNLOAD && ++seen === 4) throw new Stall();
    return await next();
  });
  seen = 0;
  await withBootloader(async ({ client, parts }) => {
    await assert.rejects(
      client.write(parts.FIRMWARE, pattern(40_000), run),
      (error) =>
        isKind(error, "disconnected") && error.data.address === 3 * 4096 &&
        error.data.phase === "write",
    );
  }, async (setup, next, { socket }) => {
    if (setup.bRequest === DfuRequest.DNLOAD && ++seen === 4) socket.detach();
    return await next();
  });
});

Deno.test("a cancellation completes the block and leaves the device idle", () =>
  withBootloader(async ({ client, parts, flash, model }) => {
    const stop = new AbortController();
    await assert.rejects(
      client.write(parts.FIRMWARE, pattern(40_000), {
        signal: stop.signal,
        onProgress: ({ done }) => {
          if (done >= 8192) stop.abort();
        },
      }),
      (error) => isKind(error, "cancelled"),
    );
    assert.equal(model.state, 2);
    assert.deepEqual(flash.read(0x08040000, 8192), pattern(8192));
    assert.ok(flash.isBlank(0x08042000, 4096));
  }));

Deno.test("what was written is read, for any length", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20_000 }), async (length) => {
      await withBootloader(async ({ client, parts }) => {
        const bytes = pattern(length, length);
        await client.write(parts.FILESYSTEM, bytes, run);
        assert.deepEqual(await client.read(parts.FILESYSTEM, length, run), bytes);
      });
    }),
    { numRuns: 25 },
  );
});

Deno.test("DETACH is passed on", () =>
  withBootloader(async ({ client, events }) => {
    await client.detach(1000);
    assert.equal(events.at(-1), "detach");
  }));
