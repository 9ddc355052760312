import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { ScriptedPort } from "../../../../tests/support/protocols/scripted_port.ts";
import { V1Session } from "./v1_session.ts";

/** Every packet as openmv-runtime.md 1.1, 1.2 and openmv-boards.md 7.2 have it, without a model. */

const signal = new AbortController().signal;
const VERSION = "30 80 0C 00 00 00", STOP = "30 06 00 00 00 00", RUNNING = "30 87 04 00 00 00";
const TEXT_LENGTH = "30 8E 04 00 00 00";
const YES = "01 00 00 00", NO = "00 00 00 00";
/** Version 4.8.1. */
const answer = "04 00 00 00 08 00 00 00 01 00 00 00";

async function sent(
  answers: readonly string[],
  work: (session: V1Session) => Promise<unknown>,
): Promise<string[]> {
  const clock = new VirtualClock();
  const port = new ScriptedPort(clock, [answer, ...answers]);
  await clock.run(async () => {
    const session = await V1Session.open(port, clock, signal);
    await work(session!);
  });
  assert.equal(port.left, 0);
  return port.sent;
}

Deno.test("V1: version, a script that is started, its text, and a reset", async () => {
  const packets = await sent(
    [answer, "", YES, NO, "05 00 00 00", "6F 6C 64 0D 0A", "", "", YES, "03 00 00 00", "31 0D 0A"],
    async (session) => {
      assert.equal(await session.version(), "4.8.1");
      await session.start("print(1)\n");
      assert.equal(await session.output(), "1\r\n");
      await session.reset();
    },
  );
  assert.deepEqual(packets, [
    ...[VERSION, VERSION],
    ...[STOP, RUNNING, RUNNING],
    ...[TEXT_LENGTH, "30 8F 05 00 00 00"],
    ...["30 05 09 00 00 00", "70 72 69 6E 74 28 31 29 0A", RUNNING],
    ...[TEXT_LENGTH, "30 8F 03 00 00 00"],
    "30 0C 00 00 00 00",
  ]);
});

Deno.test("V1: no packet ends with a script of 64 bytes: a line feed follows", async () => {
  const script = "#".repeat(64);
  const packets = await sent(["", NO, NO, "", "", YES], (session) => session.start(script));
  assert.deepEqual(packets, [
    ...[VERSION, STOP, RUNNING, TEXT_LENGTH],
    ...["30 05 41 00 00 00", "23 ".repeat(64) + "0A"],
    RUNNING,
  ]);
});

Deno.test("V1: a script that does not start is sent three times", async () => {
  const clock = new VirtualClock();
  const silent = Array.from({ length: 100 }, () => NO);
  const port = new ScriptedPort(clock, [answer, ...silent]);
  await clock.run(async () => {
    const session = await V1Session.open(port, clock, signal);
    await assert.rejects(session!.start("x\n"), /does not start/);
  });
  assert.equal(port.sent.filter((packet) => packet === "30 05 02 00 00 00").length, 3);
});
