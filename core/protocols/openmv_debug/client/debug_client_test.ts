import assert from "node:assert/strict";
import { isKind } from "../../../common/errors.ts";
import { CdcSerialBus } from "../../../transport/serial/cdc_bus.ts";
import { CdcFunction } from "../../../transport/serial/cdc_function.ts";
import { VirtualBus } from "../../../transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { enterBootloader, type Way } from "./debug_client.ts";
import { DebugPortModel } from "../model/debug_port_model.ts";
import { encodePacket, Flag, Opcode } from "../packets/packet.ts";
import { V1Command, V1Opcode } from "../packets/v1.ts";

const { signal } = new AbortController();
const identity = { vendorId: 0x37C5, productId: 0x1204, speed: "full" } as const;
const both: readonly Way[] = ["V2", "V1"];

/** A camera on a virtual bus, whose device disconnects when it resets. */
function camera(options: Partial<ConstructorParameters<typeof DebugPortModel>[0]>) {
  const clock = new VirtualClock();
  const usb = new VirtualBus();
  const socket = usb.socket("1-2");
  const resets: string[] = [];
  const received: Uint8Array[] = [];
  const debug: DebugPortModel = new DebugPortModel({
    clock,
    protocol: "V2",
    send: (bytes) => port.send(bytes),
    reset: (into) => {
      resets.push(into);
      clock.sleep(20).then(() => socket.detach());
    },
    ...options,
  });
  const port: CdcFunction = new CdcFunction(identity, {
    set: (line) => debug.set(line),
    receive: (bytes) => {
      received.push(bytes);
      debug.receive(bytes);
    },
  });
  socket.attach(port);
  const bus = new CdcSerialBus(usb, clock);
  const enter = async (ways: readonly Way[]) =>
    await enterBootloader(bus, (await bus.list())[0], { clock, signal, ways });
  return { clock, bus, socket, port, resets, received, enter };
}

Deno.test("V2: sync, then the boot command; the port's disappearance is the success", async () => {
  const { clock, resets, received, port, enter } = camera({ protocol: "V2", events: true });
  assert.equal(await clock.run(() => enter(both)), "V2");
  assert.deepEqual(resets, ["bootloader"]);
  assert.deepEqual(
    received,
    [Opcode.PROTO_SYNC, Opcode.SYS_BOOT].map((opcode) => encodePacket({ opcode })),
  );
  // 921600 8N1 = 0x000E1000.
  assert.deepEqual(port.lineCodings, [Uint8Array.of(0x00, 0x10, 0x0E, 0, 0, 0, 8)]);
});

Deno.test("V1: after 300 ms of silence and a new opening, 50 ms of pause on both sides", async () => {
  const { clock, resets, received, enter } = camera({ protocol: "V1" });
  assert.equal(await clock.run(() => enter(both)), "V1");
  assert.deepEqual(resets, ["bootloader"]);
  assert.deepEqual(
    received.at(-1),
    V1Command.encode({ opcode: V1Opcode.SYS_RESET_TO_BL, length: 0 }),
  );
});

Deno.test("V1 fails if it is sent right after a sync, or without its pauses: the model is that strict", async () => {
  const { clock, bus, resets } = camera({ protocol: "V1" });
  await clock.run(async () => {
    const soon = { timeoutMs: 100, signal };
    const [info] = await bus.list();
    const command = V1Command.encode({ opcode: V1Opcode.SYS_RESET_TO_BL, length: 0 });
    const attempt = async (before: readonly Uint8Array[], pause: number, after: number) => {
      const port = await bus.open(info, { baudRate: 921_600 });
      for (const bytes of before) await port.write(bytes, soon);
      await clock.sleep(pause);
      await port.write(command, soon);
      await clock.sleep(after);
      await port.close();
      return resets.length;
    };
    assert.equal(await attempt([], 10, 100), 0);
    assert.equal(await attempt([], 60, 10), 0);
    assert.equal(await attempt([encodePacket({ opcode: 0 })], 60, 100), 0);
    assert.equal(await attempt([], 60, 100), 0);
    await clock.sleep(300);
    assert.equal(await attempt([], 60, 100), 1);
  });
});

Deno.test("at the wrong rate there is the REPL; a wrong sequence, channel or opcode is refused", async () => {
  const { clock, bus, resets } = camera({ protocol: "V2" });
  await clock.run(async () => {
    const soon = { timeoutMs: 100, signal };
    const [info] = await bus.list();
    const boot = (sequence: number) => encodePacket({ opcode: Opcode.SYS_BOOT, sequence });
    const repl = await bus.open(info, { baudRate: 115_200 });
    await repl.write(boot(0), soon);
    await assert.rejects(repl.read(99, soon), (error) => isKind(error, "timeout"));
    await repl.close();
    const port = await bus.open(info, { baudRate: 921_600 });
    const asked = async (packet: Uint8Array) => {
      await port.write(packet, soon);
      return await port.read(99, soon);
    };
    const refusal = (opcode: number, sequence: number, status: number) =>
      encodePacket({ opcode, sequence, flags: Flag.NAK, payload: Uint8Array.of(status, 0) });
    assert.deepEqual(await asked(boot(3)), refusal(Opcode.SYS_BOOT, 0, 6));
    assert.deepEqual(await asked(encodePacket({ opcode: 0x77 })), refusal(0x77, 0, 2));
    assert.deepEqual(
      await asked(encodePacket({ opcode: Opcode.PROTO_SYNC })),
      encodePacket({ opcode: Opcode.PROTO_SYNC, flags: Flag.ACK, sequence: 1 }),
    );
    assert.deepEqual(resets, []);
    await port.write(boot(0), soon);
    await assert.rejects(port.read(99, soon), (error) => isKind(error, "disconnected"));
    assert.deepEqual(resets, ["bootloader"]);
  });
});

Deno.test("1200 baud and DTR off reset an Arduino, even one that hangs, and nothing else", async () => {
  const arduino = camera({ protocol: "silent", touch: true });
  assert.equal(await arduino.clock.run(() => arduino.enter(["touch", "V2", "V1"])), "touch");
  assert.deepEqual(arduino.resets, ["bootloader"]);
  assert.deepEqual(arduino.received, []);
  const openmv = camera({ protocol: "V2" });
  assert.equal(await openmv.clock.run(() => openmv.enter(["touch", "V2"])), "V2");
});

Deno.test("a program that does not answer is left as it is after the deadlines", async () => {
  const { clock, enter } = camera({ protocol: "silent" });
  assert.equal(await clock.run(() => enter(both)), undefined);
  assert.ok(clock.elapsed < 5_000, `${clock.elapsed} ms`);
});

Deno.test("a camera that acknowledges but does not boot is not reported as success", async () => {
  const { clock, enter } = camera({ protocol: "V2", reset: () => {} });
  assert.equal(await clock.run(() => enter(["V2"])), undefined);
});

Deno.test("a port that another program uses is reported; one that disappears in between is success", async () => {
  const held = camera({});
  await held.clock.run(async () => {
    await held.bus.open((await held.bus.list())[0], { baudRate: 9_600 });
    await assert.rejects(held.enter(both), (error) => isKind(error, "busy"));
  });
  const gone = camera({ protocol: "silent" });
  await gone.clock.run(async () => {
    gone.clock.sleep(100).then(() => gone.socket.detach());
    assert.equal(await gone.enter(both), "V2");
  });
});
