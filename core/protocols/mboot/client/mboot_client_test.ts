import assert from "node:assert/strict";
import fc from "fast-check";
import { FlashMemory } from "../../../common/flash_memory.ts";
import type { UsbDevice, UsbSpeed } from "../../../transport/usb/device.ts";
import { MemoryBus } from "../../../transport/usb/memory.ts";
import { VirtualBus } from "../../../transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { BusyTime } from "../model/busy_time.ts";
import { MbootClient } from "./mboot_client.ts";
import { encodePacket } from "../packets/command.ts";
import { flexspiConfigAt } from "../packets/flexspi_config.ts";
import { FlexspiNor } from "../model/flexspi_nor.ts";
import { FuseArray } from "../model/fuses.ts";
import type { LoaderMachine } from "../model/loader_commands.ts";
import { RamMemory } from "../model/loader_memory.ts";
import { MbootModel } from "../model/mboot_model.ts";
import { encodeReport } from "../packets/report.ts";
import { errorOf } from "../../../../tests/support/expected_error.ts";

const NOR = 0x60000000, SCRATCH = 0x2000;
const IN = 0x81, OUT = 0x02;
const signal = new AbortController().signal;
const options = { timeoutMs: 1000, signal };

function camera(clock: VirtualClock, speed: UsbSpeed, configured = false) {
  const flash = new FlashMemory({
    base: NOR,
    sectors: [{ count: 64, size: 4096, eraseMs: 60 }],
    unit: 256,
    unitMs: 0.5,
  });
  const busy = new BusyTime(clock);
  const nor = new FlexspiNor(flash, busy, { configured });
  const fuses = new FuseArray();
  let resets = 0;
  const machine: LoaderMachine = {
    role: "flashloader",
    memories: [
      new RamMemory(0, new Uint8Array(0x20000)),
      new RamMemory(0x20000000, new Uint8Array(0x20000)),
      nor,
    ],
    flash: nor,
    fuses,
    properties: {
      1: () => [0x4b020800],
      7: () => [0x00056fdf],
      10: () => [1],
      11: () => [1012],
      12: () => [0x20002000, 0x2001734c],
    },
    reserved: [[0x20002000, 0x2001734c]],
    reset: () => resets++,
  };
  const bus = new VirtualBus();
  const model = new MbootModel(machine, { speed });
  bus.socket("1-1").attach(model);
  return { flash, busy, fuses, bus, model, resets: () => resets };
}

type Camera = ReturnType<typeof camera>;

interface Setting {
  readonly speed?: UsbSpeed;
  readonly configured?: boolean;
  /** What an earlier host did before the client connects. */
  readonly before?: (device: UsbDevice, cam: Camera) => Promise<void>;
}

async function withLoader(
  work: (client: MbootClient, cam: Camera, device: UsbDevice, clock: VirtualClock) => Promise<void>,
  setting: Setting = {},
): Promise<void> {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const cam = camera(clock, setting.speed ?? "high", setting.configured);
    const host = new MemoryBus(cam.bus, clock);
    const [info] = await host.list();
    const device = await host.open(info);
    if (setting.before) {
      await device.claim(0);
      await setting.before(device, cam);
      await device.release(0);
    }
    const client = await MbootClient.connect(device, { clock, signal });
    await work(client, cam, device, clock);
    await host.close();
  });
}

const statusOf = async (work: Promise<unknown>) => (await errorOf(work)).data.status;

async function configure(client: MbootClient): Promise<void> {
  await client.fillMemory(SCRATCH, 4, 0xc0000008);
  await client.configureMemory(9, SCRATCH);
}

const pattern = (length: number, seed = 1) =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * seed + seed) & 0xff);

