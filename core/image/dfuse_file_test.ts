import fc from "fast-check";
import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { appendDfuSuffix } from "./dfu_suffix.ts";
import { encodeDfuse, parseDfuse } from "./dfuse_file.ts";

const element = (address: number, length: number) => ({
  address,
  bytes: Uint8Array.from({ length }, (_, i) => i * 7),
});
const oneTarget = [{ bAlternateSetting: 0, elements: [element(0x08000000, 8192)] }];

function refused(bytes: Uint8Array): UnbrickError {
  try {
    parseDfuse(bytes, "x.dfu");
  } catch (error) {
    assert.ok(error instanceof UnbrickError && error.kind === "bad-image", String(error));
    assert.equal(error.data.file, "x.dfu");
    return error;
  }
  throw new assert.AssertionError({ message: "not refused" });
}

/** Returns the container with some content bytes changed and a correct CRC. */
function changed(change: (content: Uint8Array<ArrayBuffer>) => Uint8Array): Uint8Array {
  const content = encodeDfuse(oneTarget).slice(0, -16);
  return appendDfuSuffix(change(content), { bcdDFU: 0x011A });
}

Deno.test("an 8192-byte element makes a file of 8501 bytes that states this size (dfu-dfuse.md B9)", () => {
  const file = encodeDfuse(oneTarget, { idVendor: 0x0483, idProduct: 0xDF11 });
  assert.equal(file.length, 8501);
  assert.equal(file.subarray(0, 11).toHex(), "446675536501" + "35210000" + "01");
  assert.equal(file.subarray(-16, -12).toHex(), "ffff11df");
});

Deno.test("parseDfuse reads what encodeDfuse writes, with both meanings of DFUImageSize", () => {
  const targets = fc.array(
    fc.record({
      bAlternateSetting: fc.nat(255),
      szTargetName: fc.constantFrom("ST...", "Internal Flash"),
      elements: fc.array(
        fc.record({ address: fc.nat(0xFFFFFFFF), bytes: fc.uint8Array() }, {
          noNullPrototype: true,
        }),
        {
          maxLength: 3,
        },
      ),
    }, { requiredKeys: ["bAlternateSetting", "elements"], noNullPrototype: true }),
    { maxLength: 3 },
  );
  fc.assert(fc.property(targets, fc.boolean(), (targets, counts) => {
    const parsed = parseDfuse(encodeDfuse(targets, {}, counts), "x.dfu");
    assert.deepEqual(parsed.targets, targets.map((target) => ({ ...target })));
    assert.equal(parsed.suffix.bcdDFU, 0x011A);
  }));
});

Deno.test("a DfuSe file without its suffix, or with another one, is refused", () => {
  const file = encodeDfuse(oneTarget);
  assert.match(refused(file.subarray(0, -1)).message, /truncated/);
  assert.match(refused(appendDfuSuffix(file.slice(0, -16))).message, /DFU 0x0100/);
  const damaged = file.slice();
  damaged[4000] ^= 1;
  assert.match(refused(damaged).message, /its CRC is 0x[0-9A-F]{8}, but its DFU suffix says/);
});

Deno.test("a container that contradicts itself is refused with the offset", () => {
  const set = (offset: number, value: number) =>
    refused(changed((content) => {
      content[offset] = value;
      return content;
    }));
  assert.match(set(5, 2).message, /offset 0x5.*format is 2/);
  assert.equal(set(6, 0).data.offset, 6);
  assert.match(set(10, 2).message, /target 1 is missing/);
  assert.match(set(10, 0).message, /left over/);
  assert.match(set(11, 0).message, /target 0 is missing/);
  assert.match(set(11 + 268, 1).message, /longer than the file/);
  assert.match(set(11 + 266, 1).message, /element is longer than its target/);
  assert.match(set(11 + 270, 2).message, /fewer elements/);
  assert.match(set(11 + 270, 0).message, /longer than its elements/);
  assert.match(set(11 + 274 + 5, 0x1F).message, /longer than its elements/);
  assert.match(set(11 + 274 + 7, 1).message, /element is longer than its target/);
});

Deno.test("no container with a correct CRC, however cut, crashes the parser", () => {
  fc.assert(fc.property(fc.nat(8484), fc.nat(300), fc.nat(255), (length, at, value) => {
    const bytes = changed((content) => {
      content[at] = value;
      return content.slice(0, length);
    });
    refused(bytes);
  }));
});

Deno.test("the name of a target has 255 bytes, the last of which is 0", () => {
  const [{ szTargetName }] = parseDfuse(
    encodeDfuse([{ ...oneTarget[0], szTargetName: "n".repeat(300) }]),
    "x.dfu",
  ).targets;
  assert.equal(szTargetName, "n".repeat(254));
});
