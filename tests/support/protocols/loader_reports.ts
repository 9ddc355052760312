import assert from "node:assert/strict";
import { FlashMemory } from "../../../core/common/flash_memory.ts";
import { VirtualClock } from "../../../core/common/virtual_clock.ts";
import { BusyTime } from "../../../core/protocols/mboot/model/busy_time.ts";
import { FlexspiNor } from "../../../core/protocols/mboot/model/flexspi_nor.ts";
import { FuseArray } from "../../../core/protocols/mboot/model/fuses.ts";
import type { LoaderMachine } from "../../../core/protocols/mboot/model/loader_commands.ts";
import { RamMemory } from "../../../core/protocols/mboot/model/loader_memory.ts";
import { MbootModel } from "../../../core/protocols/mboot/model/mboot_model.ts";
import { decodePacket, encodePacket } from "../../../core/protocols/mboot/packets/command.ts";
import { encodeReport } from "../../../core/protocols/mboot/packets/report.ts";

/** A loader's model, report by report, without the client. */

export const NOR = 0x6000_0000, RAM = 0x2000_0000, RAM_SIZE = 0x4000;
export const RESERVED = [RAM + 0x1000, RAM + 0x1FFF] as const;
export const ALSO_RESERVED = [RAM + 0x3000, RAM + 0x30FF] as const;
/** A part of the flash that the loader cannot read. */
export const UNREADABLE = { start: NOR + 0x3000, size: 0x100 };
export const { signal } = new AbortController();
export const NOTHING = new Uint8Array();

/** Returns a loader, and its reports as a host exchanges them. */
export function loader(clock: VirtualClock, role: "flashloader" | "sbl", configured: boolean) {
  const sectors = [{ count: 4, size: 4096, eraseMs: 60 }];
  const flash = new FlashMemory({ base: NOR, sectors, unit: 256, unitMs: 0.5 });
  const nor = new FlexspiNor(flash, new BusyTime(clock), { configured });
  const fuses = new FuseArray({ 5: 0xA0, 63: 7 });
  const events: string[] = [];
  const machine: LoaderMachine = {
    role,
    memories: [new RamMemory(RAM, new Uint8Array(RAM_SIZE)), nor],
    flash: nor,
    fuses,
    properties: { 1: () => [0x4b02_0800], 14: (index) => [index * 16] },
    reserved: [RESERVED, ALSO_RESERVED],
    unreadable: UNREADABLE,
    commandReceived: () => void events.push("command"),
    reset: () => void events.push("reset"),
  };
  const model = new MbootModel(machine);
  const send = (bytes: Uint8Array) => model.dataOut(0x02, bytes, signal);
  const out = (id: number, payload: Uint8Array) => send(encodeReport(id, payload));
  /** Returns a whole report. */
  const raw = () => model.dataIn(0x81, 1016, signal);
  /** Returns a report without what follows its payload. */
  const read = async () => {
    const bytes = await raw();
    assert.equal(bytes.length, 1016);
    return bytes.subarray(0, 4 + bytes[2] + bytes[3] * 256);
  };
  const hex = async () => (await read()).toHex();
  /** Reads up to the generic response; `abort` for a report of no bytes before it. */
  const end = async () => {
    const aborted = [];
    for (;;) {
      const report = await read();
      if (report.length === 4) aborted.push(`abort ${report[0]}`);
      const packet = report[0] === 3 ? decodePacket(report.subarray(4)) : undefined;
      if (packet?.tag === 0xA0) return [...aborted, packet.parameters[0]].join(" ");
    }
  };
  const command = (tag: number, parameters: readonly number[] = [], hasData = false) =>
    out(1, encodePacket(tag, parameters, hasData));
  /** Returns the parameters of the answer to a command without data. */
  const ask = async (tag: number, ...parameters: number[]) => {
    await command(tag, parameters);
    return decodePacket((await read()).subarray(4))!.parameters;
  };
  const write = async (address: number, data: Uint8Array, memoryId = 0) => {
    await command(4, [address, data.length, memoryId], true);
    assert.equal(await end(), "0");
    const ended = end();
    for (let at = 0; at < data.length; at += 1012) {
      // After an abort the loader drops what is still on its way.
      await out(2, data.subarray(at, at + 1012));
    }
    return await ended;
  };
  const readMemory = async (address: number, length: number, memoryId = 0) => {
    await command(3, [address, length, memoryId]);
    return await end();
  };
  return { model, flash, fuses, events, send, out, raw, hex, end, command, ask, write, readMemory };
}

/** Does something with a loader on virtual time. */
export function withLoader(
  work: (rig: ReturnType<typeof loader> & { clock: VirtualClock }) => Promise<void>,
  { role = "flashloader", configured = true }: {
    readonly role?: "flashloader" | "sbl";
    readonly configured?: boolean;
  } = {},
): Promise<void> {
  const clock = new VirtualClock();
  return clock.run(() => work({ clock, ...loader(clock, role, configured) }));
}
