import assert from "node:assert/strict";
import { MemoryBus } from "../../../transport/usb/memory.ts";
import { VirtualBus } from "../../../transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { SdpClient } from "./sdp_client.ts";
import { encodeCommand } from "../packets/command.ts";
import { encodeIvt } from "../packets/ivt.ts";
import { type SdpMachine, SdpModel, type SdpTraps } from "../model/sdp_model.ts";
import { encodeReport } from "../packets/report.ts";
import { errorOf } from "../../../../tests/support/expected_error.ts";

const LOAD = 0x20001c00;
const signal = new AbortController().signal;

/** 64 KiB of RAM at 0x20000000, one register, and what the ROM did. */
function machine(clock: VirtualClock, habMode: "open" | "closed" = "open") {
  const ram = new Uint8Array(0x10000);
  const base = 0x20000000;
  const events: string[] = [];
  const socket = new VirtualBus();
  const chip: SdpMachine = {
    habMode,
    read: (address, length) => {
      if (address === 0x401f4460 && length === 4) return Uint8Array.of(0x10, 0, 0, 0);
      if (address < base || address + length > base + ram.length) return undefined;
      return ram.slice(address - base, address - base + length);
    },
    write: (address, bytes) => {
      if (address < base || address + bytes.length > base + ram.length) return false;
      ram.set(bytes, address - base);
      return true;
    },
    jump: (address) => {
      events.push(`jump ${address.toString(16)}`);
      clock.sleep(20).then(() => socket.socket("1-1").detach());
    },
    crash: () => {
      events.push("crash");
      socket.socket("1-1").detach();
    },
  };
  return { ram, events, chip, bus: socket };
}

/** Returns a file of `length` bytes with an IVT for LOAD, as sdphost_flash_loader.bin has one. */
function loader(length: number, entry = LOAD + 0x101): Uint8Array {
  const file = Uint8Array.from({ length }, (_, at) => (at * 7) & 0xff);
  file.set(encodeIvt({ entry, self: LOAD, start: LOAD, length }));
  return file;
}

async function withRom(
  work: (client: SdpClient, rom: ReturnType<typeof machine>) => Promise<void>,
  options: { habMode?: "open" | "closed"; traps?: SdpTraps; before?: (rom: SdpModel) => void } = {},
): Promise<void> {
  const clock = new VirtualClock();
  const rom = machine(clock, options.habMode);
  await clock.run(async () => {
    const model = new SdpModel(rom.chip, { traps: options.traps });
    rom.bus.socket("1-1").attach(model);
    options.before?.(model);
    const host = new MemoryBus(rom.bus, clock);
    const [info] = await host.list();
    const device = await host.open(info);
    await work(await SdpClient.open(device, { signal }), rom);
    await host.close();
  });
}

Deno.test("the ROM reports its mode, accepts a file and jumps to it", async () => {
  await withRom(async (client, { ram, events }) => {
    assert.deepEqual(await client.errorStatus(), { habMode: "open", word: 0 });
    const file = loader(3000);
    const done: number[] = [];
    await client.writeFile(LOAD, file, (bytes) => done.push(bytes));
    assert.deepEqual(done, [1024, 2048, 3000]);
    assert.deepEqual(ram.slice(0x1c00, 0x1c00 + 3000), file);
    assert.deepEqual(await client.readRegister(LOAD, 100), file.slice(0, 100));
    assert.equal(await client.jumpAddress(LOAD), "open");
    assert.deepEqual(events, ["jump 20001c00"]);
  });
});

Deno.test("the HAB report is accepted in the length that Windows delivers", async () => {
  await withRom(async (client) => {
    assert.equal((await client.errorStatus()).habMode, "open");
    assert.equal((await client.writeFile(LOAD, loader(100))).word, 0x88888888);
  }, { traps: { paddedInReports: true } });
});

Deno.test("registers are read and written, DCD is sent and skipped", async () => {
  await withRom(async (client, { ram }) => {
    assert.deepEqual(await client.readRegister(0x401f4460, 4), Uint8Array.of(0x10, 0, 0, 0));
    await client.writeRegister(0x20000010, 0x12345678);
    assert.deepEqual([...ram.slice(0x10, 0x14)], [0x78, 0x56, 0x34, 0x12]);
    await client.writeDcd(0x20000100, Uint8Array.of(1, 2, 3));
    assert.equal((await client.skipDcdHeader()).word, 0x900dd009);
    // A missing address leads to a HAB event, which cannot be distinguished from data (A3).
    assert.deepEqual([...await client.readRegister(0x60000000, 4)], [0x33, 0x22, 0x33, 0]);
  });
});

Deno.test("a jump to anything but a loaded image is refused with the HAB event", async () => {
  await withRom(async (client, { events }) => {
    await client.writeFile(LOAD, loader(2000, LOAD + 5000));
    const outside = await errorOf(client.jumpAddress(LOAD));
    assert.equal(outside.kind, "device-status");
    assert.equal(outside.data.reason, "invalid IVT");
    await client.writeFile(LOAD + 0x400, loader(2000));
    assert.equal((await errorOf(client.jumpAddress(LOAD + 0x400))).kind, "device-status");
    assert.deepEqual(events, []);
    assert.equal((await client.errorStatus()).habMode, "open");
  });
});

Deno.test("a closed part reports this, hides its registers and does not run an unsigned image", async () => {
  await withRom(async (client, { events }) => {
    assert.equal((await client.errorStatus()).habMode, "closed");
    await client.writeFile(LOAD, loader(2000));
    const error = await errorOf(client.jumpAddress(LOAD));
    assert.equal(error.data.reason, "invalid CSF");
    assert.deepEqual(events, []);
  }, { habMode: "closed" });
});

Deno.test("padding that exceeds the RAM crashes the ROM", async () => {
  await withRom(async (client, { events }) => {
    const error = await errorOf(client.writeFile(0x2000fe00, new Uint8Array(0x200)));
    assert.equal(error.kind, "disconnected");
    assert.deepEqual(events, ["crash"]);
  });
});

Deno.test("answers that another program left are not used", async () => {
  await withRom(async (client) => {
    assert.deepEqual(await client.errorStatus(), { habMode: "open", word: 0 });
  }, {
    before: (model) => {
      const setup = { bmRequestType: 0x21, bRequest: 9, wValue: 0x0201, wIndex: 0, wLength: 17 };
      // A refused jump, of which that program read only the first report or nothing (A8).
      void model.control(setup, encodeReport(1, encodeCommand("JUMP_ADDRESS", {})), signal);
    },
  });
});

Deno.test("without an answer, the error is a timeout that names the command", async () => {
  await withRom(async (client) => {
    const error = await errorOf(client.writeRegister(0x20000000, 1, 24 as 32));
    assert.equal(error.kind, "timeout");
    assert.match(error.message, /write-register 0x20000000 within 5000 ms/);
  });
});

Deno.test("a jump without any answer is judged by what appears on the bus", async () => {
  await withRom(async (client, { events }) => {
    await client.writeFile(LOAD, loader(2000));
    assert.equal(await client.jumpAddress(LOAD), undefined);
    assert.equal(events.length, 1);
  }, { traps: { jumpAnswerMissing: true } });
});
