import assert from "node:assert/strict";
import type { Clock } from "../../../common/clock.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { DfuRequest, DfuState } from "../packets/request.ts";
import { DfuClient } from "./dfu_client.ts";
import { DfuSeLink } from "./dfuse_link.ts";
import {
  assertKind,
  BASE,
  image,
  isRequest,
  restore,
  restored,
  run,
  stall,
  statusOf,
  unplug,
} from "../../../../tests/support/protocols/dfu_fault_rig.ts";
import {
  type Intercept,
  type RigOptions,
  withRom,
} from "../../../../tests/support/protocols/dfu_rig.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import type { Stm32Chip } from "../model/stm32_rom_model.ts";

/** Blocks that are under way together, and what becomes of them if one request goes wrong. */

const { DNLOAD } = DfuRequest;
const chips: readonly Stm32Chip[] = ["STM32F427", "STM32H743"];

/** The device refuses a request although it does what was asked. */
const stallAfter: Intercept = async (setup, next, rig) => {
  await next();
  return await stall(setup, next, rig);
};
const short: Intercept = async (_, next) => (await next()).subarray(0, 5);

/** Lets requests fail by their number, from the first DNLOAD of a block on. */
function failing(faults: Readonly<Record<number, Intercept>>): Intercept {
  let sent = 0;
  return (setup, next, rig) => {
    if (sent > 0 || isRequest(setup, { request: DNLOAD, block: "data" })) sent++;
    return (faults[sent] ?? ((_, next) => next()))(setup, next, rig);
  };
}

/** The same device, whose control transfers are counted. */
function counting(device: UsbDevice, count: (change: 1 | -1, isOut: boolean) => void): UsbDevice {
  const counted = async <T>(transfer: Promise<T>, isOut: boolean) => {
    count(1, isOut);
    try {
      return await transfer;
    } finally {
      count(-1, isOut);
    }
  };
  return new Proxy(device, {
    get: (target, key) => {
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      const method = value.bind(target);
      if (key !== "controlIn" && key !== "controlOut") return method;
      return (...given: unknown[]) => counted(method(...given), key === "controlOut");
    },
  });
}

const programsOf = async (chip: Stm32Chip, options: RigOptions = {}) =>
  (await restored(chip, options)).flash.counters.programs;

/** Requests from the first DNLOAD of a block on that end within the first sixteen blocks. */
const REQUESTS = 48;

Deno.test("each request of a write refused once, done or not: no block is missing or written twice", async () => {
  for (const chip of chips) {
    const programs = await programsOf(chip);
    for (const fault of [stall, stallAfter, short]) {
      for (let n = 1; n <= REQUESTS; n++) {
        const found = await programsOf(chip, { intercept: failing({ [n]: fault }) });
        assert.equal(found, programs, `${chip}, ${fault.name}, request ${n}`);
      }
    }
  }
});

Deno.test("two refused requests close together are survived, too", async () => {
  for (const first of [stall, stallAfter]) {
    for (let n = 1; n <= REQUESTS; n += 5) {
      for (let behind = 1; behind <= 6; behind++) {
        await restored("STM32F427", {
          intercept: failing({ [n]: first, [n + behind]: stall }),
        });
      }
    }
  }
});

Deno.test("an unplugged camera is noticed at each request, at the block that is not written", async () => {
  for (let n = 1; n <= 45; n++) {
    const { error, flash } = await restore("STM32F427", { intercept: failing({ [n]: unplug }) });
    assertKind(error, "disconnected");
    assert.equal(error.data.phase, "write");
    const address = Number(error.data.address), at = address - BASE;
    assert.equal(at, 2048 * Math.ceil(n / 3));
    // The first block comes last of all.
    assert.deepEqual(flash.read(BASE + 2048, at - 2048), image.subarray(2048, at));
  }
});

Deno.test("an error after a refused block names that block, not one that is written", async () => {
  const broken: Intercept = async (_, next) => {
    await next();
    return Uint8Array.of(3, 0, 0, 0, 10, 0);
  };
  // Of the second four blocks the first is refused; the closing GETSTATUS reports an error.
  for (const fault of [broken, unplug]) {
    const { error } = await restore("STM32F427", {
      intercept: failing({ 10: stall, 22: fault }),
    });
    assert.ok(error instanceof UnbrickError);
    assert.equal(error.data.address, BASE + 4 * 2048);
  }
});

/** Writes to a device that delays some requests, counted from the first DNLOAD of a block on. */
async function slowWrite(ms: number, isSlow: (request: number) => boolean) {
  let sent = 0, clock: Clock | undefined;
  const intercept: Intercept = async (setup, next, { signal }) => {
    if (sent > 0 || isRequest(setup, { request: DNLOAD, block: "data" })) sent++;
    if (isSlow(sent)) await clock!.sleep(ms, signal);
    return await next();
  };
  return await withRom("STM32F427", { intercept }, async (rig) => {
    clock = rig.clock;
    const client = await rig.open();
    const start = clock.now();
    const error = await client.writeRange(BASE, image, run).catch((error: unknown) => error);
    return { error: error instanceof UnbrickError ? error : undefined, ms: clock.now() - start };
  });
}

Deno.test("each of the blocks under way has its own time", async () => {
  const isDownload = (request: number) => request > 6 && request <= 30 && request % 3 === 1;
  for (const ms of [1300, 2500, 4800]) {
    assert.equal((await slowWrite(ms, isDownload)).error, undefined, `${ms} ms`);
  }
});