Deno.test("the packets sent are those of imxrt-sdp-flashloader.md B5", async () => {
  await withLoader(async (_, __, device) => {
    const ask = async (tag: number, ...parameters: number[]) => {
      await device.interruptOut(OUT, encodeReport(1, encodePacket(tag, parameters)), options);
      const bytes = await device.interruptIn(IN, 1016, options);
      assert.equal(bytes.length, 1016);
      return Array.from(bytes.subarray(0, 4 + bytes[2]), (b) => b.toString(16).padStart(2, "0"))
        .join(" ");
    };
    assert.equal(await ask(7, 1, 0), "03 00 0c 00 a7 00 00 02 00 00 00 00 00 08 02 4b");
    assert.equal(await ask(7, 7, 0), "03 00 0c 00 a7 00 00 02 00 00 00 00 df 6f 05 00");
    assert.equal(await ask(7, 25, 9), "03 00 08 00 a7 00 00 01 dd 27 00 00");
    assert.equal(await ask(7, 3, 0), "03 00 08 00 a7 00 00 01 3c 28 00 00");
    assert.equal(
      await ask(0x0f, 6, 4),
      "03 00 10 00 af 00 00 03 00 00 00 00 04 00 00 00 00 00 00 00",
    );
    assert.equal(await ask(0x0c, 10, 1), "03 00 0c 00 a0 00 00 02 3d 28 00 00 0c 00 00 00");
    assert.equal(await ask(0x06), "03 00 0c 00 a0 00 00 02 10 27 00 00 06 00 00 00");
    assert.equal(await ask(0x0b), "03 00 0c 00 a0 00 00 02 00 00 00 00 0b 00 00 00");
  });
});

for (const speed of ["high", "full"] as const) {
  Deno.test(`memory of any length is written and read at ${speed} speed`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(60, 124, 956, 1012, 2024)),
        fc.integer({ min: 0, max: 7 }),
        async (length, shift) => {
          await withLoader(async (client) => {
            const data = pattern(length, shift + 1);
            await client.writeMemory(0x8000 + shift, data);
            assert.deepEqual(await client.readMemory(0x8000 + shift, length), data);
          }, { speed });
        },
      ),
      { numRuns: 25 },
    );
  });
}

Deno.test("full speed: an unpadded report of whole packets leaves the loader waiting", async () => {
  await withLoader(async (client) => {
    // The earlier host caused this; the client must synchronise again and still be right.
    await client.writeMemory(SCRATCH, pattern(60));
    assert.deepEqual(await client.readMemory(SCRATCH, 60), pattern(60));
  }, {
    speed: "full",
    before: async (device) => {
      const command = encodePacket(4, [SCRATCH, 60, 0], true);
      await device.interruptOut(OUT, encodeReport(1, command), options);
      await device.interruptIn(IN, 2048, options);
      await device.interruptOut(OUT, encodeReport(2, pattern(60)), options);
      await assert.rejects(device.interruptIn(IN, 2048, options), { kind: "timeout" });
    },
  });
});

Deno.test("high speed: a read longer than a report waits for a second one", async () => {
  await withLoader(async (_, __, device) => {
    await device.interruptOut(OUT, encodeReport(1, encodePacket(7, [1, 0])), options);
    await assert.rejects(device.interruptIn(IN, 2048, options), { kind: "timeout" });
  });
});

Deno.test("where the system keeps no order, no two transfers run on one endpoint at the same time", async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const host = new MemoryBus(camera(clock, "high").bus, clock);
    const device = await host.open((await host.list())[0]);
    const running = { in: 0, out: 0 };
    let most = 0;
    const counted = async <T>(direction: "in" | "out", work: Promise<T>): Promise<T> => {
      most = Math.max(most, ++running[direction]);
      return await work.finally(() => running[direction]--);
    };
    const read = device.interruptIn.bind(device), send = device.interruptOut.bind(device);
    const unordered = Object.assign(device, {
      ...{ keepsOrder: false },
      interruptIn: (...all: Parameters<typeof read>) => counted("in", read(...all)),
      interruptOut: (...all: Parameters<typeof send>) => counted("out", send(...all)),
    });
    const client = await MbootClient.connect(unordered, { clock, signal });
    await client.writeMemory(0x8000, pattern(10_000));
    assert.deepEqual(await client.readMemory(0x8000, 10_000), pattern(10_000));
    assert.equal(await statusOf(client.writeMemory(0x20002000, pattern(10_000))), 10_200);
    assert.deepEqual(await client.readMemory(0x8000, 10), pattern(10));
    assert.equal(most, 1);
    await host.close();
  });
});

