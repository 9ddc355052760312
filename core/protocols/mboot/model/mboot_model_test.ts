import assert from "node:assert/strict";
import { FlashMemory } from "../../../common/flash_memory.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { Stall } from "../../../transport/usb/model.ts";
import { decodePacket, encodePacket } from "../packets/command.ts";
import { buildFlexspiConfig } from "../packets/flexspi_config.ts";
import { encodeReport } from "../packets/report.ts";
import { BusyTime } from "./busy_time.ts";
import { FlexspiNor } from "./flexspi_nor.ts";
import { FuseArray } from "./fuses.ts";
import type { LoaderMachine } from "./loader_commands.ts";
import { RamMemory } from "./loader_memory.ts";
import { MbootModel } from "./mboot_model.ts";

/** The loader report by report, without the client (imxrt-sdp-flashloader.md B and D2). */

const NOR = 0x6000_0000, RAM = 0x2000_0000, RAM_SIZE = 0x4000;
const RESERVED = [RAM + 0x1000, RAM + 0x1FFF] as const;
const ALSO_RESERVED = [RAM + 0x3000, RAM + 0x30FF] as const;
const { signal } = new AbortController();
const NOTHING = new Uint8Array();

function loader(clock: VirtualClock, role: "flashloader" | "sbl", configured: boolean) {
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

function withLoader(
  work: (rig: ReturnType<typeof loader> & { clock: VirtualClock }) => Promise<void>,
  { role = "flashloader", configured = true }: {
    readonly role?: "flashloader" | "sbl";
    readonly configured?: boolean;
  } = {},
): Promise<void> {
  const clock = new VirtualClock();
  return clock.run(() => work({ clock, ...loader(clock, role, configured) }));
}

const isStall = (error: unknown) => error instanceof Stall;

Deno.test("descriptors byte by byte (B1)", async () => {
  const clock = new VirtualClock();
  const { model } = loader(clock, "sbl", true);
  const get = async (bmRequestType: number, wValue: number) => {
    const setup = { bmRequestType, bRequest: 6, wValue, wIndex: 0, wLength: 255 };
    return (await model.control(setup, NOTHING, signal) as Uint8Array).toHex();
  };
  const text = async (index: number) =>
    new TextDecoder("utf-16le").decode(Uint8Array.fromHex(await get(0x80, 0x300 | index)).slice(2));
  assert.equal(await get(0x80, 0x100), "1201000200000040a215730002000102" + "0001");
  assert.equal(
    await get(0x80, 0x200),
    "09022900010100c032" + "090400000203000003" + "092100010001224c00" +
      "07058103f80303" + "07050203f80303",
  );
  const items = (id: string, kind: string) => `85${id}190129011500` + `26ff00752895cb${kind}02`;
  const reports = [items("01", "91"), items("02", "91"), items("03", "81"), items("04", "81")];
  assert.equal(await get(0x81, 0x2200), `0600ff0901a101${reports.join("")}c0`);
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(text)), [
    "FREESCALE SEMICONDUCTOR INC.",
    "USB COMPOSITE DEVICE",
    "MCU HID GENERIC DEVICE",
    "BAD STRING",
  ]);
});

Deno.test("reports have one endpoint for each direction, and no SET_REPORT", async () => {
  const { model } = loader(new VirtualClock(), "sbl", true);
  await assert.rejects(model.dataIn(0x82, 1016, signal), isStall);
  await assert.rejects(model.dataOut(0x01, new Uint8Array(4), signal), isStall);
  const setup = { bmRequestType: 0x21, bRequest: 9, wValue: 0x0201, wIndex: 0, wLength: 4 };
  await assert.rejects(model.control(setup, new Uint8Array(4), signal), isStall);
});

Deno.test("fill, read and their answers byte by byte (B5, C4)", () =>
  withLoader(async ({ command, hex }) => {
    await command(5, [RAM, 4, 0xC000_0008]);
    assert.equal(await hex(), "03000c00a00000020000000005000000");
    await command(3, [RAM, 4, 0]);
    assert.equal(await hex(), "03000c00a30100020000000004000000");
    assert.equal(await hex(), "04000400080000c0");
    assert.equal(await hex(), "03000c00a00000020000000003000000");
  }));

