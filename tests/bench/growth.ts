/**
 * Measures how the work grows with the image, from 32 KiB to 16 MiB through the DFU partitions of
 * OpenMV's bootloaders: computing time of host and model for writing and reading back, in virtual
 * time, without waiting for wire or flash. Linear growth is a ratio of 2 for each doubling of the
 * size.
 */
import { systemClock } from "../../core/common/clock.ts";
import { PartitionClient } from "../../core/protocols/dfu/client/partition_client.ts";
import { PartitionDfuModel } from "../../core/protocols/dfu/model/partition_model.ts";
import { FlashMemory } from "../../core/common/flash_memory.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import type { BenchRow } from "./row.ts";

const KIB = 1024, MIB = 1024 * KIB;
const SMALLEST = 32 * KIB, LARGEST = 16 * MIB;
/** Below this size the resolution of the clock matters. */
const JUDGED_FROM = 256 * KIB;
const ROUNDS = 3;

export async function rows(): Promise<BenchRow[]> {
  for (let warm = 0; warm < 8; warm++) await writtenAndReadBack(256 * KIB);
  const times: { size: number; ms: number; deviceMs: number }[] = [];
  for (let size = SMALLEST; size <= LARGEST; size *= 2) {
    const rounds: { ms: number; deviceMs: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await writtenAndReadBack(size));
    const ms = Math.min(...rounds.map((one) => one.ms));
    times.push({ size, ms, deviceMs: rounds[0].deviceMs });
  }
  const judged = times.filter(({ size }) => size >= JUDGED_FROM);
  const perDoubling = judged.slice(1).map(({ ms }, at) => ms / judged[at].ms);
  const average = Math.pow(judged.at(-1)!.ms / judged[0].ms, 1 / perDoubling.length);
  return [
    ...times.map(({ size, ms }) => ({
      name: `${label(size)} written and read back: computing, host and model`,
      value: ms,
      unit: "ms",
    })),
    {
      name: "growth of computing time for each doubling, 256 KiB to 16 MiB",
      value: average,
      unit: "ratio",
      limit: 2.2,
    },
    {
      name: "growth of the device's own time over the same sizes",
      value: Math.pow(
        judged.at(-1)!.deviceMs / judged[0].deviceMs,
        1 / perDoubling.length,
      ),
      unit: "ratio",
      limit: 2.05,
    },
  ];
}

function label(size: number): string {
  return size < MIB ? `${size / KIB} KiB` : `${size / MIB} MiB`;
}

/** Returns the milliseconds of computing and of virtual time for one image. */
export async function writtenAndReadBack(size: number): Promise<{ ms: number; deviceMs: number }> {
  const clock = new VirtualClock();
  const spi = new FlashMemory({
    base: 0,
    sectors: [{ count: 512, size: 64 * KIB, eraseMs: 500 }],
    unit: 256,
    unitMs: 0.4,
  });
  const model = new PartitionDfuModel({
    clock,
    device: { idVendor: 0x37c5, idProduct: 0x924a, bcdDevice: 0x0500 },
    manufacturer: "OpenMV",
    product: "OpenMV Camera (DFU Mode)",
    serial: "0123456789ABCDEF",
    hooks: { activity() {}, configured() {}, detach() {}, manifest() {} },
    partitions: [{ name: "FIRMWARE", memory: spi, start: 0, limit: 32 * MIB, tailUnit: 1 }],
  });
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 8)) & 0xFF);
  const run = { signal: new AbortController().signal };
  const start = systemClock.now();
  await clock.run(async () => {
    const bus = new VirtualBus({ wireClock: clock });
    bus.socket("1-1").attach(model);
    const host = new MemoryBus(bus, clock);
    const device = await host.open((await host.list())[0]);
    const [partition] = await PartitionClient.partitions(device, run.signal);
    const client = await PartitionClient.open(device, clock);
    await client.write(partition, bytes, run);
    await client.verify(partition, bytes, run);
    await device.close();
    await host.close();
  });
  return { ms: systemClock.now() - start, deviceMs: clock.now() };
}
