import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { Stall } from "../../../transport/usb/model.ts";
import { encodePacket } from "../packets/command.ts";
import { encodeReport } from "../packets/report.ts";
import {
  ALSO_RESERVED,
  loader,
  NOR,
  NOTHING,
  RAM,
  RAM_SIZE,
  RESERVED,
  signal,
  withLoader,
} from "../../../../tests/support/protocols/loader_reports.ts";

/** The loader report by report, without the client (imxrt-sdp-flashloader.md B and D2). */

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
