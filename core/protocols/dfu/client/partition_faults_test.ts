import assert from "node:assert/strict";
import type { ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { DfuClient } from "./dfu_client.ts";
import type { DfuInterface } from "./dfu_interface.ts";
import type { DfuProgress } from "./memory_access.ts";
import { PartitionClient } from "./partition_client.ts";

/** Limits, ends and refusals of plain DFU partitions, against a script without a model. */

const signal = new AbortController().signal;
const run = { signal };
const status = (state: number, code = 0) => Uint8Array.of(code, 0, 0, 0, state, 0).toHex();
const STALL: Reply = { fails: "stalled" }, GONE: Reply = { fails: "disconnected" };
const IDLE = ["02", status(2)], DONE = status(5);
const FOUR = "01020304", ZEROS = "00000000";
const names: Readonly<Record<string, string>> = {
  "a1 03": "STATUS",
  "21 04": "CLEAR",
  "a1 05": "STATE",
  "21 06": "ABORT",
  "SET_I": "SELECT",
};

function wordOf(sent: string): string {
  const [, block, data = ""] = /^21 01 (..) .. 00 00 ?(.*)$/.exec(sent) ?? [];
  if (block) return `put ${block} ${data}`.trim();
  const word = names[sent.slice(0, 5)];
  return word ?? `get ${sent.slice(6, 8)} ${sent.split(" ").at(-1)}`;
}

async function play<T>(
  replies: readonly (string | Reply)[],
  work: (client: PartitionClient) => Promise<T>,
  { refused = {}, isTolerant = true, wTransferSize = 8 }: {
    readonly refused?: Readonly<Record<number, ErrorKind>>;
    readonly isTolerant?: boolean;
    readonly wTransferSize?: number;
  } = {},
) {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({}, replies, refused);
  const functional = { wTransferSize, manifestationTolerant: isTolerant };
  const dfu = { bInterfaceNumber: 0, functional } as DfuInterface;
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    work(new PartitionClient(new DfuClient({ device, clock, dfu, polling: "early" })))
      .then((value) => ({ value }), (error) => ({ error }))
  );
  assert.equal(device.left, 0, "every answer was asked for");
  return { ...end, sent: device.sent.map(wordOf).join(", "), ms: clock.elapsed };
}

const part = { alternate: 3, name: "ROMFS0" };
const BEGIN = "SELECT, STATE, STATUS";
const EIGHT = "0102030405060708";

Deno.test("a read ends at its length, at a short block, or at four zeros with a good status", async () => {
  const cases: [number | undefined, string[], string, string][] = [
    [8, [EIGHT], EIGHT, "get 00 8"],
    [9, [EIGHT, "0910111213"], `${EIGHT}09`, "get 00 8, get 01 5"],
    [2, ["0102030405"], "0102", "get 00 5"],
    [undefined, [EIGHT, "0900", status(2)], `${EIGHT}0900`, "get 00 8, get 01 8, STATUS"],
    [undefined, [EIGHT, ZEROS, status(2)], EIGHT, "get 00 8, get 01 8, STATUS"],
    [undefined, ["00000000000000", status(2)], "00".repeat(7), "get 00 8, STATUS"],
    [undefined, ["00000001", status(2)], "00000001", "get 00 8, STATUS"],
    [undefined, ["", status(2)], "", "get 00 8, STATUS"],
  ];
  for (const [length, replies, bytes, sent] of cases) {
    const read: string[] = [];
    const end = await play(
      [...IDLE, ...replies],
      (client) =>
        client.read(part, length, {
          signal,
          onRead: (block, at) => read.push(`${at} ${block.toHex()}`),
        }),
    );
    assert.deepEqual([end.value?.toHex(), end.sent], [bytes, `${BEGIN}, ${sent}`]);
    assert.equal(read.map((one) => one.split(" ")[1]).join(""), bytes);
    if (bytes.length > 16) assert.ok(read[1].startsWith("8 "));
  }
  const sized = await play(
    [...IDLE, EIGHT],
    (client) => client.read({ ...part, size: 8 }, undefined, run),
  );
  assert.equal(sized.value?.toHex(), EIGHT);
  const short = await play(
    [...IDLE, EIGHT, "09", status(2)],
    (client) => client.read(part, 16, run),
  );
  assert.equal(short.error?.message, "The partition ROMFS0 ended after 9 of 16 bytes.");
  assert.deepEqual([short.error?.kind, short.error?.data], [
    "protocol",
    { partition: "ROMFS0", asked: 16, received: 9 },
  ]);
  const failed = await play(
    [...IDLE, EIGHT, "", status(10, 2), "0a", status(10, 2), ...IDLE],
    (client) => client.read(part, 16, run),
  );
  assert.equal(failed.error?.kind, "device-status");
  assert.match(
    failed.error!.message,
    /could not read its memory at offset 0x00000008: it reported errFILE/,
  );
});

