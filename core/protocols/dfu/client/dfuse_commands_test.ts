import assert from "node:assert/strict";
import type { ErrorKind, UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { parseLayout } from "../packets/layout.ts";
import { DfuClient } from "./dfu_client.ts";
import type { DfuInterface } from "./dfu_interface.ts";
import { DfuSeClient } from "./dfuse_client.ts";
import { DfuSeLink } from "./dfuse_link.ts";
import { blocksOf, planWrite, type SectorShare } from "./dfuse_write_plan.ts";
import type { DfuProgress } from "./memory_access.ts";

/** Every branch of DfuSe against a script: what is repeated, what is an error, and which. */

const BASE = 0x0800_0000;
const status = (state: number, code = 0, poll = 0) =>
  Uint8Array.of(code, poll & 0xff, poll >> 8, 0, state, 0).toHex();
const STALL: Reply = { fails: "stalled" }, GONE: Reply = { fails: "disconnected" };
const IDLE = ["02", status(2)], DONE = status(5), BUSY = status(4, 0, 1000);
const words: Readonly<Record<string, string>> = {
  "a1 02": "UPLOAD",
  "a1 03": "STATUS",
  "21 04": "CLEAR",
  "a1 05": "STATE",
  "21 06": "ABORT",
};
const layout = parseLayout("@Internal Flash  /0x08000000/02*016 g");
const functional = { wTransferSize: 4 };

/** `go 0` sets the address to BASE; `put 2 aa` writes a block. */
function wordOf(sent: string): string {
  const [, block, data = ""] = /^21 01 (..) .. 00 00 ?(.*)$/.exec(sent) ?? [];
  if (block === undefined) {
    const word = words[sent.slice(0, 5)] ?? sent;
    return word === "UPLOAD" ? `get ${sent.slice(6, 8)} ${sent.split(" ").at(-1)}` : word;
  }
  if (data.startsWith("21 ")) return `go ${data.slice(3, 5)}`;
  if (data.startsWith("41 ")) return `erase ${data.slice(3, 5)}`;
  return `put ${block} ${data}`.trim();
}

async function play<T>(
  replies: readonly (string | Reply)[],
  work: (dfu: DfuClient) => Promise<T>,
  refused: Readonly<Record<number, ErrorKind>> = {},
) {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({}, replies, refused);
  const dfu = { bInterfaceNumber: 0, functional } as DfuInterface;
  const end: { value?: T; error?: UnbrickError } = await clock.run(() =>
    work(new DfuClient({ device, clock, dfu })).then((value) => ({ value }), (error) => ({ error }))
  );
  assert.equal(device.left, 0, "every answer was asked for");
  return { ...end, sent: device.sent.map(wordOf).join(", "), ms: clock.elapsed };
}

const onLink = <T>(
  replies: readonly (string | Reply)[],
  work: (link: DfuSeLink) => Promise<T>,
  refused?: Readonly<Record<number, ErrorKind>>,
  stuckEraseFrom?: number,
) => play(replies, (dfu) => work(new DfuSeLink(dfu, stuckEraseFrom)), refused);

const GO = "go 00, STATUS", ABORTED = "ABORT, STATUS", TO_IDLE = "STATE, STATUS";

Deno.test("the pointer and the state are asked for only when they are not known", async () => {
  const end = await onLink(
    [...IDLE, DONE, "01020304", "0506", status(2), "01020304", status(2), DONE, DONE],
    async (link) => {
      await link.idle();
      await link.idle();
      await link.readBlock(BASE, 4);
      await link.readBlock(BASE + 4, 2);
      await link.idle();
      await link.readBlock(BASE, 4);
      await link.idle();
      await link.writeBlocks([{ address: BASE, bytes: Uint8Array.of(1, 2, 3, 4) }]);
    },
  );
  assert.equal(
    end.sent,
    `${TO_IDLE}, ${GO}, ABORT, get 02 4, get 03 2, ${ABORTED}, get 02 4, ${ABORTED}, ${GO}, ` +
      "put 02 01 02 03 04, STATUS",
  );
  // After a write, the pointer is where the chip left it.
  const written = await onLink([DONE, DONE, DONE, status(2), DONE, DONE], async (link) => {
    await link.writeBlocks([{ address: BASE, bytes: Uint8Array.of(1, 2, 3, 4) }]);
    await link.writeBlocks([{ address: BASE + 4, bytes: Uint8Array.of(5) }]);
    await link.idle();
    await link.writeBlocks([{ address: BASE, bytes: Uint8Array.of(6) }]);
  });
  assert.equal(
    written.sent,
    `${GO}, put 02 01 02 03 04, STATUS, put 03 05, STATUS, ${ABORTED}, ${GO}, put 02 06, STATUS`,
  );
});

Deno.test("a device that is not idle after ABORT is recovered; a stop comes before any request", async () => {
  const read = async (link: DfuSeLink) => {
    await link.readBlock(BASE, 1);
    await link.idle();
  };
  const begin = `${GO}, ABORT, get 02 1`;
  const not = await onLink([DONE, "01", status(9), ...IDLE], read);
  assert.equal(not.sent, `${begin}, ${ABORTED}, ${TO_IDLE}`);
  const refused = await onLink([DONE, "01", ...IDLE], read, { 5: "stalled" });
  assert.equal(refused.sent, `${begin}, ABORT, ${TO_IDLE}`);
  const gone = await onLink([DONE, "01"], read, { 5: "disconnected" });
  assert.deepEqual([gone.error?.kind, gone.sent], ["disconnected", `${begin}, ABORT`]);
  const idle = await onLink(IDLE, async (link) => {
    await link.idle();
    await link.idle(AbortSignal.abort());
  });
  assert.deepEqual([idle.error?.kind, idle.sent], ["cancelled", TO_IDLE]);
  const stopped = await onLink([], (link) => link.idle(AbortSignal.abort()));
  assert.deepEqual([stopped.error?.kind, stopped.sent], ["cancelled", ""]);
});

Deno.test("a refused or short answer is repeated once, protection is recognised, other errors are not", async () => {
  const write = (link: DfuSeLink) => link.writeBlocks([{ address: BASE, bytes: Uint8Array.of(1) }]);
  const read = (link: DfuSeLink) => link.readBlock(BASE, 2);
  const put = "put 02 01, STATUS", get = `${GO}, ABORT, get 02 2`;
  const cases: [(link: DfuSeLink) => Promise<unknown>, (string | Reply)[], string, ErrorKind?][] = [
    [
      write,
      [DONE, status(10, 15), ...IDLE, DONE, DONE],
      `${GO}, ${put}, ${TO_IDLE}, ${GO}, ${put}`,
    ],
    [write, [DONE, status(10, 3)], `${GO}, ${put}`, "device-status"],
    [write, [DONE, status(10, 11)], `${GO}, ${put}`, "protected"],
    [read, [DONE, STALL, status(10, 11)], `${get}, STATUS`, "protected"],
    [read, [DONE, STALL, status(2), ...IDLE, DONE, "0102"], `${get}, STATUS, ${TO_IDLE}, ${get}`],
    [read, [DONE, "01", ...IDLE, DONE, "0102"], `${get}, ${TO_IDLE}, ${get}`],
    [read, [DONE, "01", ...IDLE, DONE, "01"], `${get}, ${TO_IDLE}, ${get}`, "protocol"],
    [read, [DONE, GONE], get, "disconnected"],
    [(link) => link.setAddress(BASE), [DONE], GO],
  ];
  for (const [at, [work, replies, sent, kind]] of cases.entries()) {
    const end = await onLink(replies, work);
    assert.deepEqual([end.sent, end.error?.kind], [sent, kind], `case ${at}`);
    if (kind === "protected") {
      assert.deepEqual(end.error?.data, { status: 11, statusName: "errVENDOR" });
      assert.ok(end.error?.cause);
    }
    if (kind !== "protocol") continue;
    assert.equal(
      end.error?.message,
      "unbrick asked for 2 bytes at 0x08000000, but the camera sent 1.",
    );
    assert.deepEqual(end.error?.data, { address: BASE, asked: 2, sent: 1 });
  }
});

Deno.test("an erase that never ends is ended where the chip has that bug, and looked at", async () => {
  const erase = (link: DfuSeLink) =>
    link.eraseSector({ address: BASE, size: 6, segment: layout.segments[0] });
  const stuck = [BUSY, BUSY, BUSY], reads = "get 02 4, get 03 2";
  const ended = `erase 00, STATUS, STATUS, STATUS, CLEAR, ${TO_IDLE}, ${GO}, ABORT`;
  const blank = await onLink([...stuck, ...IDLE, DONE, "ffffffff", "ffff"], erase, {}, BASE);
  assert.deepEqual([blank.error, blank.sent, blank.ms], [undefined, `${ended}, ${reads}`, 2000]);
  for (
    const [first, second, sent] of [["ffffff00", [], "get 02 4"], [
      "ffffffff",
      ["00ff"],
      reads,
    ]] as const
  ) {
    const { error, sent: all } = await onLink(
      [...stuck, ...IDLE, DONE, first, ...second],
      erase,
      {},
      BASE,
    );
    assert.deepEqual([error?.kind, all], ["device-status", `${ended}, ${sent}`]);
    assert.deepEqual(error?.data, { address: BASE, status: 4, statusName: "errERASE" });
    assert.match(error!.message, /never finished erasing the sector at 0x08000000, and it is not/);
  }
  // Elsewhere, or if the device does not answer at all, it is a timeout.
  const other = await onLink(Array(11).fill(BUSY), erase, {}, BASE + 1);
  assert.deepEqual([other.error?.kind, other.ms], ["timeout", 10_000]);
  const silent = await onLink([{ fails: "timeout" }], erase, {}, BASE);
  assert.deepEqual([silent.error?.kind, silent.sent], ["timeout", "erase 00, STATUS"]);
});

Deno.test("a program that is started need not answer; read protection is removed by leaving", async () => {
  const leave = (link: DfuSeLink) => link.leave();
  const starts = [
    ...[[status(7)], [status(6)], [status(8)], [status(2)], [GONE], [STALL, STALL, STALL, STALL]],
    [{ fails: "timeout" } as Reply],
  ];
  for (const replies of starts) assert.equal((await onLink(replies, leave)).error, undefined);
  assert.equal((await onLink([], leave, { 1: "disconnected" })).error, undefined);
  assert.equal((await onLink([], leave, { 1: "timeout" })).error?.kind, "timeout");
  assert.equal((await onLink([status(10, 3)], leave)).error?.kind, "device-status");
  const unprotect = (link: DfuSeLink) => link.readUnprotect();
  const gone = await onLink([GONE], unprotect);
  assert.deepEqual([gone.error, gone.sent], [undefined, "put 00 92, STATUS"]);
  const busy = await onLink(Array(61).fill(BUSY), unprotect);
  assert.deepEqual([busy.error?.kind, busy.ms], ["timeout", 60_000]);
  const commands = await onLink(["00214192", ...IDLE], (link) => link.commands());
  assert.deepEqual([commands.value?.toHex(), commands.sent], ["00214192", `get 00 4, ${TO_IDLE}`]);
});

const client = <T>(
  replies: readonly (string | Reply)[],
  work: (client: DfuSeClient) => Promise<T>,
) => play(replies, (dfu) => work(new DfuSeClient(dfu, layout, { programUnit: 4 } as never)));
const signal = new AbortController().signal;

Deno.test("what is read is passed on with its address; the first difference has its facts", async () => {
  const read: string[] = [], done: number[] = [];
  const run = {
    signal,
    onProgress: (progress: DfuProgress) => done.push(progress.done),
    onRead: (bytes: Uint8Array, at: number) => read.push(`${at - BASE} ${bytes.toHex()}`),
  };
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 9);
  const { error } = await client(
    [...IDLE, DONE, "01020304", "0506", status(2)],
    (one) => one.verifyRange(BASE, bytes, run),
  );
  assert.deepEqual(read, ["0 01020304", "4 0506"]);
  assert.deepEqual(done, [4, 6]);
  assert.equal(error?.message, "At 0x08000005, the camera contains 0x06 instead of 0x09.");
  assert.deepEqual(error?.data, { address: BASE + 5, expected: 9, found: 6, sector: BASE });
  const left = await client([...IDLE, DONE, status(7)], (one) => one.leave(BASE, signal));
  assert.deepEqual([left.error, left.sent], [undefined, `${TO_IDLE}, ${GO}, put 00, STATUS`]);
  const right = await client([...IDLE, status(7)], (one) => one.leave(undefined, signal));
  assert.equal(right.sent, `${TO_IDLE}, put 00, STATUS`);
});

