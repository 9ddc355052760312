import assert from "node:assert/strict";
import { healthyFirmware } from "../../../../tests/support/protocols/firmware_state.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { checkScript } from "../packets/check_script.ts";
import { encodePacket, Flag, type Packet, PacketReader } from "../packets/packet.ts";
import { V1Command, V1Opcode } from "../packets/v1.ts";
import { type DebugModelOptions, DebugPortModel } from "./debug_port_model.ts";
import { testPicture } from "./test_picture.ts";

/** The port of running firmware, byte by byte (openmv-boards.md 7, openmv-runtime.md 1). */

const BAUD = 921_600;

async function withPort(
  options: Partial<DebugModelOptions>,
  work: (rig: {
    readonly clock: VirtualClock;
    readonly model: DebugPortModel;
    readonly resets: string[];
    open(baudRate?: number): void;
    close(): void;
    /** Sends a V1 command; returns what came back. */
    v1(opcode: number, length?: number, data?: readonly number[]): string[];
    /** Sends a V2 packet; returns what came back. */
    v2(packet: Partial<Packet> & Pick<Packet, "opcode">): Packet[];
  }) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const resets: string[] = [];
  let sent: Uint8Array[] = [];
  const model = new DebugPortModel({
    clock,
    protocol: "V1",
    firmware: healthyFirmware,
    send: (bytes) => sent.push(bytes.slice()),
    reset: (into) => resets.push(into),
    ...options,
  });
  const given = (bytes: Uint8Array) => {
    sent = [];
    model.receive(bytes);
    return sent;
  };
  await clock.run(async () => {
    await work({
      clock,
      model,
      resets,
      open: (baudRate = BAUD) => model.set({ baudRate, dtr: true }),
      close: () => model.set({ baudRate: BAUD, dtr: false }),
      v1: (opcode, length = 0, data = []) =>
        given(Uint8Array.of(...V1Command.encode({ opcode, length }), ...data))
          .map((bytes) => bytes.toHex()),
      v2: (packet) =>
        given(encodePacket(packet)).flatMap((bytes) => new PacketReader().push(bytes)),
    });
    model.off();
  });
}

const VERSION = "050000000000000000000000";
const SYNC = { opcode: 0 };

for (
  const [protocol, rates] of [["V1", [BAUD, 12_000_000]], ["V2", [BAUD]], ["silent", []]] as const
) {
  Deno.test(`${protocol}: at which rates there is no REPL`, () =>
    withPort({ protocol }, async ({ clock, model, v1, v2 }) => {
      for (const dtr of [true, false]) {
        for (const baudRate of [0, 1200, 115_200, BAUD - 1, BAUD, 12_000_000]) {
          model.set({ baudRate, dtr: false });
          model.set({ baudRate, dtr });
          await clock.sleep(400);
          const answers = protocol === "V1" ? v1(V1Opcode.FW_VERSION, 12) : v2(SYNC);
          const isDebugPort = dtr && (rates as readonly number[]).includes(baudRate);
          assert.equal(answers.length, isDebugPort ? 1 : 0, `${baudRate} ${dtr}`);
        }
      }
    }));
}

Deno.test("V1: a command in the first 50 ms is lost; setting the line again does not begin anew", () =>
  withPort({}, async ({ clock, open, v1 }) => {
    open();
    await clock.sleep(49);
    assert.deepEqual(v1(V1Opcode.FW_VERSION, 12), []);
    open();
    await clock.sleep(1);
    assert.deepEqual(v1(V1Opcode.FW_VERSION, 12), [VERSION]);
  }));

Deno.test("V1: a reset happens 50 ms after its command, if the port stays open", () =>
  withPort({}, async ({ clock, open, close, v1, resets }) => {
    for (const opcode of [V1Opcode.SYS_RESET_TO_BL, V1Opcode.SYS_RESET]) {
      open();
      await clock.sleep(50);
      assert.deepEqual(v1(opcode), []);
      await clock.sleep(49);
      close();
      await clock.sleep(100);
      assert.deepEqual(resets, []);
    }
    for (const opcode of [V1Opcode.SYS_RESET_TO_BL, V1Opcode.SYS_RESET]) {
      open();
      await clock.sleep(50);
      v1(opcode);
      open();
      await clock.sleep(49.9);
      const before = resets.length;
      await clock.sleep(0.1);
      assert.equal(resets.length, before + 1);
      close();
    }
    assert.deepEqual(resets, ["bootloader", "firmware"]);
  }));