Deno.test("a comparison names the first byte that differs, or the end of the partition", async () => {
  const verify = (replies: readonly (string | Reply)[], length = 8) =>
    play(
      [...IDLE, ...replies],
      (client) => client.verify(part, Uint8Array.from({ length }, (_, at) => at + 1), run),
    );
  assert.equal((await verify([EIGHT])).error, undefined);
  const differs = await verify(["0102030405060009", ...IDLE]);
  assert.equal(
    differs.error?.message,
    "At offset 0x00000006, the partition ROMFS0 contains 0x00 instead of 0x07.",
  );
  const facts = { partition: "ROMFS0" };
  assert.deepEqual([differs.error?.kind, differs.error?.data], [
    "verify-failed",
    { ...facts, offset: 6, expected: 7, found: 0 },
  ]);
  const ends = await verify([EIGHT, ZEROS, status(2)], 16);
  assert.equal(
    ends.error?.message,
    "The partition ROMFS0 ends at offset 0x00000008, before the data does.",
  );
  assert.deepEqual(ends.error?.data, { ...facts, offset: 8, expected: 9, found: null });
});

Deno.test("a write fits exactly, tells how far it is, and is completed", async () => {
  const write = (length: number, size: number | undefined, seen: string[]) =>
    play(
      [...IDLE, DONE, DONE, status(2)].slice(0, length > 8 ? 5 : 4).with(-1, status(2)),
      (client) =>
        client.write({ ...part, ...(size && { size }) }, new Uint8Array(length).fill(7), {
          signal,
          onProgress: ({ phase, done, total, address }: DfuProgress) => {
            seen.push(`${phase} ${done} ${total} ${address}`);
          },
        }),
    );
  const seen: string[] = [];
  const exact = await write(10, 10, seen);
  assert.equal(exact.error, undefined);
  assert.equal(
    exact.sent,
    `${BEGIN}, put 00 ${"07 ".repeat(8).trim()}, STATUS, put 01 07 07, STATUS, put 02, STATUS`,
  );
  assert.deepEqual(seen, ["write 8 10 0", "write 10 10 8"]);
  const one = await write(8, undefined, []);
  assert.equal(one.sent, `${BEGIN}, put 00 ${"07 ".repeat(8).trim()}, STATUS, put 01, STATUS`);
  const long = await play(
    [],
    (client) => client.write({ ...part, size: 9 }, new Uint8Array(10), run),
  );
  assert.equal(
    long.error?.message.replaceAll(/\s+/g, " "),
    "10 bytes do not fit into the partition ROMFS0, which has 9 bytes.",
  );
  assert.deepEqual([long.error?.kind, long.error?.data, long.sent], [
    "usage",
    { partition: "ROMFS0", size: 9, length: 10 },
    "",
  ]);
});

