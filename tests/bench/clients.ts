/**
 * Measures how much data each protocol client moves in memory, with the model of its device:
 * computing time of both, in virtual time, without waiting for wire or flash.
 */
import { CameraModel } from "../../boards/openmv_rt1062/camera_model.ts";
import { enterMaintenance, reachEnclave } from "../../core/protocols/alif_isp/client/connect.ts";
import { MRAM_BASE } from "../../core/protocols/alif_isp/packets/memory_map.ts";
import { compareMram } from "../../core/protocols/alif_isp/client/read_back.ts";
import { testChip } from "../support/protocols/alif_isp_rig.ts";
import { writeImage } from "../../core/protocols/alif_isp/client/write_image.ts";
import { systemClock } from "../../core/common/clock.ts";
import { pattern, withRom } from "../support/protocols/dfu_rig.ts";
import { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import { type SdpMachine, SdpModel } from "../../core/protocols/sdp/model/sdp_model.ts";
import { SdpClient } from "../../core/protocols/sdp/client/sdp_client.ts";
import { programFlash } from "../../core/protocols/serial_boot/client/open_bootloader_client.ts";
import { PhaseId } from "../../core/protocols/serial_boot/packets/phase.ts";
import { startImage } from "../../core/protocols/serial_boot/client/rom_client.ts";
import { Stm32n6Rom } from "../../core/protocols/serial_boot/model/rom_model.ts";
import {
  openOn,
  sampleImage,
  sampleLayout,
  sampleLoader,
  SERIAL,
  startSession,
  withOpenBootloader,
} from "../support/protocols/serial_boot_rig.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import type { UsbDevice } from "../../core/transport/usb/device.ts";
import type { UsbDeviceModel } from "../../core/transport/usb/model.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { writtenAndReadBack } from "./growth.ts";
import type { BenchRow } from "./row.ts";

const KIB = 1024, MIB = 1024 * KIB;
const WARM = 2, ROUNDS = 3;
const run = { signal: new AbortController().signal };

interface Traffic {
  readonly name: string;
  /** @returns the bytes that went through the client in both directions */
  work(): Promise<number>;
}

const clients: readonly Traffic[] = [
  { name: "DfuSe, ST's ROM: written and read back", work: dfuSe },
  {
    name: "DFU partitions of OpenMV's bootloader: written and read back",
    work: partitions,
  },
  { name: "N6, ROM: first stage sent", work: n6Rom },
  { name: "N6, OpenBootloader: written", work: openBootloader },
  { name: "RT1062, ROM: file written", work: sdp },
  { name: "RT1062, loader: written and read back", work: mboot },
  { name: "AE3, Secure Enclave: written and read back", work: enclave },
];

export async function rows(): Promise<BenchRow[]> {
  const all: BenchRow[] = [];
  for (const { name, work } of clients) {
    for (let warm = 0; warm < WARM; warm++) await work();
    let best = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const start = systemClock.now();
      const bytes = await work();
      best = Math.max(best, bytes / MIB / ((systemClock.now() - start) / 1000));
    }
    all.push({ name, value: best, unit: "MiB/s" });
  }
  return all;
}

async function dfuSe(): Promise<number> {
  const bytes = pattern(MIB), address = 0x0800_0000;
  await withRom("STM32F765", {}, async ({ open }) => {
    const client = await open();
    await client.writeRange(address, bytes, run);
    await client.verifyRange(address, bytes, run);
  });
  return 2 * bytes.length;
}

async function partitions(): Promise<number> {
  await writtenAndReadBack(4 * MIB);
  return 8 * MIB;
}

async function n6Rom(): Promise<number> {
  const image = sampleImage(300 * KIB);
  const clock = new VirtualClock();
  await clock.run(async () => {
    const bus = new VirtualBus();
    let started: Uint8Array | undefined;
    const leave = (image?: Uint8Array) => {
      started = image;
      bus.socket("1-1").detach();
    };
    bus.socket("1-1").attach(new Stm32n6Rom({ clock, serial: SERIAL, leave }));
    await startImage(await startSession(await openOn(bus, clock)), image);
    await clock.sleep(3_000);
    if (started?.length !== image.length) throw new Error("the first stage was not started");
  });
  return image.length;
}

async function openBootloader(): Promise<number> {
  const bytes = pattern(MIB);
  await withOpenBootloader({}, async (opened) => {
    await programFlash(await startSession(opened), {
      layout: sampleLayout(),
      loader: sampleLoader(),
      parts: [{ id: PhaseId.APPLICATION, offset: 0, bytes }],
    });
    if (!opened.flash.holds(opened.flash.base, bytes)) throw new Error("it was not written");
  });
  return bytes.length;
}

async function sdp(): Promise<number> {
  const ram = new Uint8Array(MIB), base = 0x2000_0000;
  const chip: SdpMachine = {
    habMode: "open",
    read: (address, length) => ram.slice(address - base, address - base + length),
    write(address, bytes) {
      ram.set(bytes, address - base);
      return true;
    },
    jump() {},
    crash() {},
  };
  const bytes = pattern(MIB);
  await opened(() => new SdpModel(chip), async (device) => {
    const client = await SdpClient.open(device, run);
    await client.writeFile(base, bytes);
  });
  if (ram.at(-1) !== bytes.at(-1)) throw new Error("it was not written");
  return bytes.length;
}

/** Plugs in a model and opens it, in virtual time. */
async function opened(
  model: (clock: VirtualClock) => UsbDeviceModel,
  work: (device: UsbDevice) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const bus = new VirtualBus();
    bus.socket("1-1").attach(model(clock));
    const host = new MemoryBus(bus, clock);
    await work(await host.open((await host.list())[0]));
    await host.close();
  });
}

async function mboot(): Promise<number> {
  /** An area of the loader's RAM that nothing else uses. */
  const address = 0x4000, length = 100 * KIB, times = 8;
  const bytes = pattern(length);
  const clock = new VirtualClock();
  await clock.run(async () => {
    const bus = new VirtualBus();
    const camera = new CameraModel({ clock, socket: bus.socket("1-1"), condition: "healthy" });
    const host = new MemoryBus(bus, clock);
    await camera.perform({ id: "plug", text: "" });
    while ((await host.list()).length === 0) await host.changed({ timeoutMs: 1_000, ...run });
    const device = await host.open((await host.list())[0]);
    const client = await MbootClient.connect(device, { clock, ...run });
    for (let time = 0; time < times; time++) {
      await client.writeMemory(address, bytes);
      const read = await client.readMemory(address, length);
      if (read.at(-1) !== bytes.at(-1)) throw new Error("what was read back differs");
    }
    await host.close();
  });
  return 2 * times * length;
}

async function enclave(): Promise<number> {
  const bytes = pattern(128 * KIB);
  const chip = testChip();
  await chip.clock.run(async () => {
    chip.enclave.powerOn();
    await chip.clock.sleep(1_000);
    const client = await chip.connect();
    await reachEnclave(client);
    await enterMaintenance(client);
    await writeImage(client, MRAM_BASE, bytes, run);
    const different = await compareMram(client, MRAM_BASE, bytes, run);
    if (different !== undefined) throw new Error("what was read back differs");
  });
  return 2 * bytes.length;
}
