import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import type { Board, BootloaderCommand } from "../family/board.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { PartitionRig } from "../../tests/support/plan/partition_rig.ts";
import { partitionRegions, partitionSource } from "./backup.ts";
import { refuseUnlessBlank, sendCommand } from "./command.ts";
import { withBootloader } from "./client.ts";
import { partitionNamed, regionOf } from "./partition.ts";
import { piecesOf, readMemory, readPartition } from "./read.ts";
import { zeroFirstBlock } from "./steps.ts";
import { wantedRanges } from "./wanted_ranges.ts";

const table = [
  { name: "BOOT", memory: "flash", start: 0x1000, end: 0x3000, writable: false },
  { name: "FIRMWARE", memory: "flash", start: 0x3000, end: 0x9000, writable: true },
  { name: "ROMFS0", memory: "qspi", start: 0x1000, end: 0x4000, writable: true },
];
const [boot, firmware, romfs] = table;

function filled(): PartitionRig {
  const rig = new PartitionRig(table);
  let next = 1;
  for (const bytes of rig.memory.values()) {
    for (let at = 0; at < bytes.length; at++) bytes[at] = next = next * 31 % 251;
  }
  return rig;
}

Deno.test("a range is cut at the borders of partitions of its memory", () => {
  const pieces = piecesOf(table, { memory: "flash", address: 0x2F00, length: 0x300 });
  assert.deepEqual(pieces, [
    { partition: boot, offset: 0x1F00, length: 0x100 },
    { partition: firmware, offset: 0, length: 0x200 },
  ]);
  const all = piecesOf(table, { memory: "qspi", address: 0x1000, length: 0x3000 });
  assert.deepEqual(all, [{ partition: romfs, offset: 0, length: 0x3000 }]);
  assert.deepEqual(piecesOf(table, { memory: "flash", address: 0x1000, length: 0 }), []);
  const outside = [["flash", 0xFFF, 1], ["flash", 0x8FFF, 2], ["qspi", 0x4000, 1], [
    "x",
    0x1000,
    1,
  ]];
  for (const [memory, address, length] of outside as [string, number, number][]) {
    assert.throws(() => piecesOf(table, { memory, address, length }), (error) => {
      assert.ok(error instanceof UnbrickError && error.kind === "usage");
      assert.deepEqual(error.data, { address, length });
      assert.match(error.message, /no readable memory at 0x/);
      return true;
    });
  }
});

Deno.test("memory is read block by block from the one that contains the first byte", async () => {
  const rig = filled();
  const read = await readMemory(rig.context, table, {
    memory: "flash",
    address: 0x2F00,
    length: 0x1300,
  });
  const expected = [
    ...rig.memory.get("BOOT")!.subarray(0x1F00),
    ...rig.memory.get("FIRMWARE")!.subarray(0, 0x1200),
  ];
  assert.deepEqual([...read], expected);
  assert.deepEqual(rig.log, [
    "select BOOT",
    "upload BOOT 1 4096",
    "select FIRMWARE",
    "upload FIRMWARE 0 4096",
    "upload FIRMWARE 1 512",
  ]);
  assert.deepEqual(rig.progress, [[0x100, 0x1300], [0x1100, 0x1300], [0x1300, 0x1300]]);
});

Deno.test("a part of a partition is read without progress; too few bytes are an error", async () => {
  const rig = filled();
  const piece = { partition: romfs, offset: 0x1010, length: 0x1000 };
  const read = await readPartition(rig.context, table, piece);
  assert.deepEqual(read, rig.memory.get("ROMFS0")!.slice(0x1010, 0x2010));
  assert.deepEqual(rig.progress, []);
  rig.missingBytes = 3;
  const error = await errorOf(readPartition(rig.context, table, piece), "protocol");
  assert.deepEqual(error.data, { partition: "ROMFS0", offset: 0x1000, asked: 4096, sent: 4093 });
  const { context } = rig;
  Object.assign(context, { signal: AbortSignal.abort() });
  await errorOf(readPartition(context, table, piece), "cancelled");
});

Deno.test("each byte of a memory is backed up in one region, named in lower case", async () => {
  const whole = { name: "ALL", memory: "flash", start: 0x1000, end: 0x9000, writable: true };
  const regions = partitionRegions([whole, firmware, romfs]);
  assert.deepEqual(regions, [
    { name: "all", memory: "flash", address: 0x1000, size: 0x2000, length: 0x2000 },
    { name: "firmware", memory: "flash", address: 0x3000, size: 0x6000, length: 0x6000 },
    { name: "romfs0", memory: "qspi", address: 0x1000, size: 0x3000, length: 0x3000 },
  ]);
  const rig = filled();
  const source = partitionSource(table, partitionRegions(table)[2], (length) => length / 2);
  assert.equal(source.weight, 0x1800);
  const progress: number[] = [];
  const bytes = await source.read(rig.context, (done) => progress.push(done));
  assert.deepEqual(bytes, rig.memory.get("ROMFS0"));
  assert.deepEqual(progress, [0x1000, 0x2000, 0x3000]);
});

