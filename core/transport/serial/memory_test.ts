import assert from "node:assert/strict";
import { isKind } from "../../common/errors.ts";
import { VirtualClock } from "../../common/virtual_clock.ts";
import { lineMs, SerialLine } from "./line.ts";
import { MemorySerialBus } from "./memory.ts";
import { sampled } from "./sampling.ts";

const usb = { vendorId: 0x1A86, productId: 0x55D3 };
const { signal } = new AbortController();
const soon = { timeoutMs: 100, signal };

/** A device that answers with what it receives, at a fixed rate. */
function echo(baudRate: number) {
  const clock = new VirtualClock();
  const line = new SerialLine({ clock });
  line.connect({ baudRate, receive: (bytes) => line.send(bytes) });
  const bus = new MemorySerialBus(clock);
  const socket = bus.socket(() => "1-3");
  socket.attach(usb, line);
  const open = async (baudRate: number) => await bus.open((await bus.list())[0], { baudRate });
  return { clock, line, bus, socket, open };
}

Deno.test("bytes take as long as the rate of the line requires", async () => {
  const { clock, open } = echo(55_000);
  await clock.run(async () => {
    const port = await open(55_000);
    await port.write(new Uint8Array(245), soon);
    assert.equal(clock.elapsed, lineMs(245, 55_000));
    assert.equal((await port.read(1000, soon)).length, 245);
    assert.ok(Math.abs(clock.elapsed - 2 * lineMs(245, 55_000)) < 1e-6);
    assert.ok(Math.abs(clock.elapsed - 89.09) < 0.01);
  });
});

Deno.test("a read ends at its deadline, and returns no more than requested", async () => {
  const { clock, open } = echo(115_200);
  await clock.run(async () => {
    const port = await open(115_200);
    await assert.rejects(port.read(1, soon), (error) => isKind(error, "timeout"));
    assert.equal(clock.elapsed, 100);
    await port.write(Uint8Array.of(1, 2, 3), soon);
    assert.deepEqual(await port.read(2, soon), Uint8Array.of(1, 2));
    assert.deepEqual(await port.read(2, soon), Uint8Array.of(3));
    await port.write(Uint8Array.of(9), soon);
    await clock.sleep(10);
    await port.discardInput();
    await assert.rejects(port.read(1, soon), (error) => isKind(error, "timeout"));
  });
});

Deno.test("a port can be opened only once, has the path of its USB port, and ends with its adapter", async () => {
  const { clock, bus, socket, open } = echo(55_000);
  await clock.run(async () => {
    const port = await open(55_000);
    assert.equal(port.info.usb?.portPath, "1-3");
    await assert.rejects(open(55_000), (error) => isKind(error, "busy"));
    const reading = assert.rejects(port.read(1, soon), (error) => isKind(error, "disconnected"));
    socket.detach();
    await reading;
    await port.close();
    await port.close();
    assert.deepEqual(await bus.list(), []);
    await assert.rejects(
      bus.open(port.info, { baudRate: 1 }),
      (error) => isKind(error, "not-found"),
    );
  });
});

Deno.test("at another rate there is noise, at the same rate the bytes", () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, at) => at * 37 & 0xFF);
  assert.deepEqual(sampled(bytes, 55_000, 55_046), bytes);
  assert.deepEqual(sampled(bytes, 55_000, 57_554), sampled(bytes, 55_000, 57_554));
  for (const listens of [921_600, 9_600, 115_200]) {
    const noise = sampled(bytes, 55_000, listens);
    assert.notDeepEqual(noise, bytes);
    assert.ok(noise.length > 0, `${listens}`);
  }
  assert.ok(sampled(bytes, 55_000, 921_600).length > bytes.length / 2);
});

Deno.test("an interposer may drop, change and repeat; a device without power sends nothing", async () => {
  const { clock, line, open } = echo(55_000);
  await clock.run(async () => {
    const port = await open(55_000);
    const end = line.interpose({
      bytes(direction, bytes, pass) {
        if (direction === "to-device") return pass(bytes);
        pass(bytes);
        pass(bytes);
      },
    });
    await port.write(Uint8Array.of(7), soon);
    assert.deepEqual(await port.read(1, soon), Uint8Array.of(7));
    assert.deepEqual(await port.read(1, soon), Uint8Array.of(7));
    end();
    line.connect(undefined);
    await port.write(Uint8Array.of(7), soon);
    await assert.rejects(port.read(1, soon), (error) => isKind(error, "timeout"));
  });
});
