import assert from "node:assert/strict";
import fc from "fast-check";
import { parseConfiguration, parseDeviceDescriptor } from "./descriptors.ts";
import { encodeConfiguration, encodeString } from "./encode.ts";
import { StandardRequest, UsbFunction } from "./function.ts";
import { Stall } from "./model.ts";
import type { SetupPacket } from "./setup_packet.ts";
import { decodeString } from "./strings.ts";

const signal = new AbortController().signal;
const none = new Uint8Array();

class Plain extends UsbFunction {
  readonly seen: SetupPacket[] = [];

  constructor(refuses: number[] = []) {
    super({
      speed: "full",
      device: { idVendor: 0x0483, idProduct: 0xdf11, bcdUSB: 0x0100, iProduct: 2 },
      configuration: {
        bmAttributes: 0xc0,
        interfaces: [0, 1].map((bAlternateSetting) => ({
          bAlternateSetting,
          bInterfaceClass: 0xfe,
          iInterface: 4 + bAlternateSetting,
        })),
      },
      strings: { 2: "STM32  BOOTLOADER", 4: Uint8Array.of(0x40, 3, 0x40, 0) },
      refuses,
    });
  }

  protected override async request(setup: SetupPacket): Promise<Uint8Array> {
    this.seen.push(setup);
    return new Uint8Array(100);
  }

  get(bmRequestType: number, bRequest: number, wValue = 0, wIndex = 0, wLength = 255) {
    return this.control({ bmRequestType, bRequest, wValue, wIndex, wLength }, none, signal);
  }
}

Deno.test("a function answers GET_DESCRIPTOR from its declaration, cut to wLength", async () => {
  const model = new Plain();
  const { GET_DESCRIPTOR } = StandardRequest;
  const device = await model.get(0x80, GET_DESCRIPTOR, 0x0100);
  assert.equal(parseDeviceDescriptor(device!)?.idProduct, 0xdf11);
  assert.equal(parseDeviceDescriptor(device!)?.bNumConfigurations, 1);
  assert.equal((await model.get(0x80, GET_DESCRIPTOR, 0x0200, 0, 9))?.length, 9);
  const configuration = parseConfiguration((await model.get(0x80, GET_DESCRIPTOR, 0x0200))!);
  assert.deepEqual(configuration?.interfaces.map((one) => one.iInterface), [4, 5]);
  const text = await model.get(0x80, GET_DESCRIPTOR, 0x0302, 0x0409);
  assert.equal(decodeString(text!), "STM32  BOOTLOADER");
  const raw = await model.get(0x80, GET_DESCRIPTOR, 0x0304, 0x0409);
  assert.deepEqual(
    raw,
    Uint8Array.of(0x40, 3, 0x40, 0),
    "a raw string keeps its wrong length byte",
  );
  await assert.rejects(model.get(0x80, GET_DESCRIPTOR, 0x0305), Stall);
  await assert.rejects(model.get(0x80, GET_DESCRIPTOR, 0x0600), Stall);
});

Deno.test("a function keeps its configuration and alternate settings, and refuses unknown ones", async () => {
  const model = new Plain();
  const { GET_STATUS, SET_CONFIGURATION, GET_CONFIGURATION, SET_INTERFACE, GET_INTERFACE } =
    StandardRequest;
  assert.deepEqual(await model.get(0x80, GET_CONFIGURATION), Uint8Array.of(0));
  await assert.rejects(model.get(0x00, SET_CONFIGURATION, 2), Stall);
  await model.get(0x00, SET_CONFIGURATION, 1);
  assert.deepEqual(await model.get(0x80, GET_CONFIGURATION), Uint8Array.of(1));
  await model.get(0x01, SET_INTERFACE, 1);
  assert.deepEqual(await model.get(0x81, GET_INTERFACE), Uint8Array.of(1));
  await assert.rejects(model.get(0x01, SET_INTERFACE, 2), Stall);
  await assert.rejects(model.get(0x01, SET_INTERFACE, 0, 1), Stall);
  assert.deepEqual(await model.get(0x80, GET_STATUS), Uint8Array.of(1, 0), "self-powered");
  await model.get(0x00, SET_CONFIGURATION, 1);
  assert.deepEqual(await model.get(0x81, GET_INTERFACE), Uint8Array.of(0));
});

Deno.test("requests of a class reach the model; declared refusals stall", async () => {
  const model = new Plain([StandardRequest.GET_STATUS]);
  const answer = await model.get(0xa1, 3, 0, 0, 6);
  assert.equal(answer?.length, 6);
  assert.equal(model.seen.length, 1);
  await assert.rejects(model.get(0x80, StandardRequest.GET_STATUS), Stall);
  assert.equal(model.seen.length, 1);
});

Deno.test("every configuration is decoded as it was encoded", () => {
  const byte = fc.nat(255);
  const plain = { noNullPrototype: true } as const;
  const endpoint = fc.record({
    bEndpointAddress: byte,
    bmAttributes: byte,
    wMaxPacketSize: fc.nat(0xffff),
    bInterval: byte,
  }, plain);
  const extra = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((data) =>
    Uint8Array.of(data.length + 2, 0x21, ...data)
  );
  const setting = fc.record({
    bInterfaceNumber: byte,
    bAlternateSetting: byte,
    bInterfaceClass: byte,
    bInterfaceSubClass: byte,
    bInterfaceProtocol: byte,
    iInterface: byte,
    endpoints: fc.array(endpoint, { maxLength: 4 }),
    extra,
  }, plain);
  const configuration = fc.record({
    bConfigurationValue: byte,
    bmAttributes: byte,
    bMaxPower: byte,
    extra,
    interfaces: fc.array(setting, { maxLength: 6 }),
  }, plain);
  fc.assert(fc.property(configuration, (fields) => {
    assert.deepEqual(parseConfiguration(encodeConfiguration(fields)), fields);
  }));
});

Deno.test("every string of up to 126 UTF-16 units is decoded as it was encoded", () => {
  const text = fc.string({ unit: "grapheme" }).filter(({ length }) => length <= 126);
  fc.assert(fc.property(text, (text) => {
    assert.equal(decodeString(encodeString(text)), text);
    assert.equal(encodeString(text).length, 2 + 2 * text.length);
  }));
  assert.equal(encodeString("𝄞").toHex(), "060334d81edd");
  assert.throws(() => encodeString("x".repeat(127)), RangeError);
});
