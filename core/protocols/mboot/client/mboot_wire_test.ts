import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type Reply, ScriptedDevice } from "../../../../tests/support/protocols/scripted_device.ts";
import { MbootClient } from "./mboot_client.ts";

/** Every packet as imxrt-sdp-flashloader.md B2, B3 and B5 have it, without a model. */

const signal = new AbortController().signal;

/** Greeting: get-property 1, then 11 (1012 bytes of payload). */
const greeting = [
  "02: 01 00 0c 00 07 00 00 02 01 00 00 00 00 00 00 00",
  "02: 01 00 0c 00 07 00 00 02 0b 00 00 00 00 00 00 00",
];
const greetingReplies = [
  "03 00 0c 00 a7 00 00 02 00 00 00 00 00 08 02 4b",
  "03 00 0c 00 a7 00 00 02 00 00 00 00 f4 03 00 00",
];
/** A generic response: status, command. */
const generic = (command: string, status = "00 00 00 00") =>
  `03 00 0c 00 a0 00 00 02 ${status} ${command} 00 00 00`;

async function session<T>(
  replies: readonly (string | Reply)[],
  work: (client: MbootClient) => Promise<T>,
): Promise<{ sent: string[]; value?: T; error?: { kind: string } }> {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({}, [...greetingReplies, ...replies]);
  return await clock.run(async () => {
    const client = await MbootClient.connect(device, { clock, signal, isFresh: true });
    assert.deepEqual(device.sent, greeting);
    const outcome = await work(client).then(
      (value) => ({ value }),
      (error) => ({ error }),
    );
    return { sent: device.sent.slice(greeting.length), ...outcome };
  });
}

Deno.test("each command is on the wire as the specification has it", async () => {
  const { sent, value, error } = await session([
    generic("05"),
    generic("11"),
    generic("02"),
    "03 00 10 00 af 00 00 03 00 00 00 00 04 00 00 00 10 00 00 00",
    generic("0e"),
    generic("0b"),
  ], async (client) => {
    await client.fillMemory(0x2000, 4, 0xC000_0008);
    await client.configureMemory(9, 0x2000);
    await client.eraseRegion(0x6000_1000, 0x1000);
    const word = await client.readOnce(6);
    await client.programOnce(6, 0x10);
    await client.reset();
    return word;
  });
  assert.equal(error, undefined);
  assert.equal(value, 0x10);
  assert.deepEqual(sent, [
    "02: 01 00 10 00 05 00 00 03 00 20 00 00 04 00 00 00 08 00 00 c0",
    "02: 01 00 0c 00 11 00 00 02 09 00 00 00 00 20 00 00",
    "02: 01 00 10 00 02 00 00 03 00 10 00 60 00 10 00 00 00 00 00 00",
    "02: 01 00 0c 00 0f 00 00 02 06 00 00 00 04 00 00 00",
    "02: 01 00 10 00 0e 00 00 03 06 00 00 00 04 00 00 00 10 00 00 00",
    "02: 01 00 04 00 0b 00 00 00",
  ]);
});

Deno.test("a read asks, takes its data and its final status", async () => {
  const { sent, value } = await session([
    "03 00 0c 00 a3 01 00 02 00 00 00 00 06 00 00 00",
    "04 00 04 00 01 02 03 04",
    "04 00 02 00 05 06",
    generic("03"),
  ], (client) => client.readMemory(0x6000_0000, 6));
  assert.deepEqual(value, Uint8Array.of(1, 2, 3, 4, 5, 6));
  assert.deepEqual(sent, ["02: 01 00 10 00 03 00 00 03 00 00 00 60 06 00 00 00 00 00 00 00"]);
});

Deno.test("a write announces its data phase and sends its data behind the loader's answer", async () => {
  const { sent, error } = await session([
    generic("04"),
    { hex: generic("04"), after: 4 },
  ], (client) => client.writeMemory(0x6000_1000, Uint8Array.of(9, 8, 7)));
  assert.equal(error, undefined);
  assert.deepEqual(sent, [
    "02: 01 00 10 00 04 01 00 03 00 10 00 60 03 00 00 00 00 00 00 00",
    "02: 02 00 03 00 09 08 07",
  ]);
});

Deno.test("a loader that ends the data phase early and reports success has not stored everything", async () => {
  const written = await session([
    generic("04"),
    { hex: "04 00 00 00", after: 4 },
    generic("04"),
  ], (client) => client.writeMemory(0x6000_1000, new Uint8Array(3000)));
  assert.equal(written.error?.kind, "protocol");
  const read = await session([
    "03 00 0c 00 a3 01 00 02 00 00 00 00 06 00 00 00",
    "04 00 02 00 01 02",
    "04 00 00 00",
    generic("03"),
  ], (client) => client.readMemory(0x6000_0000, 6));
  assert.equal(read.error?.kind, "protocol");
});

Deno.test("a loader that refuses a write at its opening gets no data", async () => {
  const { sent, error } = await session(
    [generic("04", "10 27 00 00")],
    (client) => client.writeMemory(0x6000_1000, Uint8Array.of(9, 8, 7)),
  );
  assert.equal(error?.kind, "device-status");
  assert.equal(sent.length, 1);
});

Deno.test("an answer to an older command is passed over", async () => {
  const { error } = await session(
    [generic("05"), generic("02", "d8 00 00 00")],
    (client) => client.eraseRegion(0x6000_1000, 0x1000),
  );
  assert.equal(error?.kind, "device-status");
});

Deno.test("every status but 0 is a failure, whichever command it answers", async () => {
  const failed = "01 00 00 00";
  const works: [string, (client: MbootClient) => Promise<unknown>][] = [
    ["05", (client) => client.fillMemory(0, 4, 0)],
    ["11", (client) => client.configureMemory(9, 0)],
    ["02", (client) => client.eraseRegion(0, 4096)],
    ["01", (client) => client.eraseAll(9)],
    ["0e", (client) => client.programOnce(6, 0x10)],
  ];
  for (const [command, work] of works) {
    assert.equal((await session([generic(command, failed)], work)).error?.kind, "device-status");
  }
});
