import assert from "node:assert/strict";
import { FlashMemory } from "../../../common/flash_memory.ts";
import { AddressCommand } from "../packets/dfuse_command.ts";
import { type ChipJob, DfuSeChip } from "./dfuse_chip.ts";
import type { DfuSeRegion, DfuSeTraps } from "./dfuse_model_options.ts";

/** What the chip does with each command, in each memory, under each protection (dfu-dfuse.md B2, D3). */

const OK = 0, TARGET = 1, WRITE = 3, VENDOR = 11, STALLED = 15;
const OUTSIDE = 0x9000;
const bases = {
  flash: 0x1000,
  absent: 0x2000,
  ram: 0x3000,
  system: 0x4000,
  otp: 0x5000,
  option: 0x6000,
  feature: 0x7000,
} as const;
type Kind = keyof typeof bases;

/** Four sectors of 256 bytes in each memory; erasing one takes 10 ms, programming a word 2 ms. */
function chip(traps: DfuSeTraps = {}) {
  const memories = Object.fromEntries(
    Object.entries(bases).map(([kind, base]) => [
      kind,
      new FlashMemory({
        base,
        sectors: [{ count: 4, size: 0x100, eraseMs: 10 }],
        rule: kind === "ram" ? "overwrite" : "and",
        unit: 4,
        unitMs: 2,
      }),
    ]),
  ) as Record<Kind, FlashMemory>;
  const regions = Object.entries(memories).map(([kind, memory]): DfuSeRegion => ({
    kind: kind as Kind,
    memory,
  }));
  let restarts = 0;
  const polls = { address: 5, erase: 6, write: 7 };
  const dfuse = new DfuSeChip({ regions, polls, traps }, () => restarts++);
  return {
    dfuse,
    memories,
    restarts: () => restarts,
    command: (code: number, address: number) =>
      dfuse.command(AddressCommand.encode({ code, address })),
  };
}

const run = (job: ChipJob) => [job.poll, job.ms, job.apply(1)];
const zeros = new Uint8Array(256);

/** Status of a write, an erase and a read in each memory, and whether the first two changed it. */
function outcomes(traps: DfuSeTraps) {
  return Object.fromEntries([...Object.entries(bases), ["outside", OUTSIDE] as const].map(
    ([kind, address]) => {
      const { dfuse, memories, command } = chip(traps);
      const memory = memories[kind as Kind];
      const written = dfuse.write(address, 4, zeros).apply(1);
      const isWritten = memory?.read(address, 1)[0] === 0;
      memory?.load(address, zeros);
      const erased = command(0x41, address).apply(1);
      const isErased = memory?.isBlank(address, 256) ?? false;
      const read = dfuse.read(address, 4);
      return [kind, [
        `${written}${isWritten ? " changed" : ""}`,
        `${erased}${isErased ? " changed" : ""}`,
        typeof read === "number" ? read : "bytes",
      ]];
    },
  ));
}

const open = {
  flash: ["0 changed", "0 changed", "bytes"],
  absent: ["0", "0", "bytes"],
  ram: ["0 changed", "1", "bytes"],
  system: ["1", "1", "bytes"],
  otp: ["0 changed", "1", "bytes"],
  option: ["0 changed", "1", "bytes"],
  feature: ["0", "1", "bytes"],
  outside: ["1", "1", TARGET],
};
const locked = {
  flash: ["11", "11", VENDOR],
  absent: ["11", "11", VENDOR],
  ram: ["11", "1", VENDOR],
  system: ["1", "1", VENDOR],
  otp: ["11", "1", VENDOR],
  option: ["11", "1", VENDOR],
  feature: ["11", "1", VENDOR],
  outside: ["1", "1", VENDOR],
};

for (
  const [traps, expected] of [
    [{}, open],
    [{ absentFails: true }, { ...open, absent: ["1", "1", TARGET] }],
    [{ readProtection: "errVENDOR" }, locked],
    [{ readProtection: "errVENDOR-always" }, locked],
    [{ readProtection: "drop" }, {
      ...locked,
      ...{ flash: ["0", "0", VENDOR], absent: ["0", "0", VENDOR], ram: ["0", "1", VENDOR] },
      ...{ otp: ["0", "1", VENDOR], option: ["0", "1", VENDOR], feature: ["0", "1", VENDOR] },
    }],
  ] as const
) {
  Deno.test(`write, erase and read in every memory: ${JSON.stringify(traps)}`, () => {
    assert.deepEqual(outcomes(traps), expected);
  });
}

