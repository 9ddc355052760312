import assert from "node:assert/strict";
import { ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { ReportPipe } from "./report_pipe.ts";

const signal = new AbortController().signal;

/** Sends a report with a payload of this length. @returns its bytes on the wire, and those of a read */
async function lengths(
  endpoints: readonly (readonly [address: number, size: number])[],
  payload: number,
  wholeReports = false,
): Promise<readonly [number, number]> {
  const interfaces = [{
    endpoints: endpoints.map(([bEndpointAddress, wMaxPacketSize]) => ({
      ...{ bEndpointAddress, wMaxPacketSize },
    })),
  }];
  const device = new ScriptedDevice({ configurations: [{ interfaces }] } as never, ["04 00 00 00"]);
  let asked = 0;
  const read = device.interruptIn.bind(device);
  device.interruptIn = (endpoint, length, options) => {
    asked = length;
    return read(endpoint, length, options);
  };
  const pipe = new ReportPipe(Object.assign(device, { wholeReports }), signal);
  pipe.maxPayload = 124;
  await pipe.send(2, new Uint8Array(payload), 100);
  await pipe.receive(100);
  return [(device.sent[0].length - 3) / 3, asked];
}

Deno.test("a report is padded by the size of a packet, and read as the chip's speed needs it", async () => {
  const full = [[0x81, 64], [0x02, 64]] as const, high = [[0x81, 512], [0x02, 512]] as const;
  const mixed = [[0x81, 512], [0x02, 64]] as const;
  assert.deepEqual(await lengths(full, 3), [7, 2048]);
  // A whole packet is followed by one more byte, unless it is the longest report.
  assert.deepEqual(await lengths(full, 59), [63, 2048]);
  assert.deepEqual(await lengths(full, 60), [65, 2048]);
  assert.deepEqual(await lengths(full, 124), [128, 2048]);
  assert.deepEqual(await lengths([], 60), [65, 2048]);
  assert.deepEqual(await lengths(high, 60), [64, 512]);
  assert.deepEqual(await lengths(mixed, 60), [65, 512]);
  for (const payload of [0, 60, 123, 124]) {
    assert.deepEqual(await lengths(full, payload, true), [128, 2048]);
  }
});
