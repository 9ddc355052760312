import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { isKind } from "../../../common/errors.ts";
import { CdcSerialBus } from "../../../transport/serial/cdc_bus.ts";
import { CdcFunction } from "../../../transport/serial/cdc_function.ts";
import { VirtualBus } from "../../../transport/usb/virtual_bus.ts";
import { DebugPortModel } from "../model/debug_port_model.ts";
import { testPicture } from "../model/test_picture.ts";
import { checkScript, SHOWN_MS } from "../packets/check_script.ts";
import { encodePacket, Flag, Opcode, PacketReader } from "../packets/packet.ts";
import { V1Command, V1Opcode } from "../packets/v1.ts";
import { Channel } from "../packets/v2_channels.ts";
import type { DebugSession } from "./debug_session.ts";
import { openDebugSession } from "./open_session.ts";

const { signal } = new AbortController();
const healthy = {
  ...{ version: "5.0.0", arch: "OMV4 H7 1024", id: "", sensorMissing: false, pictureBlack: false },
  ...{ pictureFrozen: false, mainNeverYields: false, scriptError: false, firmwareWedged: false },
  ...{ pictureDamaged: false, pictureHuge: false, pictureWithheld: false },
};
const { jpeg } = testPicture("ramp"), before = testPicture("ramp before").jpeg;

/** Runs `work` with a session of a simulated camera; `received` is what came over its port. */
async function withSession(
  protocol: "V1" | "V2",
  faults: Partial<typeof healthy>,
  work: (
    session: DebugSession,
    tools: { readonly clock: VirtualClock; readonly received: Uint8Array[] },
  ) => Promise<void>,
  answer?: (bytes: Uint8Array, port: CdcFunction) => boolean,
): Promise<void> {
  const clock = new VirtualClock(), usb = new VirtualBus(), received: Uint8Array[] = [];
  const debug: DebugPortModel = new DebugPortModel({
    clock,
    protocol,
    firmware: { ...healthy, ...faults },
    send: (bytes) => port.send(bytes),
    reset() {},
  });
  const port: CdcFunction = new CdcFunction(
    { vendorId: 0x37C5, productId: 0x1204, speed: "full" },
    {
      set: (line) => debug.set(line),
      receive(bytes) {
        received.push(bytes);
        if (!answer?.(bytes, port)) debug.receive(bytes);
      },
    },
  );
  usb.socket("1-2").attach(port);
  await clock.run(async () => {
    const bus = new CdcSerialBus(usb, clock);
    const opened = await openDebugSession(bus, (await bus.list())[0], clock, signal);
    received.length = 0;
    await work(opened!.session, { clock, received });
    debug.off();
    await opened!.port.close();
  });
}

/** Starts the program of a check and waits for its answer. */
async function answered(session: DebugSession, clock: VirtualClock): Promise<void> {
  await session.preview();
  await session.start(checkScript);
  for (let output = ""; !output.includes("END"); output += await session.output()) {
    await clock.sleep(50);
  }
}

const hex = (packets: readonly Uint8Array[]) => packets.map((packet) => packet.toHex());
const opcodesOf = (packets: readonly Uint8Array[]) =>
  packets.flatMap((bytes) => new PacketReader().push(bytes)).map(({ opcode }) => opcode);

for (const protocol of ["V1", "V2"] as const) {
  Deno.test(`${protocol}: the picture before is dropped, the next one is the last`, () =>
    withSession(protocol, {}, async (session, { clock }) => {
      await answered(session, clock);
      assert.equal(await session.frame(jpeg.length), undefined);
      await clock.sleep(50);
      assert.deepEqual(await session.frame(jpeg.length), jpeg);
      await clock.sleep(SHOWN_MS);
      assert.equal(await session.frame(jpeg.length), undefined, "the program has ended");
    }));

  Deno.test(`${protocol}: without the preview there is no frame`, () =>
    withSession(protocol, {}, async (session, { clock }) => {
      await session.start(checkScript);
      await clock.sleep(1_500);
      assert.equal(await session.frame(jpeg.length), undefined);
    }));

  Deno.test(`${protocol}: a frame that calls itself 4 GiB long is not fetched`, () =>
    withSession(protocol, { pictureHuge: true }, async (session, { clock, received }) => {
      await answered(session, clock);
      received.length = 0;
      for (let look = 0; look < 5; look++) {
        assert.equal(await session.frame(jpeg.length), undefined);
        await clock.sleep(50);
      }
      const fetched = protocol === "V1"
        ? hex(received).filter((packet) => packet.startsWith("3082"))
        : opcodesOf(received).filter((opcode) => opcode === Opcode.CHANNEL_READ);
      assert.deepEqual(fetched, []);
    }));
}