Deno.test("the status of every command, and under each protection", () => {
  const address = [0x00, 0x10, 0x00, 0x00];
  const commands: [bytes: number[], open: number, vendor: number, always: number, drop: number][] =
    [
      [[0x21, ...address], OK, OK, VENDOR, OK],
      [[0x21, 0, 0x90, 0, 0], TARGET, TARGET, VENDOR, TARGET],
      [[0x41, ...address], OK, VENDOR, VENDOR, OK],
      [[0x41], OK, VENDOR, VENDOR, VENDOR],
      [[0x92], OK, OK, OK, OK],
      [[0x21], STALLED, STALLED, STALLED, STALLED],
      [[0x92, ...address], STALLED, STALLED, STALLED, STALLED],
      [[0x41, 0, 0x10, 0], STALLED, STALLED, STALLED, STALLED],
      [[0x41, ...address, 0], STALLED, STALLED, STALLED, STALLED],
      [[0x41, 0], STALLED, STALLED, STALLED, STALLED],
      [[0x92, 0], STALLED, STALLED, STALLED, STALLED],
      [[0x00], STALLED, STALLED, STALLED, STALLED],
      [[0x55, ...address], STALLED, STALLED, STALLED, STALLED],
    ];
  const protections = [undefined, "errVENDOR", "errVENDOR-always", "drop"] as const;
  for (const [bytes, ...statuses] of commands) {
    const found = protections.map((readProtection) =>
      chip({ ...(readProtection && { readProtection }) }).dfuse.command(Uint8Array.from(bytes))
        .apply(1)
    );
    assert.deepEqual(found, statuses, String(bytes));
  }
});

Deno.test("poll time and real time of each job", () => {
  const { dfuse, command, memories } = chip();
  assert.deepEqual(run(command(0x21, 0x1004)), [5, 0, OK]);
  assert.equal(dfuse.pointer, 0x1004);
  assert.deepEqual(run(command(0x21, OUTSIDE)), [5, 0, TARGET]);
  assert.equal(dfuse.pointer, 0x1004, "a refused address changes nothing");
  assert.deepEqual(run(command(0x41, 0x11FF)), [6, 10, OK]);
  assert.deepEqual(run(command(0x41, 0x2000)), [6, 0, OK]);
  assert.deepEqual(run(command(0x41, OUTSIDE)), [0, 0, TARGET]);
  assert.deepEqual(run(dfuse.write(0x1000, 5, zeros)), [7, 4, OK]);
  assert.deepEqual(run(dfuse.write(0x2000, 5, zeros)), [7, 0, OK]);
  assert.deepEqual(run(dfuse.command(Uint8Array.of(0x41))), [6, 40, OK]);
  memories.flash.protect(0x1000, 1);
  assert.deepEqual(run(command(0x41, 0x1000)), [6, 0, OK]);
  assert.deepEqual(run(dfuse.write(0x1000, 5, zeros)), [7, 0, OK]);
  assert.deepEqual(run(dfuse.command(Uint8Array.of(0x41))), [6, 30, OK]);
  const slow = chip({ extraEraseMs: 5 });
  assert.deepEqual(run(slow.command(0x41, 0x1000)), [6, 15, OK]);
  const dropping = chip({ readProtection: "drop" });
  assert.deepEqual(run(dropping.command(0x41, 0x1000)), [6, 0, OK]);
  assert.deepEqual(run(dropping.dfuse.write(0x1000, 5, zeros)), [7, 0, OK]);
});

Deno.test("which jobs erase, and from where on an erase gets stuck", () => {
  const { dfuse, command } = chip({ stuckEraseFrom: 0x1100 });
  const isErase = [
    ...[command(0x41, 0x1000), dfuse.command(Uint8Array.of(0x41)), command(0x41, 0x2000)],
    ...[dfuse.command(Uint8Array.of(0x92)), command(0x21, 0x1000), dfuse.write(0x1000, 4, zeros)],
  ].map((job) => job.isErase ?? false);
  assert.deepEqual(isErase, [true, true, true, false, false, false]);
  assert.equal(command(0x41, 0x10FF).stuck, false);
  assert.equal(command(0x41, 0x1100).stuck, true);
  assert.equal(chip().command(0x41, 0x1300).stuck, false);
});