Deno.test("a write that compares first: phases, addresses and the report of two sectors", async () => {
  const seen: string[] = [];
  const run = {
    signal,
    headLast: false,
    onProgress: ({ phase, address, done }: DfuProgress) =>
      seen.push(`${phase} ${address - BASE} ${done}`),
  };
  const bytes = new Uint8Array(32).fill(0xff).fill(1, 0, 4).fill(2, 16, 20);
  const equal = ["01010101", "ffffffff", "ffffffff", "ffffffff"];
  const { value, sent } = await client(
    [...IDLE, DONE, ...equal, "03ffffff", DONE, DONE, DONE, status(2)],
    (one) => one.writeRange(BASE, bytes, run),
  );
  assert.deepEqual(value, { sectors: 2, equalSectors: 1, erasedSectors: 1, writtenBytes: 4 });
  assert.equal(
    sent,
    `${TO_IDLE}, ${GO}, ABORT, get 02 4, get 03 4, get 04 4, get 05 4, get 06 4, ABORT, ` +
      `erase 10, STATUS, go 10, STATUS, put 02 02 02 02 02, STATUS, ${ABORTED}`,
  );
  assert.deepEqual(seen, [
    ...["compare 0 0", "compare 4 1", "compare 8 1", "compare 12 2", "compare 12 2"],
    // The rest of the second sector need not be read; the first one is not erased.
    ...["compare 16 2", "compare 16 4", "compare 16 10", "erase 16 16"],
    ...["write 16 18", "write 16 32"],
  ]);
});

