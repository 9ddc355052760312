import assert from "node:assert/strict";
import { isKind } from "../../common/errors.ts";
import { VirtualClock } from "../../common/virtual_clock.ts";
import type { UsbDeviceModel } from "./model.ts";
import { VirtualBus } from "./virtual_bus.ts";

const setup = { bmRequestType: 0xc0, bRequest: 1, wValue: 0, wIndex: 0, wLength: 640 };
const read = { kind: "control", setup, data: new Uint8Array() } as const;

function model(control: UsbDeviceModel["control"]): UsbDeviceModel & { wasDetached: boolean } {
  return {
    speed: "full",
    deviceDescriptor: new Uint8Array(18),
    configurations: [],
    control,
    wasDetached: false,
    detached() {
      this.wasDetached = true;
    },
  };
}

Deno.test("a socket gives its model a new address at every attach and reports changes", () => {
  const bus = new VirtualBus();
  const socket = bus.socket("1-1.3");
  assert.equal(bus.socket("1-1.3"), socket);
  let changes = 0;
  const stop = bus.onChange(() => changes++);
  const one = model(async () => {});
  const addresses = [1, 2].map(() => {
    socket.attach(one);
    assert.throws(() => socket.attach(one), /occupied/);
    const [{ address, portPath }] = bus.attachments;
    assert.equal(portPath, "1-1.3");
    socket.detach();
    return address;
  });
  assert.notEqual(addresses[0], addresses[1]);
  socket.detach();
  assert.equal(changes, 4);
  assert.ok(one.wasDetached);
  stop();
  socket.attach(one);
  assert.equal(changes, 4);
  assert.throws(() => bus.socket("2-1"), /port path/);
});

Deno.test("addresses stay unique among 100 devices and within 2 to 127", () => {
  const bus = new VirtualBus();
  for (let round = 0; round < 3; round++) {
    for (let port = 1; port <= 100; port++) bus.socket(`1-${port}`).attach(model(async () => {}));
    const addresses = bus.attachments.map(({ address }) => address);
    assert.equal(new Set(addresses).size, 100);
    assert.ok(addresses.every((address) => address >= 2 && address <= 127));
    for (let port = 1; port <= 100; port++) bus.socket(`1-${port}`).detach();
  }
});

Deno.test("a detach ends running and later transfers as disconnected and aborts the model's signal", async () => {
  const bus = new VirtualBus();
  let seen: AbortSignal | undefined;
  bus.socket("1-1").attach(model((_setup, _data, signal) => {
    seen = signal;
    return new Promise(() => {});
  }));
  const [attachment] = bus.attachments;
  const running = attachment.submit(read, new AbortController());
  bus.socket("1-1").detach();
  await assert.rejects(running, (error) => isKind(error, "disconnected"));
  assert.ok(seen?.aborted);
  const later = attachment.submit(read, new AbortController());
  await assert.rejects(later, (error) => isKind(error, "disconnected"));
});

Deno.test("a cable moved to another port: the next attach happens there", () => {
  const bus = new VirtualBus();
  const socket = bus.socket("1-1");
  bus.socket("1-2");
  socket.attach(model(async () => {}));
  assert.throws(() => socket.moveTo("1-2"), /another socket/);
  socket.moveTo("1-3");
  assert.equal(bus.attachments[0].portPath, "1-1");
  socket.detach();
  socket.attach(model(async () => {}));
  assert.equal(bus.attachments[0].portPath, "1-3");
  assert.equal(bus.socket("1-3"), socket);
  assert.notEqual(bus.socket("1-1"), socket);
});

Deno.test("with a wire clock, a full-speed control transfer takes its packets' share of the frame", async () => {
  const clock = new VirtualClock();
  const bus = new VirtualBus({ wireClock: clock });
  bus.socket("1-1").attach(model(async () => new Uint8Array(640)));
  const [attachment] = bus.attachments;
  await clock.run(async () => {
    const bytes = await attachment.submit(read, new AbortController());
    assert.equal(bytes.length, 640);
  });
  const expected = (10 + 2) / 13;
  assert.ok(Math.abs(clock.elapsed - expected) < 1e-9, `${clock.elapsed} ms`);
  const { transfers, bytes, wireMs } = bus.socket("1-1").statistics;
  assert.deepEqual({ transfers, bytes }, { transfers: 1, bytes: 640 });
  assert.ok(Math.abs(wireMs - expected) < 1e-9);
});