Deno.test("V1: after what is no command it needs 300 ms and a port that is opened anew", () =>
  withPort({}, async ({ clock, model, open, close, v1 }) => {
    const wrong: (() => unknown)[] = [
      () => model.receive(encodePacket(SYNC)),
      () => model.receive(Uint8Array.of(0x30, 0x80, 12)),
      () => v1(V1Opcode.FW_VERSION, 12, [0]),
      () => v1(V1Opcode.FB_ENABLE, 4),
      () => v1(V1Opcode.FB_ENABLE, 4, [1, 0, 0]),
      () => v1(V1Opcode.FB_ENABLE, 4, [1, 0, 0, 0, 0]),
    ];
    for (const send of wrong) {
      open();
      await clock.sleep(50);
      assert.deepEqual(v1(V1Opcode.FW_VERSION, 12), [VERSION]);
      send();
      await clock.sleep(400);
      assert.deepEqual(v1(V1Opcode.FW_VERSION, 12), [], "not opened anew");
      await clock.sleep(299);
      close();
      open();
      await clock.sleep(50);
      assert.deepEqual(v1(V1Opcode.FW_VERSION, 12), [], "too early");
      close();
      await clock.sleep(300);
    }
    open();
    await clock.sleep(50);
    assert.deepEqual(v1(V1Opcode.FW_VERSION, 12), [VERSION]);
  }));

Deno.test("V1: each answer, as long as the host asked for", () =>
  withPort({}, async ({ clock, model, open, v1, resets }) => {
    const text = (hex: readonly string[]) => new TextDecoder().decode(Uint8Array.fromHex(hex[0]));
    open();
    await clock.sleep(50);
    assert.deepEqual(v1(V1Opcode.FW_VERSION, 4), ["05000000"]);
    assert.deepEqual(v1(V1Opcode.SCRIPT_RUNNING, 4), ["00000000"]);
    assert.deepEqual(v1(V1Opcode.TX_BUF_LEN, 4), ["00000000"]);
    assert.deepEqual(v1(V1Opcode.FRAME_SIZE, 12), ["00".repeat(12)]);
    assert.deepEqual(v1(V1Opcode.FRAME_DUMP, 12), []);
    assert.deepEqual(v1(0x90, 4), [], "unknown");
    assert.deepEqual(v1(V1Opcode.FB_ENABLE, 4, [1, 0, 0, 0]), []);
    assert.deepEqual(v1(V1Opcode.SCRIPT_EXEC, checkScript.length), []);
    const bytes = new TextEncoder().encode(checkScript);
    for (const [from, to] of [[0, 64], [64, bytes.length - 1]]) {
      model.receive(bytes.subarray(from, to));
      await clock.sleep(1_000);
    }
    model.receive(bytes.subarray(-1));
    assert.deepEqual(v1(V1Opcode.SCRIPT_RUNNING, 4), ["01000000"]);
    await clock.sleep(801);
    const waiting = Number.parseInt(v1(V1Opcode.TX_BUF_LEN, 4)[0].slice(0, 2), 16) +
      256 * Number.parseInt(v1(V1Opcode.TX_BUF_LEN, 4)[0].slice(2, 4), 16);
    assert.match(text(v1(V1Opcode.TX_BUF, waiting)), /UNBRICK2 .* END\r\n$/);
    const { jpeg } = testPicture("ramp before");
    const size = new Uint8Array(new Uint32Array([160, 120, jpeg.length]).buffer).toHex();
    assert.deepEqual(v1(V1Opcode.FRAME_SIZE, 12), [size]);
    assert.deepEqual(v1(V1Opcode.FRAME_DUMP, 101), [jpeg.subarray(0, 101).toHex()]);
    await clock.sleep(50);
    v1(V1Opcode.FRAME_SIZE, 12);
    assert.deepEqual(v1(V1Opcode.FB_ENABLE, 4, [0, 0, 0, 0]), []);
    assert.deepEqual(v1(V1Opcode.FRAME_DUMP, 101), [], "the preview is off");
    assert.deepEqual(v1(V1Opcode.SCRIPT_STOP), []);
    assert.deepEqual(v1(V1Opcode.SCRIPT_RUNNING, 4), ["00000000"]);
    assert.equal(text(v1(V1Opcode.TX_BUF, 99)), "\r\nMPY: soft reboot\r\n");
    await clock.sleep(100);
    assert.deepEqual(resets, []);
  }));