Deno.test("what may not be done is recorded, and changing option bytes restarts the chip", () => {
  const { dfuse, restarts } = chip();
  dfuse.write(0x5000, 4, zeros).apply(1);
  assert.equal(restarts(), 0);
  const option = dfuse.write(0x6000, 4, zeros);
  assert.equal(restarts(), 0);
  option.apply(1);
  assert.equal(restarts(), 1);
  dfuse.command(Uint8Array.of(0x41)).apply(1);
  const unprotect = dfuse.command(Uint8Array.of(0x92));
  assert.equal(restarts(), 1);
  unprotect.apply(1);
  assert.equal(restarts(), 2);
  assert.deepEqual(dfuse.forbiddenOperations, [
    "otp written at 0x00005000",
    "option written at 0x00006000",
    "mass erase",
    "read unprotect",
  ]);
});

Deno.test("a mass erase and a read unprotect erase all flash and nothing else", () => {
  for (const code of [0x41, 0x92]) {
    const { dfuse, memories } = chip();
    memories.flash.load(0x1000, new Uint8Array(0x400));
    memories.otp.load(0x5000, zeros);
    dfuse.command(Uint8Array.of(code)).apply(0.5);
    assert.ok(memories.flash.isBlank(0x1000, 0x80) && !memories.flash.isBlank(0x1080, 1));
    dfuse.command(Uint8Array.of(code)).apply(1);
    assert.ok(memories.flash.isBlank(0x1000, 0x400));
    assert.deepEqual(memories.otp.read(0x5000, 256), zeros);
  }
});

Deno.test("after a read unprotect the chip is open", () => {
  const { dfuse } = chip({ readProtection: "errVENDOR-always" });
  dfuse.command(Uint8Array.of(0x92)).apply(1);
  assert.deepEqual(dfuse.read(0x1000, 2), Uint8Array.of(255, 255));
  assert.equal(dfuse.write(0x1000, 4, zeros).apply(1), OK);
});

Deno.test("whole words are programmed, as far as the buffer and the memory go", () => {
  const written = (address: number, length: number, buffer: Uint8Array, part = 1) => {
    const { dfuse, memories } = chip();
    assert.equal(dfuse.write(address, length, buffer).apply(part), OK);
    return memories.flash.read(0x1000, 0x400).reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  };
  assert.equal(written(0x1000, 5, zeros), 8);
  assert.equal(written(0x1000, 8, zeros), 8);
  assert.equal(written(0x1000, 5, zeros.subarray(0, 6)), 6);
  assert.equal(written(0x13FE, 2, zeros), 2);
  assert.equal(written(0x1000, 16, zeros, 0.5), 8);
  const { dfuse, memories } = chip();
  assert.equal(dfuse.write(0x13FE, 3, zeros).apply(1), TARGET, "it does not fit");
  assert.ok(memories.flash.isBlank(0x1000, 0x400));
});

Deno.test("an erase that loses its power leaves part of the sector; a word that fails is errWRITE", () => {
  const { command, memories } = chip();
  memories.flash.load(0x1000, new Uint8Array(0x200));
  assert.equal(command(0x41, 0x1010).apply(0.25), OK);
  assert.ok(memories.flash.isBlank(0x1000, 0x40) && !memories.flash.isBlank(0x1040, 1));
  const strict = new FlashMemory({ base: 0, sectors: [{ count: 1, size: 64 }], rule: "word-once" });
  const polls = { address: 0, erase: 0, write: 0 };
  const dfuse = new DfuSeChip({ regions: [{ kind: "flash", memory: strict }], polls }, () => {});
  assert.equal(dfuse.write(0, 4, Uint8Array.of(1, 2, 3, 4)).apply(1), OK);
  assert.equal(dfuse.write(0, 4, Uint8Array.of(4, 3, 2, 1)).apply(1), WRITE);
});

Deno.test("the address pointer starts at the flash of every STM32, and a reset returns it", () => {
  const { dfuse, command } = chip();
  assert.equal(dfuse.pointer, 0x0800_0000);
  command(0x21, 0x1004).apply(1);
  dfuse.reset();
  assert.equal(dfuse.pointer, 0x0800_0000);
});

Deno.test("what cannot be read can be written", () => {
  const { dfuse, command } = chip({ unreadable: { address: 0x1100, size: 0x80 } });
  const isRead = (address: number) => typeof dfuse.read(address, 4) !== "number";
  assert.deepEqual([0x10FC, 0x10FD, 0x117F, 0x1180].map(isRead), [true, false, false, true]);
  assert.equal(dfuse.read(0x1100, 4), VENDOR);
  assert.deepEqual(run(command(0x41, 0x1100)), [6, 10, OK]);
});