Deno.test("a device that hangs ends all that is under way at once", async () => {
  const later = await slowWrite(60_000, (request) => request > 6);
  assertKind(later.error, "timeout");
  assert.match(later.error.message, /did not write 2048 bytes at 0x08001800 within/);
  assert.ok(later.ms < 35_000, `${later.ms} ms`);
  const { error, ms } = await slowWrite(60_000, (request) => request > 0);
  assertKind(error, "timeout");
  // Each of those behind it has 5 s more than the one before.
  assert.ok(ms < 16_000, `${ms} ms`);
});

Deno.test("a block that the device has, after another was refused, is not written twice", async () => {
  for (const chip of chips) {
    const intercept = failing({ 1: stall, 4: stallAfter });
    assert.equal(await programsOf(chip, { intercept }), await programsOf(chip), chip);
  }
});

Deno.test("after a device reported that it did not expect a request, blocks come one at a time", async () => {
  let faulty = false, most = 0, open = 0;
  const intercept = failing({
    3: async (_, next) => {
      await next();
      faulty = true;
      return statusOf(15, DfuState.dfuERROR);
    },
  });
  await withRom("STM32F427", { intercept }, async (rig) => {
    const device = counting(rig.device, (change, isOut) => {
      if (!isOut) return;
      open += change;
      if (faulty && change > 0) most = Math.max(most, open);
    });
    const client = await rig.open({ device });
    await client.writeRange(BASE, image, run);
    assert.deepEqual(rig.flash.read(BASE, image.length), image);
  });
  assert.equal(most, 1);
});

Deno.test("when writing ends early, nothing is under way any more", () =>
  withRom("STM32F427", {}, async (rig) => {
    let open = 0;
    const device = counting(rig.device, (change) => open += change);
    const { dfu } = await rig.open({ device });
    const link = new DfuSeLink(dfu);
    const blocks = [0, 1, 2, 3, 4, 5].map((i) => ({
      address: BASE + 2048 * i,
      bytes: image.subarray(2048 * i, 2048 * (i + 1)),
    }));
    const stop = new AbortController();
    const visit = { after: () => stop.abort() };
    await assert.rejects(link.writeBlocks(blocks, visit, stop.signal), { kind: "cancelled" });
    assert.equal(open, 0);
  }));

Deno.test("a DNLOAD that fails is told when its two GETSTATUS have ended", async () => {
  await withRom("STM32F427", {}, async (rig) => {
    const { dfu } = await rig.open();
    let ended = 0;
    const device = new Proxy(rig.device, {
      get: (target, key) =>
        key === "controlOut"
          ? () => Promise.reject(new UnbrickError("disconnected", "It left."))
          : key === "controlIn"
          ? async () => {
            await rig.clock.sleep(50);
            ended++;
            return new Uint8Array(6);
          }
          : Reflect.get(target, key, target),
    });
    const client = new DfuClient({ device, clock: rig.clock, dfu: dfu.dfu, polling: "early" });
    const pending = { what: () => "write", deadlineMs: 100 };
    const { signal } = new AbortController();
    await assert.rejects(client.sendAhead(2, new Uint8Array(4), pending, signal), {
      kind: "disconnected",
    });
    assert.equal(ended, 2);
  });
});

Deno.test("a device that refuses GETSTATUS while it is busy gets no block twice", async () => {
  for (const chip of chips) {
    // Nothing is erased, so the first block is the first request that the device is busy with.
    const programs = await Promise.all(
      [false, true].map((stallsWhileBusy) =>
        withRom(chip, { traps: { stallsWhileBusy } }, async (rig) => {
          const client = await rig.open();
          await client.writeRange(BASE, image, run);
          assert.deepEqual(rig.flash.read(BASE, image.length), image);
          return rig.flash.counters.programs;
        })
      ),
    );
    assert.equal(programs[1], programs[0], chip);
  }
});

Deno.test("four blocks are under way at most, in their order", () =>
  withRom("STM32F427", {}, async (rig) => {
    let underWay = 0, most = 0;
    const device = counting(rig.device, (change) => most = Math.max(most, underWay += change));
    const client = await rig.open({ device });
    await client.writeRange(BASE, image, run);
    assert.equal(most, 4 * 3);
    const from = rig.log.indexOf("DNLOAD 2/2048");
    const block = (number: number) => [`DNLOAD ${number}/2048`, "GETSTATUS 4", "GETSTATUS 5"];
    assert.deepEqual(
      rig.log.slice(from, from + 45),
      [...Array(15).keys()].flatMap((i) => block(2 + i)),
    );
  }));

Deno.test("a device that answers while it is busy gets one block at a time", async () => {
  for (const chip of chips) {
    const { log } = await restored(chip, { traps: { answersWhileBusy: true } });
    const data = log.filter((line) => /^DNLOAD [1-9]/.test(line));
    const size = chip === "STM32H743" ? 1024 : 2048;
    // Of the first four, three came too early; their refusal was noticed before the fifth was sent.
    assert.equal(data.length, image.length / size + 1 + 3);
  }
});

Deno.test("a block that the device cannot write is named", async () => {
  for (const n of [2, 3]) {
    const broken: Intercept = async (_, next) => {
      await next();
      return Uint8Array.of(3, 0, 0, 0, 10, 0);
    };
    const { error, model } = await restore("STM32F427", { intercept: failing({ [n]: broken }) });
    assertKind(error, "device-status");
    assert.equal(error.data.address, BASE + 2048);
    assert.match(error.message, /write 2048 bytes at 0x08000800/);
    assert.equal(model.state, 2);
  }
});
