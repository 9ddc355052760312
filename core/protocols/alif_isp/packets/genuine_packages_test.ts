import assert from "node:assert/strict";
import { genuineFiles } from "../../../../tests/support/images/genuine_files.ts";
import {
  bitsOf,
  type Range,
  withTurnedBit,
} from "../../../../tests/support/protocols/turned_bits.ts";
import { isKind } from "../../../common/errors.ts";
import { readStoc } from "./stoc.ts";
import { parseSystemPackage, type SignedFile } from "./system_package.ts";

/** The vendor's own packages of SE Tools 1.110 (alif-isp.md C.7, real-devices.md). */

const files = genuineFiles("se-tools");
const test = (name: string, body: () => void) =>
  Deno.test({ name, ignore: files.missing, fn: body });

const PRODUCTION = "4ca48f28d3267e1e520706995f1fa338";
/** Two key certificates and a content certificate; nothing covers the 12 bytes after them. */
const SIGN_COVERED: Range = [0, 2 * 840 + 868];

const signed = (name: string): SignedFile => ({
  name,
  bytes: files.read(name),
  sign: { name: `${name}.sign`, bytes: files.read(`${name}.sign`) },
});
const pointer = () => signed("offset-58-rev-b4.bin");

test("genuine packages of both parts are taken, and their tables have the known form", () => {
  for (const part of ["AE302F80F55D5AE", "AE302F80F55D5LE"]) {
    const image = signed(`SP-${part}-rev-b4.bin`);
    const system = parseSystemPackage(image, pointer());
    assert.deepEqual([system.part, system.version], [part, "1.110.0"]);
    assert.equal(system.root.toHex(), PRODUCTION);
    const table = readStoc(image.bytes);
    assert.ok("entries" in table);
    assert.deepEqual(
      table.entries.map(({ name, tableAddress, objectAddress }) => [
        name,
        tableAddress,
        objectAddress,
      ]),
      [
        ["SERAM0", 0xC0, 0x805800C0],
        ["SERAM1", 0x20AC0, 0x805A0AC0],
        ["DEVICE", 0x805C14C0, 0x805C14C0],
      ],
    );
  }
});

test("a genuine package of the development root does not go with the production pointer", () => {
  const development = signed("SP-AE302F80F55D5AE-rev-b4-dev.bin");
  assert.throws(
    () => parseSystemPackage(development, pointer()),
    (error) => isKind(error, "bad-image") && /another root key/.test(error.message),
  );
});

/** Each single bit must be refused as a damaged file. */
function refusesEachBit(
  bytes: Uint8Array,
  ranges: readonly Range[],
  stride: number,
  check: (changed: Uint8Array) => void,
): void {
  let count = 0;
  for (const [at, bit] of bitsOf(ranges, stride)) {
    assert.throws(
      () => check(withTurnedBit(bytes, at, bit)),
      (error) => isKind(error, "bad-image"),
      `bit ${bit} of byte 0x${at.toString(16)} was turned and not noticed`,
    );
    count++;
  }
  assert.ok(count > 100);
}

test("any turned bit of a genuine package, its signature or its pointer is refused", () => {
  const image = signed("SP-AE302F80F55D5AE-rev-b4.bin"), line = pointer();
  const { bytes, sign } = image;
  const withImage = (changed: Uint8Array) => parseSystemPackage({ ...image, bytes: changed }, line);
  refusesEachBit(bytes, [[0, 0xC0]], 1, withImage);
  refusesEachBit(bytes, [[0xC0, bytes.length]], 997, withImage);
  refusesEachBit(
    sign.bytes,
    [SIGN_COVERED],
    11,
    (changed) => parseSystemPackage({ ...image, sign: { ...sign, bytes: changed } }, line),
  );
  refusesEachBit(
    line.bytes,
    [[0, 16]],
    1,
    (changed) => parseSystemPackage(image, { ...line, bytes: changed }),
  );
  refusesEachBit(line.sign.bytes, [SIGN_COVERED], 17, (changed) => {
    parseSystemPackage(image, { ...line, sign: { ...line.sign, bytes: changed } });
  });
});