Deno.test("V1: firmware of which nothing is known only resets", () =>
  withPort({ firmware: undefined }, async ({ clock, open, v1, resets, model }) => {
    open();
    await clock.sleep(50);
    assert.deepEqual(v1(V1Opcode.FW_VERSION, 12), []);
    assert.deepEqual(v1(V1Opcode.SCRIPT_STOP), []);
    v1(V1Opcode.SYS_RESET);
    await clock.sleep(50);
    assert.deepEqual(resets, ["firmware"]);
    model.off();
  }));

Deno.test("without power, a script no longer runs", () =>
  withPort({ protocol: "V2" }, async ({ clock, model, open, v2 }) => {
    open();
    const payload = Uint8Array.of(...new Uint8Array(8), 0x78);
    v2({ opcode: 0x27, channel: 1, payload });
    v2({ opcode: 0x28, channel: 1, sequence: 1, payload: Uint8Array.of(2, 0, 0, 0) });
    model.off();
    await clock.sleep(5_000);
    const [poll] = v2({ opcode: 0x21, sequence: 2 });
    assert.equal(poll.payload[0], 2, "it never came to its end");
  }));

Deno.test("Arduino's touch: DTR goes off at 1200 baud", () =>
  withPort({ protocol: "silent", touch: true }, async ({ model, resets }) => {
    const set = (baudRate: number, dtr: boolean) => model.set({ baudRate, dtr });
    set(1_200, false);
    set(1_200, true);
    set(115_200, true);
    set(115_200, false);
    set(1_200, false);
    assert.deepEqual(resets, []);
    set(1_200, true);
    set(1_200, true);
    assert.deepEqual(resets, []);
    set(1_200, false);
    assert.deepEqual(resets, ["bootloader"]);
  }));

Deno.test("firmware without the touch ignores it", () =>
  withPort({ protocol: "V2" }, async ({ model, resets }) => {
    model.set({ baudRate: 1_200, dtr: true });
    model.set({ baudRate: 1_200, dtr: false });
    assert.deepEqual(resets, []);
  }));

const brief = (packets: readonly Packet[]) =>
  packets.map(({ sequence, channel, flags, opcode, payload }) =>
    [sequence, channel, flags, opcode, payload.toHex()].join(" ")
  );

Deno.test("V2: a sync is answered with the counter, which then begins at 0", () =>
  withPort({ protocol: "V2" }, async ({ open, v2 }) => {
    open();
    assert.deepEqual(brief(v2({ opcode: 0x21 })), ["0 0 0 33 00000000"]);
    assert.deepEqual(brief(v2(SYNC)), ["1 0 1 0 "]);
    assert.deepEqual(brief(v2(SYNC)), ["0 0 1 0 "]);
    assert.deepEqual(brief(v2({ opcode: 0, channel: 1 })), ["0 0 2 0 0200"]);
    assert.deepEqual(brief(v2({ opcode: 0, sequence: 1, payload: Uint8Array.of(1) })), [
      "1 0 2 0 0200",
    ]);
  }));

Deno.test("V2: numbers count up to 255; another number is refused and not counted", () =>
  withPort({ protocol: "V2" }, async ({ open, v2 }) => {
    open();
    for (let count = 0; count < 257; count++) {
      const sequence = count % 256;
      assert.deepEqual(brief(v2({ opcode: 0x21, sequence: (sequence + 1) % 256 })), [
        `${sequence} 0 2 33 0600`,
      ]);
      assert.deepEqual(brief(v2({ opcode: 0x21, sequence })), [`${sequence} 0 0 33 00000000`]);
    }
  }));

