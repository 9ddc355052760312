import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
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
  replies: readonly string[],
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
