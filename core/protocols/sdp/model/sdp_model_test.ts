import assert from "node:assert/strict";
import { Stall } from "../../../transport/usb/model.ts";
import { type CommandName, encodeCommand, type SdpCommand } from "../packets/command.ts";
import { encodeIvt } from "../packets/ivt.ts";
import { type SdpMachine, SdpModel, type SdpTraps } from "./sdp_model.ts";

/** The ROM report by report, without the client (imxrt-sdp-flashloader.md A, D1). */

const RAM = 0x2000_0000, SIZE = 0x1000, LOAD = RAM + 0x400, MISSING = 0x6000_0000;
const { signal } = new AbortController();
const OPEN = "03 56787856", CLOSED = "03 12343412";

function rom(
  { habMode = "open", traps }: { readonly habMode?: "open" | "closed"; readonly traps?: SdpTraps } =
    {},
) {
  const ram = new Uint8Array(SIZE).fill(0xEE);
  const events: string[] = [];
  const isInside = (address: number, length: number) =>
    address >= RAM && address + length <= RAM + SIZE;
  const machine: SdpMachine = {
    habMode,
    read: (address, length) =>
      isInside(address, length) ? ram.slice(address - RAM, address - RAM + length) : undefined,
    write: (address, bytes) => {
      if (isInside(address, bytes.length)) ram.set(bytes, address - RAM);
      return isInside(address, bytes.length);
    },
    jump: (address) => void events.push(`jump ${address.toString(16)}`),
    crash: () => void events.push("crash"),
  };
  const model = new SdpModel(machine, { ...(traps && { traps }) });
  const report = async (id: number, payload: Uint8Array) => {
    const data = Uint8Array.of(id, ...payload);
    const setup = { bmRequestType: 0x21, bRequest: 9, wIndex: 0, wLength: data.length };
    await model.control({ ...setup, wValue: 0x200 | id }, data, signal);
  };
  /** Returns the reports that wait: id and four bytes; the length, if it is not the usual one. */
  const answers = async () => {
    const all: string[] = [];
    for (;;) {
      const stop = new AbortController();
      let bytes: Uint8Array | undefined;
      model.dataIn(0x81, 65, stop.signal).then((read) => bytes = read, () => {});
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      stop.abort();
      if (!bytes) return all;
      const { length } = bytes, usual = bytes[0] === 3 ? 5 : 65;
      const text = `0${bytes[0]} ${bytes.subarray(1, 5).toHex()}`;
      all.push(length === usual ? text : `${text} of ${length}`);
    }
  };
  const command = async (name: CommandName, fields: Partial<SdpCommand> = {}) => {
    await report(1, encodeCommand(name, fields));
    return await answers();
  };
  const data = async (bytes: Uint8Array) => {
    await report(2, bytes);
    return await answers();
  };
  const load = async (address: number, bytes: Uint8Array, name: CommandName = "WRITE_FILE") => {
    assert.deepEqual(await command(name, { address, count: bytes.length }), []);
    return await data(bytes);
  };
  return { model, ram, events, report, answers, command, data, load };
}

/** An image for `address` whose entry is `entry`. */
const image = (entry = LOAD + 0x40, self = LOAD, length = 0x100) => {
  const bytes = new Uint8Array(length);
  bytes.set(encodeIvt({ entry, self, start: self, length }));
  return bytes;
};
const mode = { open: OPEN, closed: CLOSED };
const INVALID_ADDRESS = "04 33223300";

Deno.test("descriptors byte by byte (A1)", async () => {
  const { model } = rom();
  const get = async (bmRequestType: number, wValue: number) => {
    const setup = { bmRequestType, bRequest: 6, wValue, wIndex: 0, wLength: 255 };
    return await model.control(setup, new Uint8Array(), signal) as Uint8Array;
  };
  const text = async (index: number) =>
    new TextDecoder("utf-16le").decode((await get(0x80, 0x300 | index)).subarray(2));
  assert.equal((await get(0x80, 0x100)).toHex(), "1201000200000040c91f3501000101020001");
  assert.equal(
    (await get(0x80, 0x200)).toHex(),
    "09022200010100c032" + "090400000103000000" + "092110010001224c00" + "07058103400001",
  );
  const items = (id: string, bits: string, count: string, kind: string) =>
    `85${id}1901290115` + `0026ff0075${bits}95${count}${kind}02`;
  assert.equal(
    (await get(0x81, 0x2200)).toHex(),
    "0600ff0901a101" + items("01", "08", "10", "91") + items("02", "80", "40", "91") +
      items("03", "08", "04", "81") + items("04", "08", "40", "81") + "c0",
  );
  assert.deepEqual([await text(1), await text(2)], [
    "NXP      SemiConductors Inc ",
    "SP Blank RT Family ",
  ]);
  assert.equal(model.speed, "high");
});

