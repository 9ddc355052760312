import assert from "node:assert/strict";
import { DfuRequest, TO_DEVICE, TO_HOST } from "../protocols/dfu/packets/request.ts";
import { isKind } from "../common/errors.ts";
import { FlashMemory } from "../common/flash_memory.ts";
import type { UsbDevice } from "../transport/usb/device.ts";
import { MemoryBus } from "../transport/usb/memory.ts";
import { readString } from "../transport/usb/strings.ts";
import { VirtualBus } from "../transport/usb/virtual_bus.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import { type BootloaderModelOptions, OpenMvBootloaderModel } from "./model.ts";
import type { Partition } from "./partition.ts";

const partitions: readonly Partition[] = [
  { name: "BOOTLOADER", memory: "flash", start: 0x8000, end: 0xC000, writable: false },
  { name: "FIRMWARE", memory: "flash", start: 0xC000, end: 0x14000, writable: true },
  { name: "ROMFS", memory: "qspi", start: 0, end: 0x10000, writable: true },
];

async function withModel(
  options: Partial<BootloaderModelOptions>,
  test: (world: DeviceHost) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const bus = new VirtualBus();
  const host = new MemoryBus(bus, clock);
  const socket = bus.socket("1-1");
  const flash = new FlashMemory({
    base: 0x8000,
    sectors: [{ count: 3, size: 0x4000, eraseMs: 500 }],
    unit: 32,
    unitMs: 0.1,
    rule: "word-once",
  });
  const sectors = [{ count: 2, size: 0x1_0000, eraseMs: 150 }];
  const external = new FlashMemory({ base: 0, sectors, unit: 256, unitMs: 0.4 });
  let left: number | undefined;
  const model = new OpenMvBootloaderModel({
    clock,
    productId: 0x9204,
    bcdDevice: 0x0103,
    speed: "full",
    serial: "0123456789ABCDEF01234567",
    partitions,
    memories: new Map([["flash", flash], ["qspi", external]]),
    leave: () => {
      left = clock.elapsed;
      socket.detach();
    },
    ...options,
  });
  await clock.run(async () => {
    socket.attach(model);
    model.start();
    const device = await host.open((await host.list())[0]);
    await device.claim(0);
    await test({
      clock,
      device,
      flash,
      external,
      unplug: () => socket.detach(),
      leftAt: () => left,
    });
  });
}

interface DeviceHost {
  readonly clock: VirtualClock;
  readonly device: UsbDevice;
  readonly flash: FlashMemory;
  readonly external: FlashMemory;
  unplug(): void;
  leftAt(): number | undefined;
}

const options = { timeoutMs: 5000, signal: new AbortController().signal };
const ask = ({ device }: DeviceHost, bRequest: number, length: number, wValue = 0) =>
  device.controlIn({ bmRequestType: TO_HOST, bRequest, wValue, wIndex: 0 }, length, options);
const tell = ({ device }: DeviceHost, bRequest: number, data = new Uint8Array(), wValue = 0) =>
  device.controlOut({ bmRequestType: TO_DEVICE, bRequest, wValue, wIndex: 0 }, data, options);
const upload = (world: DeviceHost) => ask(world, DfuRequest.UPLOAD, 4096);

Deno.test("the bootloader ends after 1500 ms, whatever else is requested", async () => {
  await withModel({}, async (world) => {
    await ask(world, DfuRequest.GETSTATUS, 6);
    await ask(world, DfuRequest.GETSTATE, 1);
    await tell(world, DfuRequest.CLRSTATUS);
    await tell(world, DfuRequest.ABORT);
    await world.device.setAlternate(0, 1);
    assert.equal(await readString(world.device, 2, options), "OpenMV Camera (DFU Mode)");
    await world.clock.sleep(1600);
    assert.equal(world.leftAt(), 1500);
    await assert.rejects(upload(world), { kind: "disconnected" });
  });
});

Deno.test("an UPLOAD keeps it running, and so does a DNLOAD as soon as GETSTATUS follows", async () => {
  await withModel({}, async (world) => {
    assert.equal((await upload(world)).length, 4096);
    await world.clock.sleep(60_000);
    assert.equal(world.leftAt(), undefined);
  });
  await withModel({}, async (world) => {
    await world.device.setAlternate(0, 1);
    await tell(world, DfuRequest.DNLOAD, new Uint8Array(4096));
    await ask(world, DfuRequest.GETSTATUS, 6);
    await world.clock.sleep(60_000);
    assert.equal(world.leftAt(), undefined);
  });
  await withModel({}, async (world) => {
    await world.device.setAlternate(0, 1);
    await tell(world, DfuRequest.DNLOAD, new Uint8Array(4096));
    await world.clock.sleep(2000);
    assert.equal(world.leftAt(), 1500, "a DNLOAD alone does not hold it");
  });
});

Deno.test("forced by the firmware, it runs without a limit", async () => {
  await withModel({ forced: true }, async ({ clock, leftAt }) => {
    await clock.sleep(60_000);
    assert.equal(leftAt(), undefined);
  });
});

