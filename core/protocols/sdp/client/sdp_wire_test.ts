import assert from "node:assert/strict";
import { UnbrickError } from "../../../common/errors.ts";
import { ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { SdpClient } from "./sdp_client.ts";

/** Every packet as imxrt-sdp-flashloader.md A2 to A5 have it, without a model. */

const signal = new AbortController().signal;
const HAB_OPEN = "03 56 78 78 56";
const status = (word: string) => `04 ${word} ${"00 ".repeat(60)}`;

async function session<T>(
  replies: readonly string[],
  work: (client: SdpClient) => Promise<T>,
): Promise<{ sent: string[]; value?: T; error?: UnbrickError }> {
  const device = new ScriptedDevice({}, replies);
  const client = await SdpClient.open(silentAtFirst(device), { signal });
  const outcome = await work(client).then((value) => ({ value }), (error) => ({ error }));
  return { sent: device.sent, ...outcome };
}

/** Nothing is left over of an earlier program: the first IN transfer runs out of time. */
function silentAtFirst(device: ScriptedDevice): ScriptedDevice {
  const read = device.interruptIn.bind(device);
  let isFirst = true;
  device.interruptIn = (...all) => {
    if (!isFirst) return read(...all);
    isFirst = false;
    return Promise.reject(new UnbrickError("timeout", "Silence."));
  };
  return device;
}

const COMMAND = "21 09 01 02 00 00 01";
const DATA = "21 09 02 02 00 00 02";

Deno.test("a file is announced with address and length, sent in reports and acknowledged", async () => {
  const { sent, error } = await session(
    [HAB_OPEN, status("88 88 88 88")],
    (client) => client.writeFile(0x2000_1C00, Uint8Array.of(1, 2, 3)),
  );
  assert.equal(error, undefined);
  const [command, data] = sent;
  assert.equal(command, `${COMMAND} 04 04 20 00 1c 00 00 00 00 00 03 00 00 00 00 00`);
  assert.ok(data.startsWith(`${DATA} 01 02 03`), data.slice(0, 60));
});

Deno.test("a file that the ROM does not acknowledge is a failure", async () => {
  const { error } = await session(
    [HAB_OPEN, status("12 34 56 78")],
    (client) => client.writeFile(0x2000_1C00, Uint8Array.of(1, 2, 3)),
  );
  assert.equal(error?.kind, "device-status");
});

Deno.test("error-status and jump are on the wire as the specification has them", async () => {
  const asked = await session(
    [HAB_OPEN, status("f0 f0 f0 f0")],
    (client) => client.errorStatus(),
  );
  assert.equal(asked.value?.habMode, "open");
  assert.deepEqual(asked.sent, [`${COMMAND} 05 05 00 00 00 00 00 00 00 00 00 00 00 00 00 00`]);
  const jumped = await session([HAB_OPEN], (client) => client.jumpAddress(0x2000_1C00));
  assert.deepEqual(jumped.sent, [`${COMMAND} 0b 0b 20 00 1c 00 00 00 00 00 00 00 00 00 00 00`]);
  assert.equal(jumped.value, "open");
});
