import assert from "node:assert/strict";
import type { ControlSetup, UsbDevice } from "../../../transport/usb/device.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { DfuClient } from "./dfu_client.ts";
import type { DfuInterface } from "./dfu_interface.ts";
import { DfuSeLink } from "./dfuse_link.ts";
import { DfuRequest, DfuState } from "../packets/request.ts";
import { AddressCommand } from "../packets/dfuse_command.ts";

const dfu = (wTransferSize: number): DfuInterface => ({
  bInterfaceNumber: 0,
  mode: "dfu",
  isDfuSe: true,
  alternates: [],
  functional: {
    ...{ canDownload: true, canUpload: true, manifestationTolerant: false, willDetach: true },
    ...{ wDetachTimeOut: 255, wTransferSize, bcdDFUVersion: 0x011a },
  },
});

/** A device that finishes everything at once; it records the block numbers that it receives. */
function instantDevice(blocks: number[], pointers: number[]): UsbDevice {
  let state: number = DfuState.dfuIDLE;
  const device: Partial<UsbDevice> = {
    controlIn: async ({ bRequest, wValue }: ControlSetup, length: number) => {
      if (bRequest === DfuRequest.GETSTATUS) return Uint8Array.of(0, 0, 0, 0, state, 0);
      if (bRequest === DfuRequest.GETSTATE) return Uint8Array.of(state);
      blocks.push(wValue);
      state = DfuState.dfuUPLOAD_IDLE;
      return new Uint8Array(length);
    },
    controlOut: async ({ bRequest, wValue }: ControlSetup, data: Uint8Array) => {
      state = bRequest === DfuRequest.DNLOAD ? DfuState.dfuDNLOAD_IDLE : DfuState.dfuIDLE;
      if (bRequest !== DfuRequest.DNLOAD) return;
      if (wValue === 0) pointers.push(AddressCommand.decode(data).address);
      else blocks.push(wValue);
    },
  };
  return device as UsbDevice;
}

const link = (blocks: number[], pointers: number[], wTransferSize: number) =>
  new DfuSeLink(
    new DfuClient({
      device: instantDevice(blocks, pointers),
      clock: new VirtualClock(),
      dfu: dfu(wTransferSize),
    }),
  );

Deno.test("after block number 65535 the address is set again", async () => {
  const base = 0x08000000, last = base + 16 * 65_533;
  for (const direction of ["read", "write"] as const) {
    const blocks: number[] = [], pointers: number[] = [];
    const seen = link(blocks, pointers, 16);
    const access = (address: number, length: number) =>
      direction === "read"
        ? seen.readBlock(address, length)
        : seen.writeBlocks([{ address, bytes: new Uint8Array(length) }]);
    // As if all blocks before the last one were one.
    await access(base, last - base);
    for (const address of [last, last + 16, last + 32]) await access(address, 16);
    assert.deepEqual([pointers, blocks], [[base, last + 16], [2, 65_535, 2, 3]]);
  }
});

/** A device that answers when the test goes on, and refuses the UPLOADs of some blocks once. */
function slowDevice(refused: readonly number[], keepsOrder = true) {
  const device = instantDevice([], []);
  const left = new Set(refused), sent: string[] = [];
  const together: number[] = [];
  let underWay = 0;
  const slow: Partial<UsbDevice> = {
    keepsOrder,
    controlIn: async (setup, length, options) => {
      if (setup.bRequest !== DfuRequest.UPLOAD) return device.controlIn(setup, length, options);
      sent.push(`${setup.wValue}`);
      together.push(++underWay);
      await new Promise((resolve) => setTimeout(resolve));
      underWay--;
      if (left.delete(setup.wValue)) throw new UnbrickError("stalled", "No.");
      return (await device.controlIn(setup, length, options)).fill(setup.wValue);
    },
    controlOut: (setup, ...more) => {
      assert.equal(underWay, 0, "another request came before all UPLOADs had ended");
      if (setup.bRequest === DfuRequest.DNLOAD) sent.push("go to");
      return device.controlOut(setup, ...more);
    },
  };
  const client = new DfuClient({
    ...{ device: slow as UsbDevice, clock: new VirtualClock(), dfu: dfu(16) },
  });
  return { link: new DfuSeLink(client), sent, together, most: () => Math.max(...together) };
}

Deno.test("UPLOADs of blocks in a row are under way together, and visited in order", async () => {
  const { link, sent, most } = slowDevice([]);
  const seen: string[] = [];
  const base = 0x08000000;
  await link.readBlocks(base, 140, (block, address) => {
    seen.push(`${address - base}: ${block.length} × ${block[0]}`);
  });
  assert.equal(most(), 4);
  assert.deepEqual(seen, [
    ...["0: 16 × 2", "16: 16 × 3", "32: 16 × 4", "48: 16 × 5", "64: 16 × 6"],
    ...["80: 16 × 7", "96: 16 × 8", "112: 16 × 9", "128: 12 × 10"],
  ]);
  assert.deepEqual(sent.splice(0), ["go to", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  await link.readBlocks(base, 64, () => "stop");
  await link.readBlocks(base, 64, (_, address) => address > base ? "stop" : undefined);
  await link.setAddress(base);
  assert.deepEqual(sent, ["2", "2", "3", "4", "go to"], "none too early");
});

Deno.test("UPLOADs are sent one at a time where the system may change their order", async () => {
  const { link, sent, most } = slowDevice([], false);
  await link.readBlocks(0x08000000, 64, () => {});
  assert.deepEqual([most(), sent], [1, ["go to", "2", "3", "4", "5"]]);
});

Deno.test("after a refused UPLOAD the block is asked for again, and then one at a time", async () => {
  const { link, sent, together } = slowDevice([4, 8]);
  const seen: number[] = [];
  const read = (at: number, length: number) =>
    link.readBlocks(at, length, (block) => void seen.push(block[0]));
  await read(0x08000000, 192);
  const first = ["go to", "2", "3", "4", "5", "6", "7"],
    second = ["2", "3", "4", "5", "6", "7", "8"];
  assert.deepEqual(sent, [...first, "go to", ...second, "go to", "2", "3", "4", "5"]);
  assert.deepEqual(seen, [2, 3, 2, 3, 4, 5, 6, 7, 2, 3, 4, 5], "each pointer at the refused block");
  const [before, after] = [together.slice(0, 6), together.slice(6)];
  assert.deepEqual([Math.max(...before), Math.max(...after)], [4, 1]);
  await read(0x080000c0, 16);
  assert.deepEqual(sent.slice(20), ["6"]);
});

Deno.test("a transfer size of 8192 is reduced to 4096, and block numbers stay correct", async () => {
  const blocks: number[] = [], pointers: number[] = [];
  const seen = link(blocks, pointers, 8192);
  assert.equal(seen.dfu.blockSize, 4096);
  for (let i = 0; i < 4; i++) await seen.readBlock(0x08000000 + 4096 * i, 4096);
  // The device counts in units of 8192 bytes, so a number could name only every second block.
  assert.deepEqual(pointers, [0, 1, 2, 3].map((i) => 0x08000000 + 4096 * i));
  assert.deepEqual(blocks, [2, 2, 2, 2]);
});
