import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import {
  bytesOf,
  hexText,
  ScriptedPort,
} from "../../../../tests/support/protocols/scripted_port.ts";
import { enterMaintenance } from "./connect.ts";
import { IspClient } from "./isp_client.ts";
import { readMram } from "./read_back.ts";
import { writeLines } from "./recover.ts";
import { writeImage } from "./write_image.ts";

/** Every frame as alif-isp.md B.1 to B.6 and C.1 to C.6 have it, without a model. */

const signal = new AbortController().signal;
const START = "03 00 FD", STOP = "03 01 FC", ENQUIRY = "03 0F EE", RESET = "03 09 F4";
const DONE = "03 05 F8";
const ACK = "03 FE FF";
/** SES, no error, maintenance flag on; then off. */
const IN_MAINTENANCE = "10 FD 02 00 00 00 00 00 00 00 00 01 00 00 00 F0";
const NOT_IN_MAINTENANCE = "10 FD 02 00 00 00 00 00 00 00 00 00 00 00 00 F1";
const FAST = "07 11 00 10 0E 00 CA", SLOW = "07 11 D8 D6 00 00 3A";

async function sent(
  answers: readonly string[],
  work: (client: IspClient) => Promise<unknown>,
): Promise<string[]> {
  const clock = new VirtualClock();
  const port = new ScriptedPort(clock, answers);
  await clock.run(() => work(new IspClient({ port, clock, signal })));
  assert.equal(port.left, 0);
  return port.sent;
}

Deno.test("ISP: a session, and what the enclave tells of itself", async () => {
  const banner = "53 45 53 20 42 34 20 76 31 2E 31 30 34 2E 30 00"; // SES B4 v1.104.0
  const frame = `13 FD ${banner} ${checksum(`13 FD ${banner}`)}`;
  const packets = await sent([ACK, IN_MAINTENANCE, frame, ACK], async (client) => {
    await client.start();
    assert.equal((await client.enquiry()).source, "SES");
    assert.equal(await client.banner(), "SES B4 v1.104.0");
    await client.stop();
  });
  assert.deepEqual(packets, [START, ENQUIRY, "07 14 04 00 00 00 E1", STOP]);
});

Deno.test("ISP: the lists that the enclave gives, and its log", async () => {
  const packets = await sent(
    [
      `88 FD ${"00 ".repeat(133)}7B`,
      `2D FD ${"00 ".repeat(42)}D6`,
      ...["04 FD A8 57", "04 FD A6 59"],
      ...["0F FD 10 00 00 00 08 00 00 00 00 00 00 00 DC", "07 FD 32 68 69 00 F9 03 FE FF"],
    ],
    async (client) => {
      await client.revision();
      assert.equal((await client.cpuStatus()).length, 7);
      assert.deepEqual(await client.tocInfo(), []);
      assert.deepEqual(await client.mramTables(), []);
      assert.equal(await client.log(), "hi");
    },
  );
  assert.deepEqual(packets, [
    ...["07 14 02 00 00 00 E3", "07 14 05 00 00 00 E0"],
    ...["07 14 01 00 00 00 E4", "07 14 06 00 00 00 DF"],
    ...["07 14 08 00 00 00 DD", "07 14 09 00 00 00 DC"],
  ]);
});

/** Makes the sum of all bytes 0 (alif-isp.md B.1). */
function checksum(frame: string): string {
  return hexText(Uint8Array.of(-bytesOf(frame).reduce((sum, byte) => sum + byte, 0)));
}

Deno.test("ISP: maintenance is asked for, then the chip is reset and asked again", async () => {
  const packets = await sent(
    [ACK, NOT_IN_MAINTENANCE, ACK, ACK, ACK, ACK, IN_MAINTENANCE],
    enterMaintenance,
  );
  assert.deepEqual(packets, [START, ENQUIRY, "03 16 E7", STOP, RESET, START, ENQUIRY]);
});