Deno.test("if only whole reports are accepted, every report is whole", async () => {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const cam = camera(clock, "high");
    const lengths = new Set<number>();
    cam.bus.interpose({
      transfer(_attachment, transfer, _signal, next) {
        if (transfer.kind === "out") lengths.add(transfer.data.length);
        return next(transfer);
      },
    });
    const host = new MemoryBus(cam.bus, clock);
    const device = await host.open((await host.list())[0]);
    const windows = new Proxy(device, {
      get(target, name: keyof UsbDevice) {
        const value = name === "wholeReports" ? true : target[name];
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const client = await MbootClient.connect(windows, { clock, signal });
    await client.writeMemory(SCRATCH, pattern(1500));
    assert.deepEqual(await client.readMemory(SCRATCH, 1500), pattern(1500));
    assert.deepEqual([...lengths], [1016]);
    await host.close();
  });
});

Deno.test("after a killed write, the next session synchronises by itself", async () => {
  await withLoader(async (client) => {
    assert.equal(client.version, 0x4b020800);
    await client.fillMemory(SCRATCH, 4, 1);
  }, {
    before: async (device) => {
      const command = encodePacket(4, [0x8000, 5000, 0], true);
      await device.interruptOut(OUT, encodeReport(1, command), options);
      await device.interruptIn(IN, 1016, options);
      await device.interruptOut(OUT, encodeReport(2, pattern(1012)), options);
    },
  });
});

Deno.test("after a killed read, the next session synchronises by itself", async () => {
  await withLoader(async (client) => {
    assert.deepEqual(await client.readMemory(SCRATCH, 4), new Uint8Array(4));
  }, {
    before: async (device) => {
      const command = encodePacket(3, [0x8000, 5000, 0]);
      await device.interruptOut(OUT, encodeReport(1, command), options);
      await device.interruptIn(IN, 1016, options);
      await device.interruptIn(IN, 1016, options);
    },
  });
});

Deno.test("NOR: nothing works before configure-memory; then it has 16 pages per sector", async () => {
  await withLoader(async (client) => {
    assert.equal(await client.externalMemory(9), undefined);
    assert.equal(await statusOf(client.readMemory(NOR, 16)), 10_205);
    assert.equal(await statusOf(client.eraseRegion(NOR, 4096)), 10_205);
    assert.equal(await statusOf(client.writeMemory(NOR, pattern(16))), 10_205);
    assert.equal(await statusOf(client.eraseAll(9)), 10_205);
    await configure(client);
    assert.deepEqual(await client.externalMemory(9), {
      start: NOR,
      sizeKiB: 256,
      pageSize: 256,
      sectorSize: 4096,
      blockSize: 65536,
    });
    assert.equal((await client.readMemory(NOR, 16)).every((byte) => byte === 0xff), true);
  });
});

Deno.test("NOR: programming needs blank pages and aligned starts, and stays inside", async () => {
  await withLoader(async (client, { flash }) => {
    const data = pattern(3000);
    await client.writeMemory(NOR + 0x1000, data);
    assert.deepEqual(flash.read(NOR + 0x1000, 3000), data);
    assert.equal(await statusOf(client.writeMemory(NOR + 0x1000, data)), 10_203);
    assert.equal(await statusOf(client.writeMemory(NOR + 0x1000, pattern(100))), 10_203);
    assert.deepEqual(flash.read(NOR + 0x1000, 3000), data);
    assert.equal(await statusOf(client.writeMemory(NOR + 0x3010, data)), 20_105);
    assert.equal(await statusOf(client.writeMemory(NOR + 0x3f000, pattern(8192))), 10_200);
    assert.equal(await statusOf(client.writeMemory(0x20003000, data)), 10_200, "reserved");
    assert.equal(await statusOf(client.readMemory(0x40000000, 4)), 10_200);
    assert.equal(await statusOf(client.eraseRegion(SCRATCH, 4096)), 10_213);
    // The session is still synchronised.
    assert.deepEqual(await client.readMemory(NOR + 0x1000, 3000), data);
  }, { configured: true });
});

Deno.test("NOR: an erase is extended to whole sectors and takes its time", async () => {
  await withLoader(async (client, { flash, busy }, _, clock) => {
    await client.writeMemory(NOR, pattern(4096 * 3));
    const from = clock.now();
    await client.eraseRegion(NOR + 0x1100, 0x20);
    assert.ok(clock.now() - from >= 60);
    assert.ok(flash.isBlank(NOR + 0x1000, 0x1000));
    assert.ok(!flash.isBlank(NOR, 0x1000) && !flash.isBlank(NOR + 0x2000, 0x1000));
    await client.eraseRegion(NOR, 0);
    assert.ok(!flash.isBlank(NOR, 0x1000));
    assert.equal(busy.totalMs, 60 + 48 * 0.5);
    await client.eraseAll(9);
    assert.ok(flash.isBlank(NOR, flash.size));
  }, { configured: true });
});

Deno.test("NOR: cells that do not change are reported", async () => {
  await withLoader(async (client, { flash }) => {
    await client.writeMemory(NOR, pattern(256));
    flash.protect(NOR, 0x2000);
    assert.equal(await statusOf(client.eraseRegion(NOR, 0x1000)), 20_106);
    assert.equal(await statusOf(client.writeMemory(NOR + 0x1000, pattern(256))), 20_106);
  }, { configured: true });
});

Deno.test("the FCB is made from the option word, only on blank flash, in the right order", async () => {
  await withLoader(async (client, { flash }) => {
    const program = async () => {
      await client.fillMemory(SCRATCH, 4, 0xf000000f);
      await client.configureMemory(9, SCRATCH);
    };
    assert.equal(await statusOf(program()), 4, "without an option word first");
    await client.fillMemory(SCRATCH, 4, 0xc0200008);
    assert.equal(await statusOf(client.configureMemory(9, SCRATCH)), 20_107);
    await configure(client);
    await program();
    assert.deepEqual(flexspiConfigAt(flash.read(NOR, 512)), {
      version: "1.4.0",
      deviceType: 1,
      pads: 4,
      clock: 8,
      flashSize: 0x40000,
      pageSize: 256,
      sectorSize: 4096,
      canRead: true,
    });
    assert.equal(await statusOf(program()), 10_203, "not blank any more");
    assert.equal(await statusOf(client.configureMemory(1, SCRATCH)), 4);
    assert.equal(await statusOf(client.configureMemory(9, 0x1fff0)), 4);
  });
});

Deno.test("fuse bits change in one direction only; unaligned requests are refused", async () => {
  await withLoader(async (client, { fuses }) => {
    assert.equal(await client.readOnce(6), 0);
    await client.programOnce(6, 0x10);
    await client.programOnce(6, 0x01);
    assert.equal(await client.readOnce(6), 0x11);
    assert.equal(await statusOf(client.readOnce(64)), 4);
    assert.equal(await statusOf(client.programOnce(0x0100_0006, 1)), 4);
    fuses.locked.add(6);
    assert.equal(await statusOf(client.programOnce(6, 0x20)), 20_201);
    assert.equal(fuses.burns.length, 2);
  });
});

Deno.test("reset is answered before the chip restarts", async () => {
  await withLoader(async (client, { resets }) => {
    await client.reset();
    assert.equal(resets(), 1);
  });
});

Deno.test("a loader that disappears during a write is a disconnection", async () => {
  await withLoader(async (client, { bus }, _, clock) => {
    const write = errorOf(client.writeMemory(NOR, pattern(60_000)));
    await clock.sleep(40);
    bus.socket("1-1").detach();
    assert.equal((await write).kind, "disconnected");
  }, { configured: true });
});

Deno.test("a cable pulled during an erase leaves part of the sector", async () => {
  await withLoader(async (client, { bus, flash }, _, clock) => {
    flash.load(NOR, new Uint8Array(4096));
    const erase = errorOf(client.eraseRegion(NOR, 4096));
    await clock.sleep(30);
    bus.socket("1-1").detach();
    assert.equal((await erase).kind, "disconnected");
    await clock.sleep(100);
    assert.ok(flash.isBlank(NOR, 1024) && !flash.isBlank(NOR, 4096));
  }, { configured: true });
});