Deno.test("the head: a blank one is not written, one of a whole block leaves nothing behind it", async () => {
  const small = parseLayout("@Internal Flash  /0x08000000/01*016 g");
  const erased = `${TO_IDLE}, erase 00, STATUS`;
  const known = (bytes: Uint8Array, replies: readonly string[], stop?: AbortController) =>
    play(
      [...IDLE, ...replies],
      (dfu) =>
        new DfuSeClient(dfu, small, { programUnit: 4 } as never).writeRange(BASE, bytes, {
          signal: stop?.signal ?? signal,
          compareFirst: false,
          onProgress: () => stop?.abort(),
        }),
    );
  const blank = new Uint8Array(12).fill(0xff).fill(1, 4).fill(2, 8);
  const second = await known(blank, [DONE, DONE, DONE, DONE, status(2)]);
  assert.equal(
    second.sent,
    `${erased}, go 04, STATUS, put 02 01 01 01 01, STATUS, put 03 02 02 02 02, STATUS, ${ABORTED}`,
  );
  const one = await known(new Uint8Array(4).fill(1), [DONE, DONE, DONE, status(2)]);
  assert.equal(one.sent, `${erased}, ${GO}, put 02 01 01 01 01, STATUS, ${ABORTED}`);
  assert.equal(one.value?.writtenBytes, 4);
  const stopped = await known(blank, [DONE, status(2)], new AbortController());
  assert.deepEqual([stopped.error?.kind, stopped.sent], ["cancelled", `${erased}, ${ABORTED}`]);
  // A stop while it is compared comes before the erase.
  const stop = new AbortController();
  const compared = await play(
    [...IDLE, DONE, "00000000", status(2)],
    (dfu) =>
      new DfuSeClient(dfu, small, { programUnit: 4 } as never).writeRange(
        BASE,
        new Uint8Array(4).fill(1),
        {
          signal: stop.signal,
          onProgress: () => stop.abort(),
        },
      ),
  );
  assert.equal(compared.error?.kind, "cancelled");
  assert.equal(compared.sent, `${TO_IDLE}, ${GO}, ABORT, get 02 4, ${ABORTED}`);
});

