import assert from "node:assert/strict";
import { concat } from "../../../common/bytes.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { type ErrorKind, UnbrickError } from "../../../common/errors.ts";
import type { SerialBus } from "../../../transport/serial/port.ts";
import { ScriptedPort } from "../../../../tests/support/protocols/scripted_port.ts";
import { encodePacket, Flag, Opcode, type Packet } from "../packets/packet.ts";
import { enterBootloader, type Way } from "./debug_client.ts";
import { openDebugSession } from "./open_session.ts";

/** Ports that answer something else, talk without end, or fail, without a model. */

const { signal } = new AbortController();
const info = { path: "/dev/ttyACM0" };
const SYNC = "AA D5 00 00 00 00 00 00 B0 AC", BOOT = "AA D5 00 00 00 11 00 00 CF 2F";

/** A bus with one port that answers every read with the next of these, and then with silence. */
function busWith(
  replies: readonly (Uint8Array | ErrorKind)[],
  { everyMs = 0, listed = [info] as { path: string }[] } = {},
) {
  const clock = new VirtualClock(), ports: ScriptedPort[] = [];
  const left = [...replies];
  const counts = { reads: 0, lists: 0 };
  const bus = {
    list: () => Promise.resolve((counts.lists++, listed)),
    open: () => {
      const port = new ScriptedPort(clock, []);
      port.read = async (_length, { timeoutMs }) => {
        counts.reads++;
        const reply = left.shift();
        await clock.sleep(reply ? everyMs : timeoutMs);
        if (reply instanceof Uint8Array) return reply;
        throw new UnbrickError(reply ?? "timeout", "Told by the test.");
      };
      ports.push(port);
      return Promise.resolve(port);
    },
  } as unknown as SerialBus;
  const enter = (...ways: Way[]) =>
    clock.run(() => enterBootloader(bus, info, { clock, signal, ways }));
  return { clock, bus, ports, counts, enter };
}

const synced = { opcode: Opcode.PROTO_SYNC, flags: Flag.ACK };
const noise = (count: number) => Array<Uint8Array>(count).fill(Uint8Array.of(1, 2, 3));

Deno.test("V2: only the acknowledgement of the sync is one, wherever it is", async () => {
  const others: Partial<Packet>[] = [
    { flags: 0 },
    { flags: Flag.NAK },
    { flags: Flag.ACK | Flag.EVENT },
    { channel: 1 },
    { opcode: Opcode.PROTO_SET_CAPS },
  ];
  for (const other of others) {
    const packet = encodePacket({ ...synced, ...other });
    const { enter, ports, clock } = busWith([packet]);
    assert.equal(await enter("V2"), undefined);
    assert.deepEqual([ports[0].sent, clock.elapsed], [[SYNC, "close"], 1000]);
    for (
      const answers of [[packet, encodePacket(synced)], [concat([packet, encodePacket(synced)])]]
    ) {
      const right = busWith([...answers, "disconnected"]);
      assert.equal(await right.enter("V2"), "V2");
      assert.deepEqual(right.ports[0].sent, [SYNC, BOOT, "close"]);
    }
  }
});

Deno.test("a port that talks without end is given up: after the sync, and after the command", async () => {
  const before = busWith(noise(99), { everyMs: 250 });
  assert.equal(await before.enter("V2"), undefined);
  assert.deepEqual([before.clock.elapsed, before.counts.reads], [1000, 4]);
  const after = busWith([encodePacket(synced), ...noise(99)], { everyMs: 250 });
  assert.equal(await after.enter("V2"), undefined);
  assert.deepEqual([after.clock.elapsed, after.counts.reads], [250 + 3000, 1 + 12]);
});

Deno.test("a failed port is closed, and only its disappearance is a success", async () => {
  const failed = busWith(["stalled"]);
  await assert.rejects(failed.enter("V1"), { kind: "stalled" });
  assert.equal(failed.ports[0].sent.at(-1), "close");
  const silent = busWith([]);
  assert.equal(await silent.enter("V1"), undefined);
  assert.equal(silent.clock.elapsed, 50 + 3000);
});

Deno.test("touch: this port must leave, within three seconds", async () => {
  const stays = busWith([]);
  assert.equal(await stays.enter("touch"), undefined);
  assert.deepEqual([stays.clock.elapsed, stays.counts.lists], [3000, 60]);
  const leaves = busWith([], { listed: [{ path: "/dev/ttyACM1" }] });
  assert.equal(await leaves.enter("touch"), "touch");
  assert.deepEqual([leaves.clock.elapsed, leaves.counts.lists], [0, 1]);
});

Deno.test("a debug session: a port is closed before the next protocol, and after a failure", async () => {
  const open = ({ bus, clock }: ReturnType<typeof busWith>) =>
    clock.run(() => openDebugSession(bus, info, clock, signal));
  const silent = busWith([]);
  assert.equal(await open(silent), undefined);
  assert.deepEqual(silent.ports.map(({ sent }) => sent.at(-1)), ["close", "close"]);
  const failed = busWith(["disconnected"]);
  await assert.rejects(open(failed), { kind: "disconnected" });
  assert.deepEqual(failed.ports.map(({ sent }) => sent.at(-1)), ["close"]);
});