Deno.test("a long read comes in reports of 1012 bytes, and the last one is as long as the rest", () =>
  withLoader(async ({ command, hex, raw, end, write }) => {
    const data = Uint8Array.from({ length: 2000 }, (_, at) => at * 7 + (at >> 8));
    assert.equal(await write(RAM + 1, data), "0");
    await command(3, [RAM + 1, 2000, 0]);
    await hex();
    const first = await raw(), second = await raw();
    assert.deepEqual([...first.subarray(0, 4), ...second.subarray(0, 4)], [
      ...[4, 0, 0xF4, 3],
      ...[4, 0, 0xDC, 3],
    ]);
    assert.deepEqual(first.subarray(4), data.subarray(0, 1012));
    assert.deepEqual(second.subarray(4, 992), data.subarray(1012));
    assert.equal(await end(), "0");
  }));

Deno.test("answers end with leftovers of what was received", () =>
  withLoader(async ({ send, raw }) => {
    const report = new Uint8Array(1016).fill(0xEE);
    report.set(encodeReport(1, encodePacket(7, [1, 0])));
    await send(report);
    const answer = await raw();
    assert.equal(answer.subarray(4, 16).toHex(), "a7000002" + "00000000" + "0008024b");
    assert.ok(answer.subarray(16).every((byte) => byte === 0xEE));
  }));

Deno.test("no report is accepted before the answer to the last one is read", () =>
  withLoader(async ({ clock, command, ask, hex, events }) => {
    await command(7, [1, 0]);
    await clock.sleep(1);
    let isAccepted = false;
    const next = command(11).then(() => isAccepted = true);
    await clock.sleep(100);
    assert.equal(isAccepted, false);
    await hex();
    await next;
    await clock.sleep(1);
    assert.deepEqual(events, ["command", "command"], "it resets when its answer was read");
    await hex();
    await clock.sleep(1);
    assert.deepEqual(events, ["command", "command", "reset"]);
    assert.deepEqual(await ask(7, 1, 0), [0, 0x4b02_0800]);
  }));

Deno.test("what is no command is dropped while the loader waits for one", () =>
  withLoader(async ({ send, out, ask, events }) => {
    await out(1, NOTHING);
    await out(2, new Uint8Array(16));
    await out(1, encodePacket(7, [1, 0]).subarray(0, 8));
    await send(Uint8Array.of(1, 0, 20, 0, 7, 0, 0, 0));
    await send(Uint8Array.of(1, 0));
    assert.deepEqual(events, []);
    assert.deepEqual(await ask(7, 1, 0), [0, 0x4b02_0800]);
    assert.deepEqual(events, ["command"]);
  }));

Deno.test("in a data phase, everything but data ends it (D2)", () =>
  withLoader(async ({ command, out, send, end, ask }) => {
    const start = async () => {
      await command(4, [RAM, 2000, 0], true);
      assert.equal(await end(), "0");
      await out(2, new Uint8Array(1012));
    };
    const cases: [what: () => Promise<void>, answer: string][] = [
      [() => out(2, NOTHING), "10002"],
      [() => out(1, NOTHING), "abort 3 1"],
      [() => command(7, [1, 0]), "abort 3 1"],
      [() => send(Uint8Array.of(2, 0, 20, 0, 7, 0, 0, 0)), "abort 3 1"],
    ];
    for (const [what, answer] of cases) {
      await start();
      await what();
      assert.equal(await end(), answer);
    }
    assert.deepEqual(await ask(7, 1, 0), [0, 0x4b02_0800]);
  }));

Deno.test("data after the announced length is not written", () =>
  withLoader(async ({ command, out, end, hex }) => {
    await command(4, [RAM, 2, 0], true);
    await end();
    await out(2, Uint8Array.of(1, 2, 3, 4));
    assert.equal(await end(), "0");
    await command(3, [RAM, 4, 0]);
    await hex();
    assert.equal(await hex(), "0400040001020000");
  }));