Deno.test("other reports and endpoints stall", async () => {
  const { model, report } = rom();
  const isStall = (error: unknown) => error instanceof Stall;
  for (const id of [0, 3, 4]) await assert.rejects(report(id, new Uint8Array(16)), isStall);
  await assert.rejects(model.dataIn(0x82, 65, signal), isStall);
});

for (const habMode of ["open", "closed"] as const) {
  const closed = habMode === "closed";
  Deno.test(`${habMode}: the answer to each command`, async () => {
    const { command, load, data } = rom({ habMode });
    const hab = mode[habMode];
    const fresh = closed ? "04 f0f0f0f0" : "04 33333333";
    assert.deepEqual(await command("ERROR_STATUS"), [hab, fresh]);
    assert.deepEqual(await command("SKIP_DCD_HEADER"), [hab, "04 09d00d90"]);
    const read = { address: RAM, count: 4 };
    assert.deepEqual(await command("READ_REGISTER", read), [
      hab,
      closed ? INVALID_ADDRESS : "04 eeeeeeee",
    ]);
    assert.deepEqual(await command("READ_REGISTER", { address: MISSING, count: 4 }), [
      hab,
      INVALID_ADDRESS,
    ]);
    const words = { WRITE_FILE: "88888888", DCD_WRITE: "128a8a12", WRITE_CSF: "128a8a12" };
    for (const [name, word] of Object.entries(words)) {
      const bytes = new Uint8Array(10);
      assert.deepEqual(await load(RAM, bytes, name as CommandName), [hab, `04 ${word}`]);
      const fields = { address: MISSING, count: 10 };
      assert.deepEqual(await command(name as CommandName, fields), [hab, INVALID_ADDRESS]);
      assert.deepEqual(await data(bytes), [], "nobody waits for data");
    }
    const value = { address: RAM, count: 4, data: 1 };
    assert.deepEqual(await command("WRITE_REGISTER", value), [hab, "04 128a8a12"]);
    assert.deepEqual(await command("WRITE_REGISTER", { ...value, address: MISSING }), [
      hab,
      INVALID_ADDRESS,
    ]);
  });
}

Deno.test("registers come in reports of 64 bytes, and no more than these", async () => {
  const { command } = rom();
  for (const [count, reports] of [[1, 1], [63, 1], [64, 1], [65, 2], [128, 2], [129, 3]]) {
    const found = await command("READ_REGISTER", { address: RAM, count });
    assert.equal(found.length, 1 + reports, `${count} bytes`);
    assert.equal(found.at(-1), `04 ${count % 64 === 1 ? "ee000000" : "eeeeeeee"}`);
  }
});

Deno.test("how many bytes of a register are written: the count, or with none the format", async () => {
  const written = async (count: number, format: number, traps: SdpTraps = {}) => {
    const { command, ram } = rom({ traps });
    const fields = { address: RAM, count, format, data: 0x4433_2211 };
    const answers = await command("WRITE_REGISTER", fields);
    const bytes = ram.subarray(0, 5).toHex().replace(/(ee)+$/, "");
    return answers.length === 0 ? `silent ${bytes}` : bytes;
  };
  for (const format of [0, 8, 32]) {
    assert.equal(await written(1, format), "11");
    assert.equal(await written(2, format), "1122");
    assert.equal(await written(4, format), "11223344");
    for (const count of [3, 5, 8]) assert.equal(await written(count, format), "silent ");
  }
  const silentAtCountZero = { silentAtCountZero: true };
  for (const [format, bytes] of [[8, "11"], [16, "1122"], [32, "11223344"]] as const) {
    assert.equal(await written(0, format), bytes);
    assert.equal(await written(0, format, silentAtCountZero), "silent ");
    assert.equal(await written(4, format, silentAtCountZero), "11223344");
  }
  for (const format of [0, 4, 24, 64]) assert.equal(await written(0, format), "silent ");
});

Deno.test("unknown, incomplete and unasked reports get no answer", async () => {
  const { report, answers, ram } = rom();
  for (const code of [0x0909, 0x0D0D, 0x5AA6]) {
    await report(1, Uint8Array.of(code >> 8, code & 0xFF, ...new Uint8Array(14)));
  }
  await report(1, encodeCommand("ERROR_STATUS").subarray(0, 15));
  await report(2, new Uint8Array(1024));
  assert.deepEqual(await answers(), []);
  assert.ok(ram.every((byte) => byte === 0xEE));
});