Deno.test("DETACH: 1.0.2 and later end; older ones end only after their time, and not if forced", async () => {
  const cases = [
    { bcdDevice: 0x0102, forced: false, goes: true },
    { bcdDevice: 0x0103, forced: true, goes: true },
    { bcdDevice: 0x0200, forced: false, goes: true },
    { bcdDevice: 0x0200, forced: true, goes: false },
  ];
  for (const { goes, ...model } of cases) {
    await withModel(model, async (world) => {
      await upload(world);
      await world.clock.sleep(3000);
      await tell(world, DfuRequest.DETACH);
      await world.clock.sleep(100);
      assert.equal(world.leftAt() !== undefined, goes, JSON.stringify(model));
    });
  }
});

Deno.test("a port reset ends every version", async () => {
  await withModel({ bcdDevice: 0x0200, forced: true }, async (world) => {
    await upload(world);
    await world.device.reset().catch((error) => assert.ok(isKind(error, "disconnected")));
    assert.notEqual(world.leftAt(), undefined);
  });
});

Deno.test("if no host configures it, it ends after 1000 ms", async () => {
  const clock = new VirtualClock();
  let left: number | undefined;
  const model = new OpenMvBootloaderModel({
    clock,
    productId: 0x9204,
    bcdDevice: 0x0103,
    speed: "full",
    serial: "0",
    partitions: [],
    memories: new Map(),
    leave: () => left = clock.elapsed,
  });
  await clock.run(async () => {
    model.start();
    await clock.sleep(3000);
  });
  assert.equal(left, 1000);
});

Deno.test("it never writes its own partition, or blocks in the wrong order", async () => {
  await withModel({}, async (world) => {
    await upload(world);
    const block = new Uint8Array(4096).fill(0x5A);
    await tell(world, DfuRequest.DNLOAD, block);
    await ask(world, DfuRequest.GETSTATUS, 6);
    assert.deepEqual([...await ask(world, DfuRequest.GETSTATUS, 6)], [3, 0, 0, 0, 10, 0]);
    assert.ok(world.flash.isBlank(0x8000, 0x4000));

    await world.device.setAlternate(0, 1);
    await tell(world, DfuRequest.DNLOAD, block);
    await assert.rejects(tell(world, DfuRequest.DNLOAD, block, 1), { kind: "stalled" });
    await ask(world, DfuRequest.GETSTATUS, 6);
    const before = world.clock.now();
    assert.equal((await ask(world, DfuRequest.GETSTATUS, 6))[4], 5);
    assert.ok(world.clock.now() - before >= 500, "the erase holds the second GETSTATUS");
    // A block in the middle of a sector is written without an erase: over old data this fails.
    await tell(world, DfuRequest.DNLOAD, block, 1);
    await ask(world, DfuRequest.GETSTATUS, 6);
    assert.equal((await ask(world, DfuRequest.GETSTATUS, 6))[4], 5);
    await tell(world, DfuRequest.DNLOAD, new Uint8Array(4096).fill(0x33), 1);
    await ask(world, DfuRequest.GETSTATUS, 6);
    assert.deepEqual([...await ask(world, DfuRequest.GETSTATUS, 6)], [3, 0, 0, 0, 10, 0]);
  });
});

Deno.test("a short last block is padded with zeros inside the chip, and not in external flash", async () => {
  const data = new Uint8Array(10).fill(0x5A);
  await withModel({}, async (world) => {
    for (const alternate of [1, 2]) {
      await world.device.setAlternate(0, alternate);
      await tell(world, DfuRequest.DNLOAD, data);
      await ask(world, DfuRequest.GETSTATUS, 6);
      assert.equal((await ask(world, DfuRequest.GETSTATUS, 6))[4], 5);
    }
    const after = (memory: FlashMemory, start: number) => [...memory.read(start + 9, 24)];
    assert.deepEqual(after(world.flash, 0xC000), [0x5A, ...Array(22).fill(0), 0xFF]);
    assert.deepEqual(after(world.external, 0), [0x5A, ...Array(23).fill(0xFF)]);
  });
});

Deno.test("only the partition that is named unreadable refuses to be read", async () => {
  const states = async (options: Partial<BootloaderModelOptions>) => {
    const found: number[] = [];
    await withModel(options, async (world) => {
      for (const alternate of [0, 1, 2]) {
        await world.device.setAlternate(0, alternate);
        await upload(world);
        found.push((await ask(world, DfuRequest.GETSTATUS, 6))[4]);
      }
    });
    return found;
  };
  const IDLE = 2, ERROR = 10;
  assert.deepEqual(await states({}), [IDLE, IDLE, IDLE]);
  assert.deepEqual(await states({ unreadable: "firmware" }), [IDLE, ERROR, IDLE]);
  assert.deepEqual(await states({ special: new Map([["ROMFS", { canRead: false }]]) }), [
    IDLE,
    IDLE,
    ERROR,
  ]);
});

Deno.test("a camera that is unplugged does not start its firmware afterwards", async () => {
  await withModel({}, async (world) => {
    world.unplug();
    await world.clock.sleep(5_000);
    assert.equal(world.leftAt(), undefined);
  });
});

Deno.test("a partition in a memory that the model does not have is an error of the model", async () => {
  await assert.rejects(withModel({ memories: new Map() }, async () => {}), /no memory flash/);
});