Deno.test("V2: resets are asked of the system, and not answered", () =>
  withPort({ protocol: "V2" }, async ({ open, v2, resets }) => {
    open();
    assert.deepEqual(brief(v2({ opcode: 0x11, channel: 1 })), ["0 0 2 17 0200"]);
    assert.deepEqual(brief(v2({ opcode: 0x10, channel: 1, sequence: 1 })), ["1 0 2 16 0200"]);
    assert.deepEqual(v2({ opcode: 0x11, sequence: 2 }), []);
    assert.deepEqual(v2({ opcode: 0x10, sequence: 3 }), []);
    assert.deepEqual(resets, ["bootloader", "firmware"]);
  }));

Deno.test("V2: firmware of which nothing is known refuses the rest", () =>
  withPort({ protocol: "V2", firmware: undefined }, async ({ open, v2 }) => {
    open();
    assert.deepEqual(brief(v2({ opcode: 0x21 })), ["0 0 2 33 0200"]);
    assert.deepEqual(brief(v2({ opcode: 0x04, sequence: 1 })), ["1 0 2 4 0200"]);
  }));

Deno.test("V2: events come before the answer, if the firmware sends any", () =>
  withPort({ protocol: "V2", events: true }, async ({ open, v2 }) => {
    open();
    assert.deepEqual(brief(v2(SYNC)), [`0 1 ${Flag.EVENT} 0 01020304`, "0 0 1 0 "]);
  }));

Deno.test("V2: a frame comes in fragments of 498 bytes, each with its number", () =>
  withPort({ protocol: "V2" }, async ({ clock, open, v2 }) => {
    open();
    const words = (...values: number[]) => new Uint8Array(new Uint32Array(values).buffer);
    let sequence = 0;
    const ask = (channel: number, opcode: number, payload = new Uint8Array()) => {
      const packets = v2({ channel, opcode, payload, sequence });
      sequence = (packets.at(-1)!.sequence + 1) % 256;
      return packets;
    };
    assert.deepEqual(brief(ask(3, 0x28, words(0, 1))), ["0 3 1 40 "]);
    for (let at = 0; at < checkScript.length; at += 490) {
      const piece = new TextEncoder().encode(checkScript.slice(at, at + 490));
      ask(1, 0x27, Uint8Array.of(...words(at, piece.length), ...piece));
    }
    ask(1, 0x28, words(2));
    await clock.sleep(500);
    ask(3, 0x22);
    const { jpeg } = testPicture("ramp before");
    const size = jpeg.length + 32, first = sequence;
    const fragments = ask(3, 0x26, words(0, size));
    const count = Math.ceil(size / 498);
    assert.deepEqual(
      fragments.map((
        { sequence, channel, flags, payload },
      ) => [sequence, channel, flags, payload.length]),
      Array.from({ length: count }, (_, at) => {
        const isLast = at === count - 1;
        return [first + at, 3, isLast ? 0 : Flag.FRAGMENT, isLast ? size - 498 * at : 498];
      }),
    );
    assert.deepEqual(fragments.at(-1)!.payload.subarray(-2), Uint8Array.of(0xFF, 0xD9));
    const two = ask(3, 0x26, words(0, 996));
    assert.deepEqual(two.map(({ payload, flags }) => [payload.length, flags]), [
      ...[[498, Flag.FRAGMENT], [498, 0]],
    ]);
    assert.equal(ask(0, 0x21)[0].flags, 0);
  }));

Deno.test("V2: when a script ends, the counter begins anew", () =>
  withPort({ protocol: "V2" }, async ({ clock, open, v2 }) => {
    open();
    v2({ opcode: 0x27, channel: 1, payload: Uint8Array.of(...new Uint8Array(8), 0x78) });
    v2({ opcode: 0x28, channel: 1, sequence: 1, payload: Uint8Array.of(2, 0, 0, 0) });
    await clock.sleep(801);
    assert.deepEqual(brief(v2({ opcode: 0x21, sequence: 2 })), ["0 0 2 33 0600"]);
    assert.deepEqual(brief(v2({ opcode: 0x21 })), ["0 0 0 33 04000000"]);
  }));
