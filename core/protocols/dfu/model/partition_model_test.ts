import assert from "node:assert/strict";
import { FlashMemory } from "../../../common/flash_memory.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import {
  foreignRequests,
  type Requests,
  requests,
  stalls,
  transitions,
} from "../../../../tests/support/protocols/dfu_requests.ts";
import {
  type ModelPartition,
  PartitionDfuModel,
  type PartitionModelOptions,
} from "./partition_model.ts";

/** OpenMV's bootloader byte by byte, without the client (dfu-dfuse.md E1, E2). */

const BLOCK = 0x100;
const START = 0x1000, LIMIT = 0x13F0;

function memory(options: Partial<ConstructorParameters<typeof FlashMemory>[0]> = {}) {
  const sectors = [{ count: 4, size: 0x200, eraseMs: 100 }];
  return new FlashMemory({ base: START, sectors, unit: 0x10, unitMs: 1, ...options });
}

/** A bootloader with one partition, which ends 16 bytes before a block does. */
function bootloader(
  clock: VirtualClock,
  change: Partial<ModelPartition> = {},
  options: Partial<PartitionModelOptions> = {},
) {
  const flash = change.memory ?? memory();
  const model = new PartitionDfuModel({
    clock,
    device: { idVendor: 0x37C5, idProduct: 0x924A, bcdDevice: 0x0103 },
    ...{ manufacturer: "OpenMV", product: "Camera", serial: "01" },
    transferSize: BLOCK,
    partitions: [
      { name: "A", memory: flash, start: START, limit: LIMIT, ...change },
      { name: "B", memory: flash, start: START, limit: LIMIT, writable: false },
    ],
    ...options,
  });
  return { flash, model, dfu: requests(model) };
}

function withBootloader(
  change: Partial<ModelPartition>,
  work: (rig: ReturnType<typeof bootloader> & { clock: VirtualClock }) => Promise<void>,
  options: Partial<PartitionModelOptions> = {},
): Promise<void> {
  const clock = new VirtualClock();
  return clock.run(() => work({ clock, ...bootloader(clock, change, options) }));
}

/** Returns the status after a block, and how long it took. */
async function written(
  { dfu, clock }: { readonly dfu: Requests; readonly clock: VirtualClock },
  block: number,
  data: Uint8Array,
): Promise<number[]> {
  const from = clock.elapsed;
  await dfu.dnload(block, data);
  await dfu.status();
  const [status, , state] = await dfu.status();
  return [status, state, clock.elapsed - from];
}
const zeros = new Uint8Array(BLOCK);

Deno.test("the state after each request in each state", async () => {
  const clock = new VirtualClock();
  const found = await clock.run(() =>
    transitions(
      {
        2: () => Promise.resolve(),
        3: (dfu) => dfu.dnload(0, zeros),
        5: (dfu) => written({ dfu, clock }, 0, zeros),
        6: (dfu) => dfu.dnload(0, []),
        10: (dfu) => written({ dfu, clock }, 4, zeros),
      },
      () => bootloader(clock).model,
      { wValue: 0, data: zeros },
    )
  );
  assert.deepEqual(found, {
    2: "3 6 2 2 2",
    3: "3! 3! 3 2 2",
    5: "3 6 5 2 2",
    6: "6! 6! 6 2 2",
    10: "10! 10! 10 2 2",
  });
});

Deno.test("requests that TinyUSB does not know stall and change nothing", () =>
  withBootloader({}, async ({ dfu }) => {
    for (const request of foreignRequests) {
      assert.ok(await stalls(dfu.ask(request)), JSON.stringify(request));
      assert.equal(await dfu.state(), 2);
    }
    assert.ok(await stalls(dfu.ask({ bmRequestType: 0x81, bRequest: 0, wLength: 2 })));
    assert.equal((await dfu.ask({ bmRequestType: 0x80, bRequest: 0, wLength: 2 })).length, 2);
    assert.equal(await dfu.currentAlternate(), 0);
  }));

