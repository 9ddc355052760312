import type { Clock } from "../../../core/common/clock.ts";
import { FlashMemory } from "../../../core/common/flash_memory.ts";
import { MemoryBus } from "../../../core/transport/usb/memory.ts";
import type { UsbDevice } from "../../../core/transport/usb/device.ts";
import { readString } from "../../../core/transport/usb/strings.ts";
import { VirtualBus, type VirtualSocket } from "../../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import type { ExternalFlashOptions } from "../../../core/protocols/serial_boot/model/external_flash_model.ts";
import { parseFlashLayout } from "../../../core/protocols/serial_boot/packets/flash_layout.ts";
import { buildStm32Image } from "../../../core/protocols/serial_boot/packets/header_v2.ts";
import { layoutDownload } from "../../../core/protocols/serial_boot/packets/layout_download.ts";
import { NOR_BASE } from "../../../core/protocols/serial_boot/model/phase_machine_model.ts";
import { OpenBootloader } from "../../../core/protocols/serial_boot/model/open_bootloader_model.ts";
import { SerialBootSession } from "../../../core/protocols/serial_boot/client/session.ts";
import { LoaderFunctions } from "../../../core/protocols/serial_boot/packets/external_loader.ts";
import { VectorTable } from "../../../core/common/vector_table.ts";

/** What the tests of this folder share: sample files, and a device on a virtual bus. */

export const SERIAL = "0123456789ABCDEF01234567";
const signal = new AbortController().signal;
export const options = { timeoutMs: 60_000, signal };

/** Generated code with a vector table; every byte depends on its offset. */
export function sampleCode(length: number): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, at) => at * 7 + (at >> 8) & 0xFF);
  VectorTable.write(bytes, 0, { initialStackPointer: 0x3419_F000, resetVector: 0x3418_0501 });
  return bytes;
}

export function sampleImage(codeLength: number): Uint8Array {
  return buildStm32Image(sampleCode(codeLength), { binaryType: 0x10 });
}

export function sampleLoader(length = 7880): Uint8Array {
  const bytes = Uint8Array.from({ length }, (_, at) => at * 11 & 0xFF);
  LoaderFunctions.write(bytes, 0, {
    Init: 0x3800_006D,
    Write: 0x3800_00C9,
    SectorErase: 0x3800_00F7,
    MassErase: 0x3800_009F,
    CheckSum: 0x3800_013F,
    Verify: 0x3800_01EB,
    Read: 0,
  });
  return bytes;
}

export const LAYOUT_TEXT = "P\t0x1\tfsbl\tBinary\tnone\t0x0\tf\n" +
  "P\t0x3\textfl\tBinary\tnone\t0x0\tl\n" +
  "P\t0x4\tapp\tBinary\tnor0\t0x0\tb\n";

export function sampleLayout(text = LAYOUT_TEXT): Uint8Array {
  return layoutDownload(parseFlashLayout(new TextEncoder().encode(text), "FlashLayout.tsv"));
}

/** 2 MiB of NOR flash at 0x70000000: sectors of 64 KiB, pages of 256 bytes. */
function norFlash(): FlashMemory {
  const sectors = [{ count: 32, size: 0x1_0000, eraseMs: 400 }];
  return new FlashMemory({ base: NOR_BASE, sectors, rule: "and", unit: 256, unitMs: 0.2 });
}

export interface Opened {
  readonly clock: Clock;
  readonly socket: VirtualSocket;
  readonly device: UsbDevice;
  readonly names: ReadonlyMap<number, string>;
}

/** Opens the device on a socket of a bus and claims its interface. */
export async function openOn(bus: VirtualBus, clock: Clock): Promise<Opened> {
  const host = new MemoryBus(bus, clock);
  const [info] = await host.list();
  const device = await host.open(info);
  await device.claim(0);
  const names = new Map<number, string>();
  for (const { bAlternateSetting, iInterface } of info.configurations[0].interfaces) {
    const name = await readString(device, iInterface, options);
    if (name !== undefined) names.set(bAlternateSetting, name);
  }
  return { clock, socket: bus.socket("1-1"), device, names };
}

/** Runs `work` with a fresh OpenBootloader on virtual time. */
export async function withOpenBootloader(
  trap: Partial<ExternalFlashOptions>,
  work: (opened: Opened & { model: OpenBootloader; flash: FlashMemory }) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const bus = new VirtualBus();
    const flash = norFlash();
    const model: OpenBootloader = new OpenBootloader({
      clock,
      flash,
      serial: SERIAL,
      works: (driver) => driver.toHex() === sampleLoader().toHex(),
      ...trap,
      onDetach() {
        bus.socket("1-1").detach();
        bus.socket("1-1").attach(model);
      },
    });
    bus.socket("1-1").attach(model);
    await work({ ...await openOn(bus, clock), model, flash });
  });
}

export async function startSession(opened: Opened, blockSize?: number): Promise<SerialBootSession> {
  const { device, clock, names } = opened;
  return await SerialBootSession.start({ device, clock, names, signal, blockSize });
}
