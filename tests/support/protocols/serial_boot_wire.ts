import assert from "node:assert/strict";
import { DfuRequest, TO_DEVICE, TO_HOST } from "../../../core/protocols/dfu/packets/request.ts";
import { isKind } from "../../../core/common/errors.ts";
import type { UsbDevice } from "../../../core/transport/usb/device.ts";
import { options, sampleLayout, sampleLoader } from "./serial_boot_rig.ts";

/** Single transfers of the protocol, as a test writes them, without a client. */
export function wire(device: UsbDevice) {
  const out = (
    bRequest: number,
    wValue: number,
    data: Uint8Array = new Uint8Array(),
    timeoutMs = 60_000,
  ) =>
    device.controlOut({ bmRequestType: TO_DEVICE, bRequest, wValue, wIndex: 0 }, data, {
      ...options,
      timeoutMs,
    });
  const into = (bRequest: number, wValue: number, length: number, timeoutMs = 60_000) =>
    device.controlIn({ bmRequestType: TO_HOST, bRequest, wValue, wIndex: 0 }, length, {
      ...options,
      timeoutMs,
    });
  const self = {
    alternate: (alternate: number) => device.setAlternate(0, alternate),
    dnload: (block: number, data: Uint8Array) => out(DfuRequest.DNLOAD, block, data),
    upload: (length = 512, block = 0) => into(DfuRequest.UPLOAD, block, length),
    state: async () => (await into(DfuRequest.GETSTATE, 0, 1))[0],
    /** Returns bState, and the status if it is not OK. */
    status: async (timeoutMs?: number) => {
      const [bStatus, poll, , , bState] = await into(DfuRequest.GETSTATUS, 0, 6, timeoutMs);
      return bStatus ? [bState, bStatus] : poll ? [bState, "poll", poll] : [bState];
    },
    abort: () => out(DfuRequest.ABORT, 0),
    clear: () => out(DfuRequest.CLRSTATUS, 0),
    detach: () => out(DfuRequest.DETACH, 1000),
    /** Reads a GetPhase as the client does: the first five bytes. */
    async phase() {
      await self.alternate(3);
      const answer = await self.upload();
      await self.abort();
      return answer.subarray(0, 5).toHex();
    },
    /** Sends a complete download. */
    async send(alternate: number, bytes: Uint8Array, size = 1024) {
      await self.alternate(alternate);
      for (let at = 0; at < bytes.length; at += size) {
        await self.dnload(at / size, bytes.subarray(at, at + size));
        assert.deepEqual(await self.status(), [4]);
        assert.deepEqual(await self.status(), [5]);
      }
      await self.dnload(Math.ceil(bytes.length / size), new Uint8Array());
      assert.deepEqual(await self.status(), [7, "poll", 1]);
      assert.deepEqual(await self.status(), [2]);
    },
    /** Sends everything up to the request for phase 4. */
    async prepare() {
      await self.phase();
      await self.send(0, sampleLayout());
      await self.phase();
      await self.phase();
      await self.send(1, sampleLoader());
      await self.phase();
      assert.equal(await self.phase(), "0400000070");
    },
  };
  return self;
}

export const stalls = (promise: Promise<unknown>) =>
  assert.rejects(promise, (error) => isKind(error, "stalled"));
export const isSilent = (promise: Promise<unknown>) =>
  assert.rejects(promise, (error) => isKind(error, "timeout"));