Deno.test("parameters that a command omits keep earlier values, at first zeros", () =>
  withLoader(async ({ ask }) => {
    // Address 0, length 0, and no memory is there; with RAM at 0 it would be 10213.
    assert.deepEqual(await ask(2), [10_200, 2]);
    assert.deepEqual(await ask(5, RAM, 4, 1), [0, 5]);
    assert.deepEqual(await ask(2), [10_213, 2], "of RAM, with the fill's address");
    assert.deepEqual(await ask(7, 14, 3), [0, 48]);
    assert.deepEqual(await ask(7, 14), [0, 48]);
  }));

Deno.test("unknown and unsupported commands, with their tags", () =>
  withLoader(async ({ ask }) => {
    for (const tag of [0, 0x06, 0x08, 0x0D, 0x10, 0x12, 0x13, 0x15, 0x16, 0xFF]) {
      assert.deepEqual(await ask(tag), [10_000, tag]);
    }
  }));

Deno.test("ranges end at the last byte of a memory, and of what is reserved (B8)", () =>
  withLoader(async ({ write, readMemory, ask }) => {
    const end = RAM + RAM_SIZE, [from, to] = RESERVED;
    const four = new Uint8Array(4);
    for (
      const [address, read, written] of [
        [RAM - 1, "abort 4 10200", "abort 3 10200"],
        [RAM, "0", "0"],
        [end - 4, "0", "0"],
        [end - 3, "abort 4 10200", "abort 3 10200"],
        [from - 4, "0", "0"],
        [from - 3, "0", "abort 3 10200"],
        [to, "0", "abort 3 10200"],
        [to + 1, "0", "0"],
        [ALSO_RESERVED[0], "0", "abort 3 10200"],
        [0x4000_0000, "abort 4 10200", "abort 3 10200"],
        [NOR - 1, "abort 4 10200", "abort 3 10200"],
        [NOR + 0x3FFC, "0", "abort 3 20105"],
        [NOR + 0x3FFD, "abort 4 10200", "abort 3 10200"],
      ] as const
    ) {
      const name = address.toString(16);
      assert.equal(await readMemory(address, 4), read, name);
      assert.equal(await write(address, four), written, name);
      const filled = written === "0" ? 0 : Number(written.split(" ").at(-1));
      assert.deepEqual(await ask(5, address, 4, 0), [filled, 5], name);
    }
  }));

Deno.test("which memory an id names: only its bits 8 to 11 count", () =>
  withLoader(async ({ readMemory, write, ask }) => {
    for (
      const [id, status] of [
        [0, 0],
        [9, 0],
        [0xFF, 0],
        [0x1000, 0],
        [0x100, 10_205],
        [0x1FF, 10_205],
        [0x200, 10_200],
        [0xF00, 10_200],
      ]
    ) {
      assert.equal(await readMemory(RAM, 4, id), status === 0 ? "0" : `abort 4 ${status}`);
      assert.equal(
        await write(RAM, new Uint8Array(4), id),
        status === 0 ? "0" : `abort 3 ${status}`,
      );
      assert.deepEqual(await ask(2, NOR, 0, id), [status, 2]);
    }
  }));

Deno.test("properties: read, unknown, and read-only ones", () =>
  withLoader(async ({ ask }) => {
    assert.deepEqual(await ask(7, 1, 0), [0, 0x4b02_0800]);
    assert.deepEqual(await ask(7, 3, 0), [10_300]);
    assert.deepEqual(await ask(0x0C, 1, 0), [10_301, 0x0C]);
    assert.deepEqual(await ask(0x0C, 25, 0), [10_301, 0x0C]);
    assert.deepEqual(await ask(0x0C, 3, 0), [10_300, 0x0C]);
    assert.deepEqual(await ask(7, 25, 9), [0, 0x1F, NOR, 16, 256, 4096, 65_536]);
  }));