Deno.test("a file is complete with its last byte; padding is stored, commands in between are lost", async () => {
  const { command, data, ram, events } = rom();
  assert.deepEqual(await command("WRITE_FILE", { address: RAM, count: 2048 }), []);
  assert.deepEqual(await data(new Uint8Array(1024).fill(1)), []);
  assert.deepEqual(await command("ERROR_STATUS"), []);
  assert.deepEqual(await data(new Uint8Array(1024).fill(2)), [OPEN, "04 88888888"]);
  assert.deepEqual([ram[1023], ram[1024], ram[2047], ram[2048]], [1, 2, 2, 0xEE]);
  await command("WRITE_FILE", { address: RAM, count: 3 });
  assert.deepEqual(await data(Uint8Array.of(7, 7, 7)), [OPEN, "04 88888888"]);
  assert.deepEqual([ram[2], ram[3], ram[1023], ram[1024]], [7, 0, 0, 2]);
  assert.deepEqual(events, []);
});

Deno.test("padding beyond the RAM crashes the ROM, and the command is over", async () => {
  const { command, data, events } = rom();
  const last = RAM + SIZE - 1024;
  await command("WRITE_FILE", { address: last, count: 10 });
  assert.deepEqual([await data(new Uint8Array(10)), events], [[OPEN, "04 88888888"], []]);
  await command("WRITE_FILE", { address: last + 1, count: 10 });
  assert.deepEqual([await data(new Uint8Array(10)), events], [[], ["crash"]]);
  assert.deepEqual(await command("ERROR_STATUS"), [OPEN, "04 33333333"]);
});

Deno.test("which images the ROM jumps to (A6, D1)", async () => {
  const INVALID_IVT = "04 33050a00";
  const cases: [what: string, image: Uint8Array, jump: number, isGood: boolean][] = [
    ["its entry is the first byte", image(LOAD), LOAD, true],
    ["its entry is the last byte", image(LOAD + 0xFF), LOAD, true],
    ["its entry is before it", image(LOAD - 1), LOAD, false],
    ["its entry is behind it", image(LOAD + 0x100), LOAD, false],
    ["it is made for another address", image(LOAD + 0x40, LOAD + 4), LOAD, false],
    ["there is no IVT", new Uint8Array(0x100), LOAD, false],
    ["the jump goes elsewhere", image(), LOAD + 4, false],
    ["the jump goes to nothing", image(), MISSING, false],
  ];
  for (const [what, bytes, address, isGood] of cases) {
    const { load, command, events } = rom();
    await load(LOAD, bytes);
    const expected = isGood ? [OPEN] : [OPEN, INVALID_IVT];
    assert.deepEqual(await command("JUMP_ADDRESS", { address }), expected, what);
    assert.deepEqual(events, isGood ? ["jump 20000400"] : [], what);
  }
});

Deno.test("only what WRITE_FILE loaded since the start can be jumped to", async () => {
  const { ram, load, command, events } = rom();
  ram.set(image(), LOAD - RAM);
  assert.equal((await command("JUMP_ADDRESS", { address: LOAD })).length, 2);
  await load(LOAD, image(), "DCD_WRITE");
  assert.equal((await command("JUMP_ADDRESS", { address: LOAD })).length, 2);
  assert.deepEqual(events, []);
  await load(LOAD, image());
  assert.equal((await command("JUMP_ADDRESS", { address: LOAD })).length, 1);
});

Deno.test("a closed part refuses what is unsigned, and ERROR_STATUS says so afterwards", async () => {
  const { load, command, events } = rom({ habMode: "closed" });
  await load(LOAD, image());
  assert.deepEqual(await command("JUMP_ADDRESS", { address: LOAD }), [CLOSED, "04 33110a00"]);
  assert.deepEqual(await command("ERROR_STATUS"), [CLOSED, "04 33333333"]);
  assert.deepEqual(events, []);
});

Deno.test("reports padded as Windows delivers them, and a jump without an answer", async () => {
  const padded = rom({ traps: { paddedInReports: true } });
  assert.deepEqual(await padded.command("ERROR_STATUS"), [`${OPEN} of 65`, "04 33333333"]);
  const silent = rom({ traps: { jumpAnswerMissing: true } });
  await silent.load(LOAD, image());
  assert.deepEqual(await silent.command("JUMP_ADDRESS", { address: LOAD }), []);
  assert.deepEqual(silent.events, ["jump 20000400"]);
});