Deno.test("blocks and uploads may be as long as wTransferSize, and reach the limit", () =>
  withBootloader({}, async (rig) => {
    const { dfu } = rig;
    assert.ok(await stalls(dfu.dnload(0, new Uint8Array(BLOCK + 1))));
    assert.ok(await stalls(dfu.upload(0, BLOCK + 1)));
    assert.equal((await dfu.upload(0, BLOCK)).length, BLOCK);
    assert.equal((await dfu.upload(3, 0xF0)).length, 0xF0);
    assert.deepEqual([...await dfu.upload(3, 0xF1)], [0, 0, 0, 0]);
    assert.deepEqual([...await dfu.upload(4, 4)], [0, 0, 0, 0]);
    assert.deepEqual((await written(rig, 3, zeros.subarray(0, 0xF0))).slice(0, 2), [0, 5]);
    assert.deepEqual((await written(rig, 3, zeros.subarray(0, 0xF1))).slice(0, 2), [8, 10]);
  }));

Deno.test("the manifest is answered with 7, then 2, at once; an UPLOAD in between forgets it", async () => {
  const manifests: number[] = [];
  const hooks = { manifest: (alternate: number) => void manifests.push(alternate) };
  await withBootloader({}, async ({ dfu, clock }) => {
    await dfu.alternate(1);
    await dfu.dnload(0, []);
    assert.deepEqual(manifests, []);
    assert.deepEqual(await dfu.status(), [0, 0, 7]);
    assert.deepEqual(manifests, [1]);
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    await dfu.dnload(0, []);
    await dfu.upload(0, 16);
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    assert.deepEqual([manifests, clock.elapsed], [[1], 0]);
  }, { hooks });
});

Deno.test("only a block at a sector's start erases; each unit takes its time", async () => {
  await withBootloader({}, async (rig) => {
    const { flash } = rig;
    flash.load(START, new Uint8Array(0x800));
    assert.deepEqual(await written(rig, 0, new Uint8Array(0x20).fill(1)), [0, 5, 102]);
    assert.ok(flash.isBlank(START + 0x20, 0x1E0) && !flash.isBlank(START + 0x200, 1));
    assert.deepEqual(await written(rig, 1, new Uint8Array(0x11).fill(1)), [0, 5, 2]);
    // Zeros up to a unit, not FF (dfu-dfuse.md E2).
    assert.deepEqual(flash.read(START + 0x110, 0x11).toHex(), `01${"00".repeat(15)}ff`);
    assert.equal(flash.counters.erases, 1);
    assert.equal(rig.model.busyMs, 104);
    flash.protect(START + 0x200, 1);
    assert.deepEqual(await written(rig, 2, zeros), [3, 10, 16], "a protected sector");
  });
  const ram = memory({ rule: "overwrite", untouched: 0x55 });
  await withBootloader({ memory: ram }, async (rig) => {
    assert.deepEqual(await written(rig, 0, new Uint8Array(0x10)), [0, 5, 1]);
    assert.deepEqual([ram.read(START + 0x10, 1)[0], ram.counters.erases], [0x55, 0]);
  });
});

Deno.test("another unit for the tail, a delay, a partition that cannot be written or read", async () => {
  await withBootloader({ tailUnit: 4, delay: 7 }, async (rig) => {
    await rig.dfu.dnload(0, [1]);
    assert.deepEqual(await rig.dfu.status(), [0, 7, 4]);
    assert.deepEqual(await rig.dfu.status(), [0, 0, 5]);
    assert.equal(rig.flash.read(START, 5).toHex(), "01000000ff");
  });
  await withBootloader({ writable: false }, async (rig) => {
    rig.flash.load(START, zeros);
    assert.deepEqual(await written(rig, 0, new Uint8Array(16).fill(255)), [3, 10, 0]);
    assert.equal(rig.flash.read(START, 1)[0], 0);
  });
  await withBootloader({ canRead: false }, async ({ dfu }) => {
    assert.equal((await dfu.upload(0, 16)).length, 0);
    assert.deepEqual(await dfu.status(), [2, 0, 10]);
  });
});