Deno.test("a read job reads an address range, one region, or all partitions", () => {
  const board = { id: "toy", name: "Toy" } as Board;
  const whole = { name: "flash", memory: "flash", address: 0x1000, length: 0x8000 };
  const memoryAt = (address: number) => address < 0x9000 ? "flash" : "qspi";
  const wanted = (options: Parameters<typeof wantedRanges>[1]) =>
    wantedRanges({ board, partitions: table, whole, memoryAt }, options);
  assert.deepEqual(wanted({ address: 0x2000, length: 0x10 }), [
    { memory: "flash", address: 0x2000, length: 0x10, name: "0x00002000" },
  ]);
  assert.throws(() => wanted({ address: 0x8FFF, length: 2 }), { kind: "usage" });
  const parts = [
    { name: "boot", memory: "flash", address: 0x1000, length: 0x2000 },
    { name: "firmware", memory: "flash", address: 0x3000, length: 0x6000 },
    { name: "romfs0", memory: "qspi", address: 0x1000, length: 0x3000 },
  ];
  assert.deepEqual(wanted({}), parts);
  assert.deepEqual(wanted({ address: 0x2000 }), parts);
  assert.deepEqual(wanted({ length: 2 }), parts);
  assert.deepEqual(wanted({ region: "FLASH" }), [whole]);
  assert.deepEqual(wanted({ region: "romfs0" }), [parts[2]]);
  assert.throws(() => wanted({ region: "x" }), /it has flash, boot, firmware, romfs0/);
});

Deno.test("a partition is found by its name, and is a region", () => {
  assert.equal(partitionNamed(table, "ROMFS0"), romfs);
  assert.throws(() => partitionNamed(table, "x"), /no partition x/);
  assert.deepEqual(regionOf(table, "FIRMWARE", { name: "firmware", role: "firmware" }), {
    name: "firmware",
    role: "firmware",
    address: 0x3000,
    size: 0x6000,
    partition: "FIRMWARE",
  });
});

Deno.test("the first block of a partition is zeroed, and no more", async () => {
  const rig = filled();
  await zeroFirstBlock(rig.context, table, "ROMFS0");
  assert.deepEqual(rig.log, ["write ROMFS0 4096"]);
  assert.ok(rig.memory.get("ROMFS0")!.subarray(0, 4096).every((byte) => byte === 0));
});

const command: BootloaderCommand = {
  partition: "BOOT",
  bytes: Uint8Array.of(1, 2, 3),
  deadlineMs: 7_000,
  blanks: ["FIRMWARE", "ROMFS0"],
  refused: "It wants a jumper.",
  next: "Go on.",
};

Deno.test("a command is a key in its partition; what the bootloader refuses has the command's reason", async () => {
  const rig = new PartitionRig(table);
  const send = () =>
    withBootloader(
      rig.context,
      table,
      ({ memory, partition }) =>
        sendCommand(memory, partition("BOOT"), command, { signal: rig.context.signal }),
    );
  await send();
  assert.deepEqual(rig.log, ["write BOOT 3 7000"]);
  rig.errors.set("write", [new UnbrickError("device-status", "errTARGET", { status: 1 })]);
  const refused = await errorOf(send(), "device-status");
  assert.equal(refused.message, "It wants a jumper.");
  assert.deepEqual(refused.data, { status: 1 });
  rig.errors.set("write", [new UnbrickError("stalled", "No.")]);
  assert.equal((await errorOf(send(), "stalled")).message, "No.");
});

Deno.test("after a command, each first block that it blanks must be all 0 or all 0xFF", async () => {
  const check = (change: (rig: PartitionRig) => void, partitions = table) => {
    const rig = new PartitionRig(table);
    change(rig);
    return withBootloader(rig.context, partitions, ({ memory, partition }) => {
      const list = partitions.map(({ name }) => partition(name));
      return refuseUnlessBlank(memory, list, command, { signal: rig.context.signal });
    });
  };
  await check(() => {});
  await check((rig) => rig.memory.get("FIRMWARE")!.fill(0xFF));
  await check((rig) => rig.memory.get("FIRMWARE")!.fill(1, 4096));
  await check((rig) => rig.memory.get("BOOT")!.fill(9));
  for (
    const [name, value, from] of [["FIRMWARE", 7, 0], ["ROMFS0", 1, 4095], ["ROMFS0", 0xFF, 1]]
  ) {
    const error = await errorOf(
      check((rig) => rig.memory.get(name as string)!.fill(value as number, from as number)),
      "verify-failed",
    );
    assert.deepEqual(error.data, { partition: name });
  }
  const missing = await errorOf(check(() => {}, [boot, firmware]), "verify-failed");
  assert.match(missing.message, /accepted the key, but the partition ROMFS0 is not blank/);
});
