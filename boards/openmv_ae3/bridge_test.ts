import assert from "node:assert/strict";
import { isKind } from "../../core/common/errors.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { CdcSerialBus } from "../../core/transport/serial/cdc_bus.ts";
import { SerialLine } from "../../core/transport/serial/line.ts";
import { parseConfiguration } from "../../core/transport/usb/descriptors.ts";
import { Stall } from "../../core/transport/usb/model.ts";
import { decodeString } from "../../core/transport/usb/strings.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { BridgeModel, bridgeWithPort } from "./bridge.ts";

/** The serial adapter on the camera (alif-isp.md A.1, A.2). */

const { signal } = new AbortController();
const soon = { timeoutMs: 100, signal };
const ftdi = { vendorId: 0x0403, productId: 0x6015, product: "FT230X", serial: "DK0AE3AE" };
const wch = { vendorId: 0x1A86, productId: 0x55D3, product: "USB Single Serial", serial: "5A7E" };

Deno.test("an adapter shows its ids, its names and one vendor's interface, and takes no request", async () => {
  for (const [identity, ids] of [[ftdi, "03041560"], [wch, "861ad355"]] as const) {
    const model = new BridgeModel(identity);
    assert.equal(model.speed, "full");
    // idVendor, idProduct; bcdDevice, iManufacturer, iProduct, iSerialNumber (USB 2.0 table 9-8).
    assert.equal(model.deviceDescriptor.slice(8, 12).toHex(), ids);
    assert.equal(model.deviceDescriptor.slice(12, 17).toHex(), "0010000203");
    const { interfaces } = parseConfiguration(model.configurations[0])!;
    assert.deepEqual(
      interfaces.map((one) => [one.bInterfaceNumber, one.bInterfaceClass]),
      [[0, 0xFF]],
    );
    const request = (bmRequestType: number, bRequest: number, wValue: number) =>
      model.control(
        { bmRequestType, bRequest, wValue, wIndex: 0, wLength: 255 },
        new Uint8Array(),
        signal,
      );
    const text = async (index: number) =>
      decodeString(await request(0x80, 6, 0x300 | index) ?? new Uint8Array());
    assert.deepEqual([await text(2), await text(3)], [identity.product, identity.serial]);
    await assert.rejects(async () => await request(0xC0, 5, 0), Stall);
  }
});

Deno.test("an adapter for another process carries bytes both ways at the port's rate, while DTR is set", async () => {
  const clock = new VirtualClock(), usb = new VirtualBus();
  const line = new SerialLine({ clock });
  const heard: string[] = [];
  const device = { baudRate: 55_000, receive: (bytes: Uint8Array) => heard.push(bytes.toHex()) };
  line.connect(device);
  const socket = usb.socket("1-4");
  socket.attach(bridgeWithPort(wch, line));
  const bus = new CdcSerialBus(usb, clock);
  await clock.run(async () => {
    const [info] = await bus.list();
    assert.deepEqual([info.usb?.vendorId, info.usb?.productId], [0x1A86, 0x55D3]);
    const port = await bus.open(info, { baudRate: 55_000 });
    await port.write(Uint8Array.of(3, 0, 0xFD), soon);
    await clock.sleep(10);
    assert.deepEqual(heard, ["0300fd"]);
    line.send(Uint8Array.of(3, 0xFE, 0xFF));
    assert.equal((await port.read(9, soon)).toHex(), "03feff");

    // At another rate, neither side understands the other.
    await port.setBaudRate(921_600);
    await port.write(Uint8Array.of(3, 0, 0xFD), soon);
    await clock.sleep(10);
    assert.notEqual(heard.at(1), "0300fd");
    device.baudRate = 921_600;
    line.send(Uint8Array.of(3, 0xFE, 0xFF));
    assert.equal((await port.read(9, soon)).toHex(), "03feff");

    await port.setSignals({ dtr: false });
    line.send(Uint8Array.of(1));
    await assert.rejects(port.read(9, soon), (error) => isKind(error, "timeout"));
    await port.setSignals({ dtr: true });
    line.send(Uint8Array.of(2));
    assert.equal((await port.read(9, soon)).toHex(), "02");
  });
});

Deno.test("an adapter that was unplugged no longer listens to its line", async () => {
  const clock = new VirtualClock(), usb = new VirtualBus();
  const line = new SerialLine({ clock });
  line.connect({ baudRate: 55_000, receive: () => {} });
  const socket = usb.socket("1-4"), adapter = bridgeWithPort(ftdi, line);
  socket.attach(adapter);
  const sent: Uint8Array[] = [];
  adapter.send = (bytes) => void sent.push(bytes);
  await clock.run(async () => {
    const bus = new CdcSerialBus(usb, clock);
    await bus.open((await bus.list())[0], { baudRate: 55_000 });
    line.inject(Uint8Array.of(1));
    socket.detach();
    line.inject(Uint8Array.of(2));
    assert.deepEqual(sent, [Uint8Array.of(1)]);
  });
});