const others = [8, 0x100, 0x101, 0x110, 0x120, 0x121];
for (const [role, status] of [["flashloader", 10_205], ["sbl", 4]] as const) {
  Deno.test(`${role}: external memories other than FlexSPI NOR`, () =>
    withLoader(async ({ ask }) => {
      for (const id of others) {
        assert.deepEqual(await ask(7, 25, id), [status]);
        assert.deepEqual(await ask(1, id), [status, 1]);
      }
      for (const id of [0, 1, 10, 0x122]) {
        assert.deepEqual(await ask(7, 25, id), [4]);
        assert.deepEqual(await ask(1, id), [4, 1]);
      }
    }, { role }));
}

Deno.test("fuses: index 0 to 63, four bytes, bits that only become 1", () =>
  withLoader(async ({ ask, fuses }) => {
    assert.deepEqual(await ask(0x0F, 5, 4), [0, 4, 0xA0]);
    assert.deepEqual(await ask(0x0F, 63, 4), [0, 4, 7]);
    for (const [index, count] of [[64, 4], [5, 0], [5, 3], [5, 8], [0x100_0005, 4]]) {
      assert.deepEqual(await ask(0x0F, index, count), [4, 0]);
    }
    assert.deepEqual(await ask(0x0E, 5, 4, 0x11), [0, 0x0E]);
    assert.deepEqual(await ask(0x0E, 63, 4, 8), [0, 0x0E]);
    assert.deepEqual([fuses.read(5), fuses.read(63)], [0xB1, 15]);
    for (const [index, count] of [[64, 4], [5, 3], [5, 8], [0x100_0005, 4]]) {
      assert.deepEqual(await ask(0x0E, index, count, 0xFF), [4, 0x0E]);
    }
    assert.deepEqual(await ask(0x0E, 5, 0, 0xFF), [0, 0x0E], "does nothing");
    fuses.locked.add(5);
    assert.deepEqual(await ask(0x0E, 5, 4, 0xFF), [20_201, 0x0E]);
    assert.deepEqual(fuses.burns, [{ index: 5, value: 0x11 }, { index: 63, value: 8 }]);
    assert.deepEqual([fuses.read(5), fuses.read(63)], [0xB1, 15]);
  }));

Deno.test("configure-memory: each kind of block, and where it may lie", () =>
  withLoader(async ({ ask, write, flash }) => {
    const configure = async (word: number) => {
      await ask(5, RAM, 4, word);
      return (await ask(0x11, 9, RAM))[0];
    };
    assert.equal(await configure(0xF000_000F), 4, "nothing is configured");
    assert.deepEqual(await ask(7, 25, 9), [10_205]);
    assert.deepEqual(await ask(1, 9), [10_205, 1]);
    for (const word of [0xC010_0008, 0xC020_0008, 0xC001_0008, 0xC002_0008]) {
      assert.equal(await configure(word), 20_107, word.toString(16));
    }
    for (const word of [0, 0xB000_0000, 0xE000_0000, 0xF000_000E, 0xF000_001F]) {
      assert.equal(await configure(word), 4, word.toString(16));
    }
    assert.equal(await configure(0xC000_0008), 0);
    assert.equal((await ask(7, 25, 9))[0], 0);
    for (const word of [0, 0xF000_000E]) assert.equal(await configure(word), 4);
    assert.deepEqual(await ask(0x11, 8, RAM), [4, 0x11]);
    assert.deepEqual(await ask(0x11, 9, RAM + RAM_SIZE - 511), [4, 0x11]);
    const chip = { flashSize: 0x4000, pageSize: 256, sectorSize: 4096, blockSize: 65_536 };
    const block = buildFlexspiConfig(chip, 6);
    assert.equal(await write(RAM + RAM_SIZE - 512, block), "0");
    assert.deepEqual(await ask(0x11, 9, RAM + RAM_SIZE - 512), [0, 0x11]);
    flash.load(NOR + 0x100, Uint8Array.of(0));
    assert.equal(await configure(0xF000_000F), 10_203, "its second page is not blank");
    assert.ok(flash.isBlank(NOR, 0x100));
    flash.erase(NOR);
    assert.equal(await configure(0xF000_000F), 0);
    assert.deepEqual(flash.read(NOR, 512), block);
  }, { configured: false }));