Deno.test("a refused block is sent again once after recovery; other errors end the write", async () => {
  const write = (
    replies: readonly (string | Reply)[],
    refused: Readonly<Record<number, ErrorKind>> = {},
    blockDeadlineMs?: number,
  ) =>
    play(
      [...IDLE, ...replies],
      (client) => client.write(part, Uint8Array.of(7), { signal, blockDeadlineMs }),
      { refused },
    );
  const again = await write(["06", ...IDLE, DONE, status(2)], { 4: "stalled" });
  assert.equal(
    again.sent,
    `${BEGIN}, put 00 07, STATE, STATE, STATUS, put 00 07, STATUS, put 01, STATUS`,
  );
  const never = await write(["06", ...IDLE, "06", ...IDLE], { 4: "stalled", 8: "stalled" });
  assert.equal(never.error?.kind, "stalled");
  const gone = await write([GONE]);
  assert.deepEqual([gone.error?.kind, gone.sent], ["disconnected", `${BEGIN}, put 00 07, STATUS`]);
  const failed = await write([status(10, 3), "0a", status(10, 3), ...IDLE]);
  assert.equal(failed.error?.kind, "device-status");
  assert.match(failed.error!.message, /could not write 1 byte at offset 0x00000000 of ROMFS0/);
  assert.deepEqual(
    failed.sent.slice(BEGIN.length),
    ", put 00 07, STATUS, STATE, STATUS, CLEAR, STATE, STATUS",
  );
  // The device stays busy, in the block and afterwards.
  const busy = Uint8Array.of(0, 0xE8, 3, 0, 4, 0).toHex();
  const slow = await write([...Array(5).fill(busy), ...IDLE], {}, 3000);
  assert.deepEqual([slow.error?.kind, slow.ms], ["timeout", 3000]);
});

Deno.test("after the last block, a device that needs a reset may wait for it or leave", async () => {
  const cases: [isTolerant: boolean, string | Reply, ErrorKind?][] = [
    [true, status(2)],
    [false, status(2)],
    [false, status(8)],
    [false, GONE],
    [true, GONE, "disconnected"],
    [true, status(10, 10), "device-status"],
    [false, status(10, 10), "device-status"],
  ];
  for (const [isTolerant, reply, kind] of cases) {
    const settle = kind === "device-status" ? ["0a", status(10, 10), ...IDLE] : [];
    const { error } = await play(
      [...IDLE, DONE, reply, ...settle],
      (client) => client.write(part, Uint8Array.of(7), run),
      { isTolerant },
    );
    assert.equal(error?.kind, kind);
    if (kind === "device-status") {
      assert.match(error!.message, /could not complete the partition ROMFS0/);
    }
  }
});

Deno.test("a partition is selected once for single blocks; a refused one is asked for again", async () => {
  const { value, sent } = await play([FOUR, STALL, ...IDLE, "05"], async (client) => {
    await client.uploadBlock(part, 0, 4);
    return await client.uploadBlock(part, 1, 100);
  });
  assert.deepEqual([value?.toHex(), sent], [
    "05",
    "SELECT, get 00 4, get 01 8, STATE, STATUS, get 01 8",
  ]);
  const other = await play([FOUR, FOUR], async (client) => {
    await client.uploadBlock(part, 0, 4);
    await client.uploadBlock({ ...part, alternate: 1 }, 0, 4);
  });
  assert.equal(other.sent, "SELECT, get 00 4, SELECT, get 00 4");
});

Deno.test("a stop comes between blocks, and the device is left idle", async () => {
  for (const isRead of [true, false]) {
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: () => stop.abort() };
    const replies = isRead ? [EIGHT] : [DONE];
    const { error, sent } = await play<unknown>(
      [...IDLE, ...replies, ...IDLE],
      (client) =>
        isRead ? client.read(part, 16, options) : client.write(part, new Uint8Array(16), options),
    );
    assert.equal(error?.kind, "cancelled");
    assert.ok(sent.endsWith("STATE, STATUS"));
    assert.equal(sent.includes("01 8") || sent.includes("put 01"), false);
  }
});