Deno.test("only a DfuSe interface in DFU mode is opened", async () => {
  const open = (configurations: readonly object[]) => {
    const device = new ScriptedDevice({ configurations } as never, []);
    return DfuSeClient.open({ device, clock: new VirtualClock(), layout, signal });
  };
  const plain = {
    bInterfaceNumber: 0,
    ...{ bInterfaceClass: 0xfe, bInterfaceSubClass: 1, bInterfaceProtocol: 2 },
    extra: Uint8Array.of(9, 0x21, 0x0b, 0xff, 0, 0, 8, 0x10, 1),
  };
  for (const configurations of [[], [{ interfaces: [plain], extra: new Uint8Array() }]]) {
    await assert.rejects(open(configurations), {
      kind: "wrong-board",
      message: "This device has no DfuSe interface.",
    });
  }
});

Deno.test("shares that follow each other are sent as one; blank blocks are left out", () => {
  const share = (address: number, ...bytes: number[]) =>
    ({ address, bytes: Uint8Array.from(bytes) }) as SectorShare;
  const texts = (...shares: SectorShare[]) =>
    blocksOf(shares, 4).map(({ address, bytes }) => `${address} ${bytes.toHex()}`);
  assert.deepEqual(texts(share(0, 1, 2, 3, 4, 5, 6), share(6, 7, 8)), ["0 01020304", "4 05060708"]);
  assert.deepEqual(texts(share(0, 1, 2), share(3, 3)), ["0 0102", "3 03"]);
  assert.deepEqual(texts(share(0, 255, 255, 255, 255, 1), share(9, 255)), ["4 01"]);
  const plan = (address: number, length: number) =>
    planWrite(layout, address, new Uint8Array(length), 4);
  assert.deepEqual(
    plan(BASE + 12, 6).map(({ address, bytes }) => [address - BASE, bytes.toHex()]),
    [[12, "00000000"], [16, "0000ffff"]],
  );
  assert.throws(() => plan(BASE, 0), {
    kind: "usage",
    message: "There is nothing to write: 0 bytes.",
  });
  assert.throws(() => plan(BASE + 2, 4), {
    kind: "usage",
    message: "0x08000002 is not a multiple of 4, the smallest unit that this chip writes.",
    data: { address: BASE + 2, programUnit: 4 },
  });
});
