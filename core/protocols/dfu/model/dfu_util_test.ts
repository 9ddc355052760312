import assert from "node:assert/strict";
import type { Clock } from "../../../common/clock.ts";
import type { UsbDevice } from "../../../transport/usb/device.ts";
import { DfuRequest, DfuState, TO_DEVICE, TO_HOST } from "../packets/request.ts";
import { never, pattern, withRom } from "../../../../tests/support/protocols/dfu_rig.ts";
import { AddressCommand } from "../packets/dfuse_command.ts";
import { StatusRecord } from "../packets/status_record.ts";

/**
 * What dfu-util 0.11 sends for `-a 0 -s 0x08000000 -D file` (dfu-dfuse.md C1), step by step, with a
 * sleep for every bwPollTimeout. The models must satisfy it as the chips do.
 */
async function dfuUtilDownload(
  device: UsbDevice,
  clock: Clock,
  options: { address: number; data: Uint8Array; transferSize: number; sectorSize: number },
): Promise<Record<string, number>> {
  const { address, data, transferSize, sectorSize } = options;
  const counts: Record<string, number> = { DNLOAD: 0, GETSTATUS: 0, ABORT: 0, CLRSTATUS: 0 };
  const transfer = { timeoutMs: 5000, signal: never };
  const send = async (name: keyof typeof DfuRequest, wValue: number, bytes: Uint8Array) => {
    counts[name]++;
    const bRequest = DfuRequest[name];
    const setup = { bmRequestType: TO_DEVICE, bRequest, wValue, wIndex: 0 };
    await device.controlOut(setup, bytes, transfer);
  };
  const status = async () => {
    counts.GETSTATUS++;
    const bRequest = DfuRequest.GETSTATUS;
    const setup = { bmRequestType: TO_HOST, bRequest, wValue: 0, wIndex: 0 };
    const bytes = await device.controlIn(setup, 6, transfer);
    assert.equal(bytes.length, 6);
    return StatusRecord.decode(bytes);
  };
  const waitDone = async () => {
    for (let first = true;; first = false) {
      const { bStatus, bwPollTimeout, bState } = await status();
      assert.equal(bStatus, 0);
      if (first) assert.equal(bState, DfuState.dfuDNBUSY, "dfu-util insists on dfuDNBUSY");
      if (bwPollTimeout > 0) await clock.sleep(bwPollTimeout);
      if (bState === DfuState.dfuDNLOAD_IDLE) return;
    }
  };
  const command = async (code: number, address: number) => {
    await send("DNLOAD", 0, AddressCommand.encode({ code, address }));
    await waitDone();
  };

  await device.claim(0);
  await device.setAlternate(0, 0);
  for (;;) {
    const { bState } = await status();
    if (bState === DfuState.dfuIDLE) break;
    if (bState === DfuState.dfuERROR) await send("CLRSTATUS", 0, new Uint8Array());
    else await send("ABORT", 0, new Uint8Array());
  }
  for (let at = 0; at < data.length; at += sectorSize) await command(0x41, address + at);
  for (let at = 0; at < data.length; at += transferSize) {
    await command(0x21, address + at);
    await send("DNLOAD", 2, data.subarray(at, at + transferSize));
    await waitDone();
  }
  await send("ABORT", 0, new Uint8Array());
  assert.equal((await status()).bState, DfuState.dfuIDLE);
  return counts;
}

const KIB = 1024;

Deno.test("dfu-util writes a 32 KiB bootloader to the F427", () =>
  withRom("STM32F427", {}, async ({ device, clock, flash, model }) => {
    const data = pattern(32 * KIB);
    const counts = await dfuUtilDownload(device, clock, {
      ...{ address: 0x08000000, data, transferSize: 2048, sectorSize: 16 * KIB },
    });
    assert.deepEqual(counts, { DNLOAD: 34, GETSTATUS: 70, ABORT: 1, CLRSTATUS: 0 });
    assert.deepEqual(flash.read(0x08000000, data.length), data);
    assert.deepEqual(model.forbiddenOperations, []);
    // Two erases of 250 ms held beyond their poll time of 100 ms; for each block 104 ms for SET_ADDRESS
    // and 104 ms for the data (real-devices.md 1.7).
    assert.equal(Math.round(clock.elapsed), 2 * 250 + 16 * 208);
  }));

Deno.test("dfu-util writes to a fresh F765 that reports errFIRMWARE", () =>
  withRom("STM32F765", { traps: { freshError: true } }, async ({ device, clock, flash }) => {
    const data = pattern(32 * KIB);
    const counts = await dfuUtilDownload(device, clock, {
      ...{ address: 0x08000000, data, transferSize: 2048, sectorSize: 32 * KIB },
    });
    assert.deepEqual(counts, { DNLOAD: 33, GETSTATUS: 69, ABORT: 1, CLRSTATUS: 1 });
    assert.deepEqual(flash.read(0x08000000, data.length), data);
  }));

Deno.test("dfu-util writes 128 KiB to the H743", () =>
  withRom("STM32H743", {}, async ({ device, clock, flash }) => {
    const data = pattern(128 * KIB);
    const counts = await dfuUtilDownload(device, clock, {
      ...{ address: 0x08000000, data, transferSize: 1024, sectorSize: 128 * KIB },
    });
    assert.deepEqual(counts, { DNLOAD: 257, GETSTATUS: 516, ABORT: 1, CLRSTATUS: 0 });
    assert.deepEqual(flash.read(0x08000000, data.length), data);
  }));
