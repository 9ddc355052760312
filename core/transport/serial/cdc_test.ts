import assert from "node:assert/strict";
import { isKind } from "../../common/errors.ts";
import { VirtualBus } from "../usb/virtual_bus.ts";
import { VirtualClock } from "../../common/virtual_clock.ts";
import { CdcSerialBus } from "./cdc_bus.ts";
import { CdcFunction, type CdcLine } from "./cdc_function.ts";
import { joinedBuses } from "./joined.ts";
import type { SerialBus } from "./port.ts";

const { signal } = new AbortController();
const soon = { timeoutMs: 100, signal };
const identity = { vendorId: 0x1A86, productId: 0x55D3, speed: "full" } as const;

/** A device on a virtual bus that answers with what it receives. */
function echo() {
  const clock = new VirtualClock();
  const usb = new VirtualBus();
  const socket = usb.socket("1-4");
  const lines: CdcLine[] = [];
  const device: CdcFunction = new CdcFunction(identity, {
    set: (line) => lines.push(line),
    receive: (bytes) => device.send(bytes),
  });
  socket.attach(device);
  const bus = new CdcSerialBus(usb, clock);
  return { clock, usb, socket, bus, device, lines };
}

Deno.test("a CDC device is a serial port: rate, signals, bytes of every length", async () => {
  const { clock, bus, device, lines } = echo();
  await clock.run(async () => {
    const [info] = await bus.list();
    assert.deepEqual(info.usb, { vendorId: 0x1A86, productId: 0x55D3, portPath: "1-4" });
    const port = await bus.open(info, { baudRate: 55_000 });
    assert.deepEqual(device.lineCodings, [Uint8Array.of(0xD8, 0xD6, 0, 0, 0, 0, 8)]);
    assert.deepEqual(lines.at(-1), { baudRate: 55_000, dtr: true, rts: true });
    await port.setSignals({ rts: false });
    assert.deepEqual(lines.at(-1), { baudRate: 55_000, dtr: true, rts: false });
    // 64 bytes fill a packet: the host's transfer still ends.
    for (const length of [1, 63, 64, 65, 128]) {
      const bytes = Uint8Array.from({ length }, (_, at) => at);
      await port.write(bytes, soon);
      assert.deepEqual(await port.read(length - 1 || 1, soon), bytes.slice(0, length - 1 || 1));
      if (length > 1) assert.deepEqual(await port.read(999, soon), bytes.slice(length - 1));
    }
    await assert.rejects(port.read(1, soon), (error) => isKind(error, "timeout"));
    await port.close();
    assert.deepEqual(lines.at(-1), { baudRate: 55_000, dtr: false, rts: false });
  });
});

Deno.test("a CDC port can be opened only once, on every bus, and ends with its device", async () => {
  const { clock, usb, bus, socket } = echo();
  await clock.run(async () => {
    const [info] = await bus.list();
    const port = await bus.open(info, { baudRate: 9_600 });
    const other = new CdcSerialBus(usb, clock);
    await assert.rejects(
      other.open(info, { baudRate: 9_600 }),
      (error) => isKind(error, "busy"),
    );
    const reading = assert.rejects(port.read(1, soon), (error) => isKind(error, "disconnected"));
    socket.detach();
    await reading;
    await port.close();
    assert.deepEqual(await bus.list(), []);
    await assert.rejects(bus.open(info, { baudRate: 1 }), (error) => isKind(error, "not-found"));
  });
});

Deno.test("closing a port ends what is read from it; the next program receives all that comes", async () => {
  const { clock, bus } = echo();
  await clock.run(async () => {
    const [info] = await bus.list();
    const port = await bus.open(info, { baudRate: 9_600 });
    const reading = port.read(1, { timeoutMs: 60_000, signal });
    reading.catch(() => {});
    await clock.sleep(1);
    await port.close();
    await assert.rejects(reading, (error) => isKind(error, "cancelled"));
    const next = await bus.open(info, { baudRate: 9_600 });
    await next.write(Uint8Array.of(7), soon);
    assert.deepEqual(await next.read(9, soon), Uint8Array.of(7));
    await next.close();
  });
});

Deno.test("joined buses show one device once, and open each port on its own bus", async () => {
  const opened: string[] = [];
  const bus = (name: string, paths: Readonly<Record<string, string | undefined>>): SerialBus => ({
    list: async () =>
      Object.entries(paths).map(([path, portPath]) => ({
        path,
        ...(portPath && { usb: { vendorId: 1, productId: 2, portPath } }),
      })),
    open: async ({ path }) => {
      opened.push(`${name} ${path}`);
      throw new Error("opened");
    },
  });
  const joined = joinedBuses([
    bus("first", { a: "1-1", b: undefined }),
    bus("second", { c: "1-1", d: "1-2", e: undefined }),
  ]);
  assert.deepEqual((await joined.list()).map(({ path }) => path), ["a", "b", "d", "e"]);
  for (const path of ["d", "a"]) {
    await assert.rejects(joined.open({ path }, { baudRate: 1 }), /opened/);
  }
  assert.deepEqual(opened, ["second d", "first a"]);
  await assert.rejects(
    joined.open({ path: "z" }, { baudRate: 1 }),
    (error) => isKind(error, "not-found"),
  );
});
