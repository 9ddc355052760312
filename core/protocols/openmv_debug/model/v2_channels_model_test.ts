import assert from "node:assert/strict";
import { healthyFirmware } from "../../../../tests/support/protocols/firmware_state.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { checkScript } from "../packets/check_script.ts";
import { type FirmwareState, ScriptMachine } from "./script_machine.ts";
import { testPicture } from "./test_picture.ts";
import { V2Channels } from "./v2_channels_model.ts";

/** What each channel answers (openmv-runtime.md 1.3, 1.4). */

const FAILED = 1, INVALID = 2, BUSY = 4;
const words = (...values: number[]) => new Uint8Array(new Uint32Array(values).buffer);
const NONE: Uint8Array = new Uint8Array();

async function withChannels(
  work: (rig: {
    readonly ask: (channel: number, opcode: number, payload?: Uint8Array) => string | number;
    readonly machine: ScriptMachine;
    readonly clock: VirtualClock;
  }) => Promise<void>,
  state: Partial<FirmwareState> = {},
): Promise<void> {
  const clock = new VirtualClock();
  const machine = new ScriptMachine(clock, { ...healthyFirmware, ...state }, () => {});
  const channels = new V2Channels(machine, "4.9.12");
  const ask = (channel: number, opcode: number, payload = NONE) => {
    const answer = channels.answer({ channel, opcode, payload });
    return typeof answer === "number" ? answer : answer.toHex();
  };
  await clock.run(() => work({ ask, machine, clock }));
}

/** Sends a script in pieces, as a host does. */
function send(
  ask: (channel: number, opcode: number, payload?: Uint8Array) => string | number,
  script: string,
): void {
  for (let at = 0; at < script.length; at += 490) {
    const piece = new TextEncoder().encode(script.slice(at, at + 490));
    assert.equal(ask(1, 0x27, Uint8Array.of(...words(at, piece.length), ...piece)), "");
  }
}

Deno.test("capabilities need 16 bytes; three versions are reported", () =>
  withChannels(async ({ ask }) => {
    assert.equal(ask(0, 0x02, new Uint8Array(16)), "");
    assert.equal(ask(0, 0x02, new Uint8Array(15)), INVALID);
    assert.equal(ask(0, 0x02), INVALID);
    assert.equal(ask(0, 0x04), "010002" + "010003" + "04090c" + "00".repeat(7));
  }));

Deno.test("what no channel knows is INVALID", () =>
  withChannels(async ({ ask }) => {
    for (
      const [channel, opcode] of [
        [0, 0x01],
        [0, 0x20],
        [1, 0x21],
        [1, 0x26],
        [2, 0x27],
        [2, 0x28],
        [3, 0x21],
        [3, 0x27],
        [4, 0x25],
        [0, 0xFF],
      ]
    ) {
      assert.equal(ask(channel, opcode), INVALID, `${channel} ${opcode}`);
    }
  }));

Deno.test("a script is written, started, polled and read", () =>
  withChannels(async ({ ask, clock, machine }) => {
    assert.equal(ask(0, 0x21), "00000000");
    assert.equal(ask(1, 0x28, words(2)), FAILED, "there is no script");
    send(ask, checkScript);
    assert.equal(ask(1, 0x28, words(2)), "");
    assert.equal(ask(0, 0x21), "02000000");
    await clock.sleep(801);
    assert.equal(ask(0, 0x21), "06000000", "still running, and text waits");
    const waiting = machine.waiting;
    assert.equal(ask(2, 0x25), words(waiting).toHex());
    assert.equal(ask(2, 0x26, words(0, waiting + 1)), FAILED);
    assert.equal(ask(2, 0x26, words(0)), FAILED);
    assert.equal(ask(2, 0x26, words(0, 2)), "0d0a");
    const text = ask(2, 0x26, words(0, waiting - 2)) as string;
    assert.match(new TextDecoder().decode(Uint8Array.fromHex(text)), /^UNBRICK2 .* END/);
    assert.equal(ask(2, 0x25), "00000000");
    assert.equal(ask(0, 0x21), "02000000");
    assert.equal(ask(1, 0x28, words(1)), "");
    assert.equal(ask(0, 0x21), "04000000", "stopped: the reboot has been printed");
  }));

Deno.test("a script starts anew at offset 0, and RESET forgets it", () =>
  withChannels(async ({ ask, clock, machine }) => {
    send(ask, "nonsense");
    send(ask, checkScript);
    assert.equal(ask(1, 0x28, words(2)), "");
    await clock.sleep(801);
    const text = ask(2, 0x26, words(0, machine.waiting)) as string;
    assert.match(new TextDecoder().decode(Uint8Array.fromHex(text)), /UNBRICK2/);
    assert.equal(ask(1, 0x28, words(3)), "");
    assert.equal(ask(1, 0x28, words(2)), FAILED);
  }));

Deno.test("requests of the wrong size or kind are INVALID", () =>
  withChannels(async ({ ask, machine }) => {
    for (const size of [0, 7, 499]) assert.equal(ask(1, 0x27, new Uint8Array(size)), INVALID);
    for (const size of [8, 498]) assert.equal(ask(1, 0x27, new Uint8Array(size)), "");
    for (const size of [0, 3, 5, 8]) assert.equal(ask(1, 0x28, new Uint8Array(size)), INVALID);
    for (const request of [0, 4]) assert.equal(ask(1, 0x28, words(request)), INVALID);
    for (const size of [0, 4, 7, 12]) {
      assert.equal(ask(3, 0x28, new Uint8Array(size)), INVALID);
      assert.equal(ask(3, 0x26, new Uint8Array(size)), INVALID);
    }
    assert.equal(ask(3, 0x28, words(1, 1)), INVALID, "RAW_CTRL");
    assert.equal(machine.preview.isEnabled, false);
  }));

Deno.test("a frame is locked, read in pieces and let go", () =>
  withChannels(async ({ ask, machine, clock }) => {
    const { preview } = machine;
    assert.equal(ask(3, 0x22), BUSY);
    assert.equal(ask(3, 0x28, words(0, 1)), "");
    assert.equal(preview.isEnabled, true);
    const picture = testPicture("ramp");
    preview.publish(picture);
    assert.equal(ask(0, 0x21), "08000000");
    await clock.sleep(10);
    assert.equal(ask(3, 0x22), "");
    const size = picture.jpeg.length + 32;
    assert.equal(ask(3, 0x25), words(size).toHex());
    assert.equal(ask(3, 0x26, words(32, 4)), picture.jpeg.subarray(0, 4).toHex());
    assert.equal(ask(3, 0x26, words(size - 4, 4)), picture.jpeg.subarray(-4).toHex());
    assert.equal(ask(3, 0x26, words(size - 4, 5)), FAILED);
    assert.equal(ask(3, 0x23), "");
    assert.deepEqual([preview.isReady, ask(3, 0x25)], [false, "00000000"]);
    preview.publish(picture);
    assert.equal(ask(3, 0x28, words(0, 0)), "");
    assert.deepEqual([preview.isEnabled, preview.isReady], [false, false]);
  }));
