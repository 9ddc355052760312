import assert from "node:assert/strict";
import { concat } from "../common/bytes.ts";
import { encodePacket } from "../protocols/mboot/packets/command.ts";
import { encodeReport } from "../protocols/mboot/packets/report.ts";
import { encodeFrame } from "../protocols/alif_isp/packets/frame.ts";
import { parseConfiguration, parseDeviceDescriptor } from "../transport/usb/descriptors.ts";
import { describeBytes, describeTransfer } from "./describe.ts";
import type { TracedTransfer } from "./read_trace.ts";
import type { TracedUsbDevice } from "./traced_devices.ts";

const bytes = (text: string) => Uint8Array.fromHex(text.replaceAll(" ", ""));

/** One configuration with one interface of DFU mode, DfuSe 1.1a. */
const dfu: TracedUsbDevice = {
  configuration: parseConfiguration(bytes(
    "09 02 1b 00 01 01 00 c0 32  09 04 00 00 00 fe 01 02 00  09 21 0b ff 00 00 08 1a 01",
  )),
};

const loader: TracedUsbDevice = {
  descriptor: parseDeviceDescriptor(
    bytes("12 01 00 02 00 00 00 40 a2 15 73 00 00 01 01 02 03 01"),
  ),
};

function transfer(fields: Partial<TracedTransfer>): TracedTransfer {
  return {
    ...{ type: "transfer", time: 0, ended: 1000, bus: 1, address: 2, endpoint: 0, length: 0 },
    ...{ sent: new Uint8Array(), status: 0, moved: 0, received: new Uint8Array() },
    isBySystem: false,
    ...fields,
  };
}

function request(bmRequestType: number, bRequest: number, wValue: number, wLength = 0) {
  return { bmRequestType, bRequest, wValue, wIndex: 0, wLength };
}

function words(device: TracedUsbDevice, fields: Partial<TracedTransfer>): string {
  const { request, answer, isError } = describeTransfer(transfer(fields), device);
  return `${isError ? "! " : ""}${request}${answer === undefined ? "" : ` → ${answer}`}`;
}

Deno.test("DFU and DfuSe in words", () => {
  const block = { setup: request(0x21, 1, 3, 2048), sent: new Uint8Array(2048) };
  assert.equal(words(dfu, block), "DNLOAD block 3, 2048 bytes");
  const status = { setup: request(0xa1, 3, 0, 6) };
  assert.equal(
    words(dfu, { ...status, received: bytes("00 0c 00 00 04 00") }),
    "GETSTATUS → dfuDNBUSY, 12 ms",
  );
  assert.equal(
    words(dfu, { ...status, received: bytes("0b 00 00 00 0a 00") }),
    "! GETSTATUS → errVENDOR, dfuERROR",
  );
  const erase = { setup: request(0x21, 1, 0, 5), sent: bytes("41 00 00 02 08") };
  assert.equal(words(dfu, erase), "DNLOAD ERASE 0x08020000");
  const plain = {
    configuration: parseConfiguration(bytes(
      "09 02 1b 00 01 01 00 c0 32  09 04 00 00 00 fe 01 02 00  09 21 0b ff 00 00 08 10 01",
    )),
  };
  assert.equal(words(plain, erase), "DNLOAD block 0, 5 bytes");
  const sha256 = "ab".repeat(32);
  assert.equal(
    words(dfu, { setup: request(0xa1, 2, 4, 2048), leftOut: { bytes: 2048, sha256 } }),
    "UPLOAD block 4, 2048 bytes → 2048 bytes (left out, SHA-256 abababab…)",
  );
});

Deno.test("HID reports of the loader in words; a status other than success is an error", () => {
  const sent = encodeReport(1, encodePacket(0x02, [0x60000000, 0x1000, 9]));
  assert.equal(
    words(loader, { endpoint: 2, sent }),
    "report OUT: FLASH_ERASE_REGION 0x60000000 0x1000 0x9",
  );
  const received = encodeReport(3, encodePacket(0xa0, [10_205, 2]));
  assert.equal(
    words(loader, { endpoint: 0x81, received }),
    "! report IN → GENERIC: 10205 (memory not configured) 0x2",
  );
});

Deno.test("what nobody knows is shown as numbers", () => {
  assert.equal(
    words({}, { setup: request(0xc0, 0x51, 7, 2), received: bytes("01 02") }),
    "control c0 51 wValue 7 wIndex 0 → 01 02",
  );
  assert.equal(words({}, { setup: request(0x00, 9, 1) }), "SET_CONFIGURATION 1");
});

Deno.test("frames of the Secure Enclave in words; a NAK is an error", () => {
  const say = (direction: "sent" | "received", ...parts: Uint8Array[]) =>
    describeBytes({ type: "serial", time: 0, path: "COM3", direction, bytes: concat(parts) });
  assert.deepEqual(say("sent", encodeFrame(0x00)), { words: "START_ISP", isError: false });
  assert.deepEqual(say("received", encodeFrame(0xfe), encodeFrame(0xff, bytes("0ffa"))), {
    words: "ACK; NAK 0f fa",
    isError: true,
  });
  assert.equal(say("received", bytes("0801")).words, "2 bytes: 08 01");
});
