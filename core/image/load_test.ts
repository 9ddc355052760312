import assert from "node:assert/strict";
import { markedTexts } from "../../tests/support/images/marked_texts.ts";
import { UnbrickError } from "../common/errors.ts";
import { appendDfuSuffix } from "./dfu_suffix.ts";
import { encodeDfuse } from "./dfuse_file.ts";
import { encodeIntelHex } from "./intel_hex.ts";
import { loadImage, refuseOtherAddress } from "./load.ts";
import { refuseEmpty, refuseLargerThan, refuseSmallerThan } from "./check.ts";
import { simulationMark } from "./simulation_mark.ts";

const content = Uint8Array.from({ length: 300 }, (_, i) => i);
const load = (bytes: Uint8Array, name = "firmware.bin") =>
  loadImage(bytes, { role: "firmware", name, source: `some/${name}` });
const ascii = (text: string) => new TextEncoder().encode(text);

function refusal(attempt: () => unknown): UnbrickError {
  try {
    attempt();
  } catch (error) {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image", String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "not refused" });
}

Deno.test("loadImage accepts a raw file unchanged and hashes it", () => {
  const image = load(ascii("abc"));
  assert.deepEqual(image, {
    role: "firmware",
    name: "firmware.bin",
    source: "some/firmware.bin",
    bytes: ascii("abc"),
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    simulationOnly: false,
  });
});

Deno.test("loadImage unpacks every container by its content, whatever its name", () => {
  const segment = { address: 0x08000000, bytes: content };
  const ids = { idVendor: 0x0483, idProduct: 0xDF11 };
  const raw = load(content);
  for (
    const [packed, address, usbIds] of [
      [appendDfuSuffix(content, { idVendor: 0x37C5 }), undefined, { vendorId: 0x37C5 }],
      [
        encodeDfuse([{ bAlternateSetting: 0, elements: [segment] }], ids),
        0x08000000,
        { vendorId: 0x0483, productId: 0xDF11 },
      ],
      [ascii(encodeIntelHex([segment])), 0x08000000, undefined],
    ] as const
  ) {
    const image = load(packed);
    assert.deepEqual(image.bytes, content);
    assert.equal(image.sha256, raw.sha256);
    assert.equal(image.address, address);
    assert.deepEqual(image.usbIds, usbIds);
  }
});

Deno.test("elements of one DfuSe target are joined, several targets are refused", () => {
  const elements = [
    { address: 0x08000008, bytes: Uint8Array.of(3) },
    { address: 0x08000000, bytes: Uint8Array.of(1, 2) },
  ];
  const image = load(encodeDfuse([{ bAlternateSetting: 0, elements }]));
  assert.equal(image.address, 0x08000000);
  assert.deepEqual(image.bytes, Uint8Array.of(1, 2, 255, 255, 255, 255, 255, 255, 3));
  const two = encodeDfuse([0, 1].map((bAlternateSetting) => ({ bAlternateSetting, elements })));
  assert.match(refusal(() => load(two)).message, /2 targets \(alternate settings 0, 1\)/);
  assert.match(refusal(() => load(encodeDfuse([]))).message, /no target/);
});

Deno.test("a file whose content does not fit its extension is refused", () => {
  assert.match(refusal(() => load(content, "a.dfu")).message, /a\.dfu .*DFU suffix is missing/);
  assert.match(refusal(() => load(content, "a.hex")).message, /does not begin with an Intel HEX/);
  const headless = appendDfuSuffix(content, { bcdDFU: 0x011A });
  assert.match(refusal(() => load(headless)).message, /no DfuSe prefix/);
  const damaged = appendDfuSuffix(content);
  damaged[7] ^= 0x10;
  assert.match(refusal(() => load(damaged, "a.bin")).message, /damaged/);
});

Deno.test("files of other kinds are refused, and the error names the kind", () => {
  assert.match(refusal(() => load(ascii("\x7FELF\x01\x01"))).message, /ELF program/);
  assert.match(refusal(() => load(ascii("PK\x03\x04...."))).message, /zip archive/);
  assert.match(refusal(() => load(ascii("<!DOCTYPE html>"))).message, /web page/);
  for (const page of markedTexts("\r\n<!DOCTYPE html>").values()) {
    assert.match(refusal(() => load(page)).message, /web page/);
  }
});

Deno.test("a HEX file with a byte order mark is read as the same file", () => {
  const plain = encodeIntelHex([{ address: 0x0800_0000, bytes: content }]);
  for (const [encoding, bytes] of markedTexts(plain)) {
    const image = load(bytes);
    assert.deepEqual([image.address, image.bytes], [0x0800_0000, content], encoding);
  }
});

Deno.test("a mark inside a raw image makes it simulation-only", () => {
  assert.ok(load(ascii(`....${simulationMark}....`)).simulationOnly);
  const marked = appendDfuSuffix(ascii(simulationMark));
  assert.ok(load(marked).simulationOnly);
});

Deno.test("generic checks refuse with size, limit and reason", () => {
  assert.match(refusal(() => refuseEmpty(load(new Uint8Array()))).message, /it is empty/);
  assert.match(refusal(() => refuseEmpty(load(new Uint8Array(9)))).message, /contains only zeros/);
  assert.match(
    refusal(() => refuseEmpty(load(new Uint8Array(9).fill(0xFF)))).message,
    /contains only 0xFF/,
  );
  refuseEmpty(load(Uint8Array.of(0, 255)));
  const image = load(content);
  refuseLargerThan(image, 300, "FIRMWARE");
  refuseSmallerThan(image, 300, "firmware");
  const large = refusal(() => refuseLargerThan(image, 299, "FIRMWARE"));
  assert.match(large.message, /300 bytes, but the FIRMWARE region has only 299/);
  assert.deepEqual([large.data.size, large.data.limit, large.data.offset], [300, 299, 299]);
  assert.match(refusal(() => refuseSmallerThan(image, 301, "firmware")).message, /at least 301/);
});

Deno.test("an image made for another address is refused", () => {
  const image = load(ascii(encodeIntelHex([{ address: 0x08040000, bytes: content }])));
  refuseOtherAddress(image, 0x08040000);
  assert.match(
    refusal(() => refuseOtherAddress(image, 0x08000000)).message,
    /made for address 0x08040000, but firmware belongs at 0x08000000/,
  );
  refuseOtherAddress(load(content), 0x08000000);
});