Deno.test("a partition that is a command decides status and time itself", async () => {
  const asked: [number, number][] = [];
  const write = (address: number, data: Uint8Array) => {
    asked.push([address, data.length]);
    return { status: address === START ? 0 : 3, busyMs: 50 };
  };
  await withBootloader({ write }, async (rig) => {
    assert.deepEqual(await written(rig, 0, zeros), [0, 5, 50]);
    assert.deepEqual(await written(rig, 1, zeros.subarray(0, 3)), [3, 10, 50]);
    assert.ok(rig.flash.isBlank(START, BLOCK));
  });
  assert.deepEqual(asked, [[START, BLOCK], [START + BLOCK, 3]]);
});

Deno.test("a power loss leaves part of the sector erased, then part of the block programmed", async () => {
  // 100 ms of erase, then 16 units of 1 ms.
  for (const [ms, blank, programmed] of [[25, 0x80, 0], [100, 0x200, 0], [104, 0x1C0, 0x40]]) {
    await withBootloader({}, async ({ clock, dfu, flash, model }) => {
      flash.load(START, new Uint8Array(0x200).fill(0x11));
      await dfu.dnload(0, zeros);
      await dfu.status();
      await clock.sleep(ms);
      model.detached();
      await clock.sleep(500);
      const bytes = flash.read(START, 0x200);
      const count = (value: number) => bytes.filter((byte) => byte === value).length;
      assert.deepEqual([count(0xFF), count(0)], [blank, programmed], `${ms} ms`);
    });
  }
});

Deno.test("a bus reset and SET_INTERFACE forget the block and the error", async () => {
  const events: string[] = [];
  const hooks = {
    reset: () => void events.push("reset"),
    configured: (value: number) => void events.push(`configured ${value}`),
  };
  await withBootloader({}, async (rig) => {
    const { dfu, model, flash } = rig;
    for (const forget of [() => model.reset(), () => dfu.alternate(1)]) {
      await dfu.alternate(0);
      await dfu.dnload(0, zeros);
      await forget();
      assert.deepEqual(await dfu.status(), [0, 0, 2]);
      await dfu.alternate(0);
      await written(rig, 4, zeros);
      await forget();
      assert.deepEqual(await dfu.status(), [0, 0, 2]);
    }
    await dfu.alternate(1);
    model.reset();
    assert.equal(await dfu.currentAlternate(), 0);
    assert.ok(flash.isBlank(START, BLOCK));
    assert.deepEqual(events.slice(0, 2), ["configured 0", "reset"]);
  }, { hooks });
});

Deno.test("speed, version and names as they are declared", async () => {
  const clock = new VirtualClock();
  const name = "N".repeat(40);
  const { model, dfu } = bootloader(clock, { name }, { speed: "high", bcdDFUVersion: 0x0110 });
  assert.equal(model.speed, "high");
  assert.equal(model.configurations[0].subarray(-9).toHex(), "092107e80300011001");
  assert.equal(await dfu.text(4), "N".repeat(32));
  const { model: plain } = bootloader(clock);
  assert.deepEqual([plain.speed, plain.configurations[0].subarray(-2).toHex()], ["full", "0101"]);
});

for (const [name, hooks] of [["no", undefined], ["empty", {}]] as const) {
  Deno.test(`a bootloader with ${name} hooks does the same`, () =>
    withBootloader({}, async (rig) => {
      const { dfu, model } = rig;
      await dfu.ask({ bmRequestType: 0, bRequest: 9, wValue: 1 });
      assert.deepEqual((await written(rig, 0, zeros)).slice(0, 2), [0, 5]);
      await dfu.upload(0, 16);
      await dfu.abort();
      await dfu.dnload(0, []);
      await dfu.status();
      await dfu.detach();
      model.reset();
      assert.deepEqual(await dfu.status(), [0, 0, 2]);
    }, { ...(hooks && { hooks }) }));
}
