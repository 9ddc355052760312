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

const asked = (replies: readonly string[]) => session(replies, (client) => client.errorStatus());

Deno.test("a security state that is cut short or of another report is no answer", async () => {
  const wrong: [string, object][] = [
    ["03 56 78 78", { reportId: 3, word: null }],
    ["04 56 78 78 56", { reportId: 4, word: 0x5678_7856 }],
    ["03 01 00 00 00", { reportId: 3, word: 1 }],
    ["", { reportId: null, word: null }],
  ];
  for (const [hex, data] of wrong) {
    const { error } = await asked([hex, status("f0 f0 f0 f0")]);
    assert.equal(error?.kind, "protocol", hex);
    assert.match(
      error.message,
      /answered error-status with something that is not a security state/,
    );
    assert.deepEqual(error.data, { command: "error-status", ...data });
  }
});

Deno.test("a status that is cut short or of another report is no answer", async () => {
  for (
    const [hex, id] of [[status("f0 f0 f0 f0").slice(0, -3), 4], [
      `03${status("").slice(2)} 00 00 00 00`,
      3,
    ]]
  ) {
    const { error } = await asked([HAB_OPEN, String(hex)]);
    assert.equal(error?.kind, "protocol");
    const { reportId, command } = error.data;
    assert.deepEqual([reportId, command], [id, "error-status"]);
    assert.match(error.message, /unexpected report \(id \d/);
  }
});

Deno.test("a register is read in reports of 64 bytes; the rest of the last one is no data", async () => {
  const bytes = (value: string) => `04 ${`${value} `.repeat(64)}`;
  const { sent, value } = await session(
    [HAB_OPEN, bytes("11"), bytes("22")],
    (client) => client.readRegister(0x401F_4460, 70, 8),
  );
  assert.deepEqual(sent, [`${COMMAND} 01 01 40 1f 44 60 08 00 00 00 46 00 00 00 00 00`]);
  assert.deepEqual([value?.length, value?.[63], value?.[64], value?.[69]], [70, 0x11, 0x22, 0x22]);
  const exact = await session([HAB_OPEN, bytes("33")], (client) => client.readRegister(0, 64));
  assert.equal(exact.value?.length, 64);
});

Deno.test("a register is written with its width in bytes, and acknowledged", async () => {
  for (
    const [format, width, count] of [[8, "08", "01"], [16, "10", "02"], [32, "20", "04"]] as const
  ) {
    const { sent, error } = await session(
      [HAB_OPEN, status("12 8a 8a 12")],
      (client) => client.writeRegister(0x2000_0010, 0x1234_5678, format),
    );
    assert.equal(error, undefined);
    assert.deepEqual(sent, [
      `${COMMAND} 02 02 20 00 00 10 ${width} 00 00 00 ${count} 12 34 56 78 00`,
    ]);
  }
});

Deno.test("a jump that the ROM refuses has the event; one that it does not answer has none", async () => {
  const refused = await session(
    [HAB_OPEN, status("33 22 33 00")],
    (client) => client.jumpAddress(0x2000_1C00),
  );
  assert.equal(refused.error?.kind, "device-status");
  assert.equal(refused.error?.data.word, 0x0033_2233);
  const direct = await session(
    [status("33 22 33 00")],
    (client) => client.jumpAddress(0x2000_1C00),
  );
  assert.equal(direct.error?.kind, "device-status");
  const silent = await session([], (client) => client.jumpAddress(0x2000_1C00));
  assert.deepEqual([silent.error, silent.value], [undefined, undefined]);
});