Deno.test("the option word's last digit is the clock of the block", () =>
  withLoader(async ({ ask, flash }) => {
    for (const word of [0xC000_0003, 0xF000_000F]) {
      await ask(5, RAM, 4, word);
      assert.deepEqual(await ask(0x11, 9, RAM), [0, 0x11]);
    }
    assert.equal(flash.read(NOR + 0x46, 1)[0], 3);
  }, { configured: false }));

Deno.test("NOR: pages are programmed up to the last one, and up to the first that is not blank", () =>
  withLoader(async ({ write, ask, flash, clock }) => {
    const data = new Uint8Array(700).fill(0x5A);
    assert.equal(await write(NOR + 0x3D00, data), "0", "the last three pages");
    assert.equal(flash.read(NOR + 0x3FBB, 2).toHex(), "5aff");
    assert.equal(await write(NOR + 0x3F00, new Uint8Array(256)), "abort 3 10203");
    flash.load(NOR + 0x200, Uint8Array.of(0));
    const from = clock.elapsed;
    assert.equal(await write(NOR, new Uint8Array(1024)), "abort 3 10203");
    assert.equal(clock.elapsed - from, 1);
    assert.deepEqual([flash.read(NOR, 1)[0], flash.read(NOR + 0x1FF, 1)[0]], [0, 0]);
    assert.ok(flash.isBlank(NOR + 0x201, 0x100));
    assert.deepEqual(await ask(5, NOR + 0x400, 4, 0x1234_5678), [0, 5]);
    assert.equal(flash.read(NOR + 0x400, 5).toHex(), "78563412ff");
    assert.deepEqual(await ask(5, NOR + 0x400, 4, 0), [10_203, 5]);
    assert.deepEqual(await ask(5, NOR + 0x400, 512, 0), [10_203, 5]);
    assert.deepEqual(await ask(5, NOR + 0x501, 4, 0), [20_105, 5]);
  }));

Deno.test("NOR: an erase rounds outwards, and every sector must be blank after it", () =>
  withLoader(async ({ ask, flash, clock }) => {
    flash.load(NOR, new Uint8Array(0x4000));
    assert.deepEqual(await ask(2, NOR + 0x1FFF, 2, 0), [0, 2]);
    assert.ok(flash.isBlank(NOR + 0x1000, 0x2000));
    assert.deepEqual([flash.read(NOR + 0xFFF, 1)[0], flash.read(NOR + 0x3000, 1)[0]], [0, 0]);
    assert.equal(clock.elapsed, 120);
    assert.deepEqual(await ask(2, NOR, 0, 0), [0, 2]);
    assert.equal(flash.read(NOR, 1)[0], 0);
    flash.protect(NOR + 0x3000, 1);
    assert.deepEqual(await ask(2, NOR + 0x2000, 0x1001, 0), [20_106, 2]);
    assert.deepEqual(await ask(1, 9), [20_106, 1]);
    assert.ok(flash.isBlank(NOR, 0x3000), "the others were erased");
  }));

Deno.test("without power, part of the sector is erased and nothing else happens", () =>
  withLoader(async ({ command, flash, clock, model, send }) => {
    flash.load(NOR, new Uint8Array(0x2000));
    await command(2, [NOR, 0x2000, 0]);
    await clock.sleep(75);
    model.detached();
    await clock.sleep(500);
    assert.ok(flash.isBlank(NOR, 0x1400) && !flash.isBlank(NOR + 0x1400, 1));
    let isAccepted = false;
    void send(new Uint8Array(4)).then(() => isAccepted = true);
    await clock.sleep(10);
    assert.equal(isAccepted, false);
  }));

Deno.test("a fill repeats its pattern from where the address is", () =>
  withLoader(async ({ ask, command, hex }) => {
    await ask(5, RAM + 1, 6, 0x4433_2211);
    await command(3, [RAM, 8, 0]);
    await hex();
    assert.equal(await hex(), "04000800" + "0022334411223300");
  }));