Deno.test("V1: exactly these bytes turn the preview on and fetch a frame of a multiple of 64 bytes", () =>
  withSession("V1", {}, async (session, { clock, received }) => {
    assert.equal(jpeg.length, 1664);
    await session.preview();
    assert.deepEqual(hex(received), ["300d0400000001000000"]);
    await answered(session, clock);
    received.length = 0;
    assert.equal(await session.frame(jpeg.length), undefined);
    await clock.sleep(50);
    await session.frame(jpeg.length);
    assert.notEqual(before.length, jpeg.length);
    assert.deepEqual(hex(received), [
      ...["30810c000000", "300d0400000000000000", "300d0400000001000000"],
      ...["30810c000000", "308281060000"],
    ]);
  }));

Deno.test("V2: exactly these requests fetch a frame, in pieces that fit every camera", () =>
  withSession("V2", {}, async (session, { clock, received }) => {
    await answered(session, clock);
    await session.frame(jpeg.length);
    await clock.sleep(50);
    received.length = 0;
    assert.deepEqual(await session.frame(jpeg.length), jpeg);
    const packets = received.flatMap((bytes) => new PacketReader().push(bytes));
    const asked = packets.map(({ channel, opcode, payload }) => [channel, opcode, payload.toHex()]);
    const { SYSTEM, STREAM } = Channel;
    assert.deepEqual(asked, [
      [SYSTEM, 0x21, ""],
      [STREAM, 0x22, ""],
      [STREAM, 0x25, ""],
      [STREAM, 0x26, "00000000f2010000"],
      [STREAM, 0x26, "f2010000f2010000"],
      [STREAM, 0x26, "e4030000f2010000"],
      [STREAM, 0x26, "d6050000ca000000"], // 1664 bytes and a head of 32
      [STREAM, 0x23, ""],
    ]);
  }));

Deno.test("V2: a locked frame stays locked for 10 ms: that the camera is busy is no error", () =>
  withSession("V2", {}, async (session, { clock }) => {
    await answered(session, clock);
    const looks = [];
    for (let look = 0; look < 60; look++) {
      looks.push(await session.frame(jpeg.length));
      await clock.sleep(3);
    }
    assert.ok(looks.some((one) => one?.length === jpeg.length));
  }));

Deno.test("V2: after a lost answer the frame is let go, and the next one is fetched", () => {
  let isLost = false;
  const lose = (bytes: Uint8Array) => {
    const isRead = bytes[5] === Opcode.CHANNEL_READ && bytes[3] === Channel.STREAM;
    return isRead && !isLost && (isLost = true);
  };
  return withSession("V2", {}, async (session, { clock }) => {
    await answered(session, clock);
    let found: Uint8Array | undefined;
    for (let look = 0; look < 10 && !found; look++) {
      await clock.sleep(50);
      found = await session.frame(jpeg.length);
    }
    assert.deepEqual([isLost, found], [true, jpeg]);
  }, lose);
});

Deno.test("V2: an answer of endless fragments is given up before it fills the memory", () => {
  let isEndless = false, sent = 0;
  const flood = (bytes: Uint8Array, port: CdcFunction) => {
    if (!isEndless) return false;
    const payload = new Uint8Array(498), flags = Flag.FRAGMENT;
    for (; sent < 200_000; sent += 498) {
      port.send(encodePacket({ opcode: bytes[5], channel: bytes[3], flags, payload }));
    }
    return true;
  };
  return withSession("V2", {}, async (session) => {
    isEndless = true;
    await assert.rejects(session.version(), (error) => isKind(error, "protocol"));
  }, flood);
});

Deno.test("V1: the model dumps only what is locked, and never ends a multiple of 64 bytes", async () => {
  const clock = new VirtualClock(), sent: number[] = [];
  const model = new DebugPortModel({
    ...{ clock, protocol: "V1", firmware: healthy, reset() {} },
    send: (bytes) => sent.push(bytes.length),
  });
  const command = (opcode: number, length: number, data: readonly number[] = []) =>
    model.receive(Uint8Array.of(...V1Command.encode({ opcode, length }), ...data));
  const dump = (length: number) => {
    sent.length = 0;
    command(V1Opcode.FRAME_SIZE, 12);
    command(V1Opcode.FRAME_DUMP, length);
    return sent.slice(1);
  };
  await clock.run(async () => {
    model.set({ baudRate: 921_600, dtr: true });
    await clock.sleep(100);
    command(V1Opcode.FB_ENABLE, 4, [1, 0, 0, 0]);
    assert.deepEqual(dump(100), [], "nothing is there yet");
    command(V1Opcode.SCRIPT_EXEC, checkScript.length);
    model.receive(new TextEncoder().encode(checkScript));
    await clock.sleep(1_000);
    assert.deepEqual(dump(100), [100]);
    assert.deepEqual(dump(100), [], "what was dumped is gone");
    await clock.sleep(60);
    assert.deepEqual(dump(1664), [1600]);
    model.off();
  });
});
