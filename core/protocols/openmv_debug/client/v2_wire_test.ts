import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { ScriptedPort } from "../../../../tests/support/protocols/scripted_port.ts";
import { V2Session } from "./v2_session.ts";

/** Every packet as openmv-runtime.md 1.4 and openmv-boards.md 7.3 have it, without a model. */

const signal = new AbortController().signal;
const SYNC = "AA D5 00 00 00 00 00 00 B0 AC", SYNCED = "AA D5 00 00 01 00 00 00 08 46";
/** CRC and sequence, payload of 498 bytes. */
const SET_CAPS = "AA D5 00 00 00 02 10 00 86 28 03 00 00 00 F2 01 00 00 00 00 00 00 00 00 00 00 " +
  "A6 5E 97 53";
const CAPS_SET = "AA D5 00 00 01 02 00 00 EE A4";

/** An answer without data may have any sequence number: the next request counts on from it. */
async function sent(
  answers: readonly string[],
  work: (session: V2Session) => Promise<unknown>,
): Promise<string[]> {
  const clock = new VirtualClock();
  const port = new ScriptedPort(clock, [SYNCED, CAPS_SET, ...answers]);
  await clock.run(async () => {
    const session = await V2Session.open(port, clock, signal);
    await work(session!);
  });
  assert.equal(port.left, 0);
  return port.sent;
}

Deno.test("V2: sync, capabilities, version", async () => {
  const version = "AA D5 01 00 00 04 10 00 AD 91 01 00 02 01 00 03 05 00 00 00 00 00 00 00 00 00 " +
    "65 5C F2 99";
  const packets = await sent(
    [version],
    async (session) => assert.equal(await session.version(), "5.0.0"),
  );
  assert.deepEqual(packets, [SYNC, SET_CAPS, "AA D5 01 00 00 04 00 00 7D F7"]);
});

const STOP = "AA D5 01 01 00 28 04 00 60 EB 01 00 00 00 EA 37 DC C5";
const STOPPED = "AA D5 01 01 01 28 00 00 6C 18";
const POLL_2 = "AA D5 02 00 00 21 00 00 08 0E";
const IDLE_2 = "AA D5 02 00 00 21 04 00 BC 17 00 00 00 00 75 CA 70 FF";
const RESET = "AA D5 03 01 00 28 04 00 FC 25 03 00 00 00 D4 CC 85 B0";
const EMPTIED = "AA D5 03 01 01 28 00 00 F0 D6";
const WRITTEN_4 = "AA D5 04 01 01 27 00 00 45 CD";
const POLL_7 = "AA D5 07 00 00 21 00 00 31 0D";

Deno.test("V2: a script is stopped, sent, started and read, and the camera is reset", async () => {
  const packets = await sent(
    [
      ...[STOPPED, IDLE_2, EMPTIED, WRITTEN_4, "AA D5 05 01 01 28 00 00 1B 7C"],
      "AA D5 06 00 00 21 04 00 CB 73 02 00 00 00 4B 31 29 8A",
      "AA D5 07 00 00 21 04 00 85 14 04 00 00 00 09 3C C3 15",
      "AA D5 08 02 00 25 04 00 BB 97 0A 00 00 00 3A A0 18 A5",
      "AA D5 09 02 00 26 0A 00 66 45 7B 22 6F 6B 22 3A 31 7D 0D 0A D7 A4 3C FC",
      "",
    ],
    async (session) => {
      await session.start('print("{\\"ok\\":1}")\n');
      assert.equal(await session.output(), '{"ok":1}\r\n');
      await session.reset();
    },
  );
  assert.deepEqual(packets, [
    ...[SYNC, SET_CAPS, STOP, POLL_2, RESET],
    "AA D5 04 01 00 27 1C 00 F1 6B 00 00 00 00 14 00 00 00 70 72 69 6E 74 28 22 7B 5C 22 6F 6B " +
    "5C 22 3A 31 7D 22 29 0A 27 E4 6C C7",
    "AA D5 05 01 00 28 04 00 17 8F 02 00 00 00 4B 31 29 8A",
    "AA D5 06 00 00 21 00 00 7F 6A",
    POLL_7,
    "AA D5 08 02 00 25 00 00 0F 8E",
    "AA D5 09 02 00 26 08 00 BC 49 00 00 00 00 0A 00 00 00 00 D5 93 01",
    "AA D5 0A 00 00 10 00 00 CE 58",
  ]);
});

Deno.test("V2: 490 bytes of a script in a packet; the next ones begin at their offsets", async () => {
  const packets = await sent(
    [
      ...[STOPPED, IDLE_2, EMPTIED, WRITTEN_4, "AA D5 05 01 01 27 00 00 0B AA"],
      "AA D5 06 01 01 28 00 00 C9 D5",
      "AA D5 07 00 00 21 04 00 85 14 02 00 00 00 4B 31 29 8A",
    ],
    (session) => session.start("#".repeat(499) + "\n"),
  );
  assert.deepEqual(packets, [
    ...[SYNC, SET_CAPS, STOP, POLL_2, RESET],
    `AA D5 04 01 00 27 F2 01 09 DF 00 00 00 00 EA 01 00 00 ${"23 ".repeat(490)}4E 6A C7 F4`,
    `AA D5 05 01 00 27 12 00 B9 2A EA 01 00 00 0A 00 00 00 ${"23 ".repeat(9)}0A 25 08 7C B8`,
    "AA D5 06 01 00 28 04 00 C5 26 02 00 00 00 4B 31 29 8A",
    POLL_7,
  ]);
});

Deno.test("V2: after the end of a script the camera begins its protocol anew, and so does the host", async () => {
  const refused = "AA D5 01 00 02 21 02 00 3F 87 06 00 DE 22 81 9A";
  const packets = await sent(
    [refused, SYNCED, CAPS_SET],
    async (session) => assert.equal(await session.output(), ""),
  );
  assert.deepEqual(packets, [SYNC, SET_CAPS, "AA D5 01 00 00 21 00 00 DA A7", SYNC, SET_CAPS]);
});
