import type { UsbDevice } from "../../../core/transport/usb/device.ts";
import { MemoryBus } from "../../../core/transport/usb/memory.ts";
import type { UsbDeviceModel } from "../../../core/transport/usb/model.ts";
import type { SetupPacket } from "../../../core/transport/usb/setup_packet.ts";
import {
  type Interposer,
  VirtualBus,
  type VirtualSocket,
} from "../../../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import {
  DfuSeClient,
  type DfuSeClientOptions,
} from "../../../core/protocols/dfu/client/dfuse_client.ts";
import type { DfuSeModel } from "../../../core/protocols/dfu/model/dfuse_model.ts";
import type { DfuProgress } from "../../../core/protocols/dfu/client/memory_access.ts";
import { DfuRequest } from "../../../core/protocols/dfu/packets/request.ts";
import {
  type Stm32Chip,
  stm32Flash,
  stm32Rom,
  type Stm32RomOptions,
} from "../../../core/protocols/dfu/model/stm32_rom_model.ts";
import { parseLayout } from "../../../core/protocols/dfu/packets/layout.ts";

/** One simulated device, a host, and an observer between them. */

export const never = new AbortController().signal;

/** Sees every class request, and may answer it, throw, or pass it on. */
export type Intercept = (
  setup: SetupPacket,
  next: () => Promise<Uint8Array>,
  rig: { socket: VirtualSocket; signal: AbortSignal; data: Uint8Array },
) => Promise<Uint8Array>;

/** Opens the model in socket 1-1 of a bus. `log` gets a line for each DFU request. */
export async function plugIn(
  model: UsbDeviceModel,
  clock: VirtualClock,
  intercept: Intercept = (_, next) => next(),
): Promise<{ device: UsbDevice; socket: VirtualSocket; log: string[] }> {
  const bus = new VirtualBus();
  const socket = bus.socket("1-1");
  const log: string[] = [];
  const interposer: Interposer = {
    transfer: async (_attachment, transfer, signal, next) => {
      if (transfer.kind !== "control" || (transfer.setup.bmRequestType & 0x60) !== 0x20) {
        return await next(transfer);
      }
      const { setup, data } = transfer;
      const line = log.push(requestName(setup)) - 1;
      const reply = await intercept(setup, () => next(transfer), { socket, signal, data });
      if (setup.bRequest === DfuRequest.GETSTATUS) log[line] += ` ${reply[4]}`;
      return reply;
    },
  };
  bus.interpose(interposer);
  socket.attach(model);
  const host = new MemoryBus(bus, clock);
  const device = await host.open((await host.list())[0]);
  return { device, socket, log };
}

function requestName({ bRequest, wValue, wLength }: SetupPacket): string {
  const name = Object.entries(DfuRequest).find(([, number]) => number === bRequest)?.[0] ?? "?";
  const takesBlock = bRequest === DfuRequest.DNLOAD || bRequest === DfuRequest.UPLOAD;
  return takesBlock ? `${name} ${wValue}/${wLength}` : name;
}

export interface RomRig {
  readonly clock: VirtualClock;
  readonly model: DfuSeModel;
  readonly flash: ReturnType<typeof stm32Flash>;
  readonly device: UsbDevice;
  readonly socket: VirtualSocket;
  readonly log: string[];
  open(options?: Partial<DfuSeClientOptions>): Promise<DfuSeClient>;
}

export interface RigOptions extends Partial<Omit<Stm32RomOptions, "clock">> {
  readonly intercept?: Intercept;
}

const layouts: Readonly<Record<Stm32Chip, string>> = {
  STM32F427: "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg",
  STM32F765: "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg",
  STM32H743: "@Internal Flash   /0x08000000/16*128Kg",
};

/**
 * Runs `work` on virtual time with a ROM of the chip; leave and re-enumeration work as in a camera.
 */
export async function withRom<T>(
  chip: Stm32Chip,
  options: RigOptions,
  work: (rig: RomRig) => Promise<T>,
): Promise<T> {
  const clock = new VirtualClock();
  const { intercept, ...rom } = options;
  const flash = options.flash ?? stm32Flash(chip);
  return await clock.run(async () => {
    const cable: { socket?: VirtualSocket } = {};
    const hooks = {
      leave: () => cable.socket?.detach(),
      reenumerate: () => cable.socket?.detach(),
    };
    const model = stm32Rom(chip, { hooks, ...rom, clock, flash });
    const plugged = await plugIn(model, clock, intercept);
    cable.socket = plugged.socket;
    const open = (more: Partial<DfuSeClientOptions> = {}) =>
      DfuSeClient.open({
        device: plugged.device,
        clock,
        layout: parseLayout(layouts[chip]),
        signal: never,
        ...more,
      });
    return await work({ clock, model, flash, open, ...plugged });
  });
}

/** Returns bytes that differ everywhere and contain no 0xFF. */
export function pattern(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8) * 13 + seed) % 251);
}

/** Records progress and whether it ever decreased. */
export function progressLog() {
  const seen: DfuProgress[] = [];
  return {
    seen,
    onProgress: (progress: DfuProgress) => void seen.push(progress),
    get rises() {
      return seen.every((one, i) => i === 0 || one.done >= seen[i - 1].done) &&
        seen.at(-1)?.done === seen.at(-1)?.total;
    },
  };
}
