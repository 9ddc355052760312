import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { parseLayout } from "../packets/layout.ts";
import { DfuClient } from "./dfu_client.ts";
import type { DfuInterface } from "./dfu_interface.ts";
import { DfuSeClient } from "./dfuse_client.ts";
import { PartitionClient } from "./partition_client.ts";

/** Every request as dfu-dfuse.md A2, B1 and E1 have it, without a model. */

const run = { signal: new AbortController().signal };
/** GETSTATUS: status, poll time of 0 ms, state, string. */
const status = (state: string, code = "00") => `${code} 00 00 00 ${state} 00`;
const IDLE = status("02"), BUSY = status("04"), WRITTEN = status("05");
const GETSTATUS = "a1 03 00 00 00 00 IN 6", GETSTATE = "a1 05 00 00 00 00 IN 1";
const ABORT = "21 06 00 00 00 00";

function interfaceOf(wTransferSize: number): DfuInterface {
  return {
    bInterfaceNumber: 0,
    mode: "dfu",
    isDfuSe: false,
    alternates: [],
    functional: { wTransferSize, manifestationTolerant: true },
  } as unknown as DfuInterface;
}

async function sent(
  replies: readonly (string | Reply)[],
  wTransferSize: number,
  work: (dfu: DfuClient) => Promise<unknown>,
): Promise<string[]> {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({}, replies);
  const dfu = interfaceOf(wTransferSize);
  await clock.run(() => work(new DfuClient({ device, clock, dfu, polling: "early" })));
  assert.equal(device.left, 0);
  return device.sent;
}

Deno.test("DfuSe: a sector is erased, written behind its first block, and read back; that block is last", async () => {
  const layout = parseLayout("@Internal Flash  /0x08000000/01*016Kg");
  const packets = await sent(
    [
      ...["02", IDLE],
      ...[BUSY, WRITTEN, BUSY, WRITTEN, BUSY, WRITTEN],
      ...[BUSY, WRITTEN, "05 06 07 08"],
      ...[BUSY, WRITTEN, BUSY, WRITTEN, IDLE],
    ],
    4,
    (dfu) =>
      new DfuSeClient(dfu, layout, { programUnit: 4 } as never).writeRange(
        0x0800_0000,
        Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
        { ...run, compareFirst: false },
      ),
  );
  assert.deepEqual(packets, [
    GETSTATE,
    GETSTATUS,
    "21 01 00 00 00 00 41 00 00 00 08",
    ...[GETSTATUS, GETSTATUS],
    "21 01 00 00 00 00 21 04 00 00 08",
    ...[GETSTATUS, GETSTATUS],
    "21 01 02 00 00 00 05 06 07 08",
    ...[GETSTATUS, GETSTATUS],
    "21 01 00 00 00 00 21 04 00 00 08",
    ...[GETSTATUS, GETSTATUS, ABORT],
    "a1 02 02 00 00 00 IN 4",
    ABORT,
    "21 01 00 00 00 00 21 00 00 00 08",
    ...[GETSTATUS, GETSTATUS],
    "21 01 02 00 00 00 01 02 03 04",
    ...[GETSTATUS, GETSTATUS],
    ABORT,
    GETSTATUS,
  ]);
});

Deno.test("DfuSe: a DNLOAD and its two GETSTATUS are under way together", async () => {
  const layout = parseLayout("@Internal Flash  /0x08000000/01*016Kg");
  const start = ["02", IDLE], end = [IDLE];
  // The first answers come only when both GETSTATUS have been sent.
  const after = (hex: string, sent: number) => ({ hex, after: sent });
  const packets = await sent(
    [...start, ...[5, 8, 11].flatMap((count) => [after(BUSY, count), WRITTEN]), ...end],
    4,
    (dfu) =>
      new DfuSeClient(dfu, layout, { programUnit: 4 } as never).writeRange(
        0x0800_0000,
        Uint8Array.of(1, 2, 3, 4),
        { ...run, compareFirst: false, headLast: false },
      ),
  );
  assert.equal(packets.length, 13);
});

Deno.test("DfuSe: the further a read comes, the more UPLOADs are under way together, in their order", async () => {
  const layout = parseLayout("@Internal Flash  /0x08000000/01*016Kg");
  const bytes = Uint8Array.from({ length: 62 }, (_, index) => index);
  const block = (at: number) => bytes.subarray(at, at + 4).toHex();
  const late = (at: number, sent: number) => ({ hex: block(at), after: sent });
  const packets = await sent(
    [
      ...["02", IDLE, BUSY, WRITTEN],
      ...[late(0, 7), late(4, 9), block(8), late(12, 13), ...[16, 20, 24].map(block)],
      ...[late(28, 21), ...[32, 36, 40, 44, 48, 52, 56].map(block), late(60, 22), IDLE],
    ],
    4,
    async (dfu) =>
      assert.deepEqual(
        await new DfuSeClient(dfu, layout, undefined).readRange(0x0800_0000, 62, run),
        bytes,
      ),
  );
  assert.deepEqual(
    packets.slice(6, -2),
    Array.from({ length: 16 }, (_, index) => {
      const number = (2 + index).toString(16).padStart(2, "0");
      return `a1 02 ${number} 00 00 00 IN ${index < 15 ? 4 : 2}`;
    }),
  );
});

Deno.test("DfuSe: a read sets the address, leaves the download, and asks block by block from 2 on", async () => {
  const layout = parseLayout("@Internal Flash  /0x08000000/01*016Kg");
  const packets = await sent(
    ["02", IDLE, BUSY, WRITTEN, "01 02 03 04", "05 06", IDLE],
    4,
    async (dfu) =>
      assert.deepEqual(
        await new DfuSeClient(dfu, layout, undefined).readRange(0x0800_0000, 6, run),
        Uint8Array.of(1, 2, 3, 4, 5, 6),
      ),
  );
  assert.deepEqual(packets, [
    GETSTATE,
    GETSTATUS,
    "21 01 00 00 00 00 21 00 00 00 08",
    ...[GETSTATUS, GETSTATUS],
    ABORT,
    "a1 02 02 00 00 00 IN 4",
    "a1 02 03 00 00 00 IN 2",
    ABORT,
    GETSTATUS,
  ]);
});

Deno.test("a partition is selected, written from block 0 on, and completed by an empty block", async () => {
  const packets = await sent(
    ["02", IDLE, WRITTEN, WRITTEN, IDLE],
    4,
    (dfu) =>
      new PartitionClient(dfu).write(
        { alternate: 3, name: "ROMFS0" },
        Uint8Array.of(1, 2, 3, 4, 5),
        run,
      ),
  );
  assert.deepEqual(packets, [
    "SET_INTERFACE 0 3",
    GETSTATE,
    GETSTATUS,
    "21 01 00 00 00 00 01 02 03 04",
    GETSTATUS,
    "21 01 01 00 00 00 05",
    GETSTATUS,
    "21 01 02 00 00 00",
    GETSTATUS,
  ]);
});
