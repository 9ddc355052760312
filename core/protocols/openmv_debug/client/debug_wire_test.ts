import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { ScriptedPort } from "../../../../tests/support/protocols/scripted_port.ts";
import { enterBootloader, type Way } from "./debug_client.ts";

/** Every packet as openmv-boards.md 7.2 to 7.4 have it, without a model. */

const { signal } = new AbortController();

/** What is sent to a camera that leaves the bus after its last answer. */
async function sent(ways: readonly Way[], answers: readonly string[], writes: number) {
  const clock = new VirtualClock();
  const log: string[] = [];
  let isThere = true, count = 0;
  const info = { path: "/dev/ttyACM0" };
  const left = new UnbrickError("disconnected", "Gone.");
  const way = await clock.run(() =>
    enterBootloader(
      {
        list: () => Promise.resolve(isThere ? [info] : []),
        open(_info, { baudRate }) {
          const port = new ScriptedPort(clock, answers);
          const { write, read, close } = port;
          log.push(`open at ${baudRate}`);
          port.write = async (bytes) => {
            await write.call(port, bytes);
            log.push(port.sent.at(-1)!);
            isThere = ++count < writes;
          };
          port.read = (...all) => isThere ? read.apply(port, all) : Promise.reject(left);
          port.close = () => {
            log.push("close");
            if (baudRate === 1200) isThere = false;
            return close.call(port);
          };
          return Promise.resolve(port);
        },
      },
      info,
      { clock, signal, ways },
    )
  );
  return { way, log };
}

Deno.test("V2: sync, its answer, and the boot command with sequence 0", async () => {
  const { way, log } = await sent(["V2"], ["AA D5 00 00 01 00 00 00 08 46", ""], 2);
  assert.equal(way, "V2");
  assert.deepEqual(log, [
    ...["open at 921600", "AA D5 00 00 00 00 00 00 B0 AC", "AA D5 00 00 00 11 00 00 CF 2F"],
    "close",
  ]);
});

Deno.test("V1: one command, after a V2 sync that nobody answered", async () => {
  const { way, log } = await sent(["V2", "V1"], ["", ""], 2);
  assert.equal(way, "V1");
  assert.deepEqual(log, [
    ...["open at 921600", "AA D5 00 00 00 00 00 00 B0 AC", "close"],
    ...["open at 921600", "30 0E 00 00 00 00", "close"],
  ]);
});

Deno.test("Arduino's way: 1200 baud, and not one byte", async () => {
  const { way, log } = await sent(["touch"], [], 1);
  assert.deepEqual([way, log], ["touch", ["open at 1200", "close"]]);
});