Deno.test("ISP: an image is announced with address and size, and sent in frames of 240 bytes", async () => {
  const image = new Uint8Array(304).fill(7);
  const packets = await sent(
    [ACK, ACK, ACK, ACK],
    (client) => writeImage(client, 0x8000_0000, image, { signal, slow: true }),
  );
  assert.deepEqual(packets, [
    "0B 08 00 00 00 80 30 01 00 00 3C",
    `F5 04 55 55 ${"07 ".repeat(240)}CD`,
    `45 04 55 55 ${"07 ".repeat(64)}4D`,
    DONE,
  ]);
});

Deno.test("ISP: a small image goes in lines of 16 bytes, at 921600 baud, and back to 55000", async () => {
  const image = Uint8Array.from({ length: 32 }, (_, at) => at);
  const packets = await sent(
    [ACK, ACK, ACK, ACK, ACK, ACK, ACK, ACK],
    (client) => writeImage(client, 0x8000_0000, image, { signal }),
  );
  assert.deepEqual(packets, [
    ...[FAST, "921600 baud", START],
    "0B 08 00 00 00 80 20 00 00 00 4D",
    "15 04 55 55 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F C5",
    "15 04 55 55 10 11 12 13 14 15 16 17 18 19 1A 1B 1C 1D 1E 1F C5",
    DONE,
    ...[SLOW, "55000 baud", START],
  ]);
});

Deno.test("ISP: a signature and its image carry the same token", async () => {
  const packets = await sent([ACK, ACK, ACK, ACK, ACK, ACK], async (client) => {
    await client.verify(0x1234_5678);
    await client.done();
    await client.burn(0x8058_0000, 32, 0x1234_5678);
    await client.burn(0x805F_FFF0, 16, 0x1234_5678);
    await client.data(bytesOf("00 00 00 00 00 00 00 00 00 00 00 00 00 00 58 00"));
    await client.done();
  });
  assert.deepEqual(packets, [
    ...["07 12 78 56 34 12 D3", DONE],
    "0F 08 00 00 58 80 20 00 00 00 78 56 34 12 DD",
    "0F 08 F0 FF 5F 80 10 00 00 00 78 56 34 12 F7",
    "15 04 55 55 00 00 00 00 00 00 00 00 00 00 00 00 00 00 58 00 E5",
    DONE,
  ]);
});

Deno.test("ISP: memory is read line by line, by its offset, from the end", async () => {
  const line = "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F";
  const answer = `13 FD ${line} 78`;
  const packets = await sent(
    [answer, answer],
    async (client) =>
      assert.deepEqual(
        await readMram(client, 0x8057_FFE0, 32, { signal, slow: true }),
        bytesOf(`${line} ${line}`),
      ),
  );
  assert.deepEqual(packets, ["08 19 F0 FF 57 00 10 89", "08 19 E0 FF 57 00 10 99"]);
});

Deno.test("ISP: the chip's ROM is written line by line, by its offset", async () => {
  const lines = "41 4C 49 46 54 4F 43 31 30 00 03 00 20 00 01 00";
  const packets = await sent([ACK, ACK], async (client) => {
    await writeLines(client, 0x8058_0000, bytesOf(lines));
    await writeLines(client, 0x805F_FFF0, bytesOf("00 ".repeat(14) + "58 00"));
  });
  assert.deepEqual(packets, [
    `17 0D 00 00 58 00 ${lines} FD`,
    "17 0D F0 FF 5F 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 58 00 36",
  ]);
});

Deno.test("ISP: a NAK is an error with its code; nothing follows it", async () => {
  const packets = await sent(
    ["04 FF F7 06"],
    (client) =>
      assert.rejects(client.burn(0x8000_0000, 32), (error: { kind: string; data: unknown }) => {
        assert.equal(error.kind, "device-status");
        return true;
      }),
  );
  assert.deepEqual(packets, ["0B 08 00 00 00 80 20 00 00 00 4D"]);
});
