import assert from "node:assert/strict";
import type { SeenDevice } from "../device/detected_device.ts";
import {
  descriptorOfVersion,
  detachLeaves,
  isLegacyBootloader,
  legacyTitle,
  versionFromDescriptor,
} from "./identity.ts";
import { piecesOf } from "./read.ts";

Deno.test("bcdDevice is the version from 1.0.2 on; 0x0200 is older than all of them", () => {
  assert.deepEqual(versionFromDescriptor(0x0103), { major: 1, minor: 0, patch: 3 });
  assert.equal(versionFromDescriptor(0x0200), undefined);
  assert.equal(detachLeaves(versionFromDescriptor(0x0200)), false);
  assert.equal(detachLeaves(versionFromDescriptor(0x0101)), false);
  assert.equal(detachLeaves(versionFromDescriptor(0x0102)), true);
  assert.equal(detachLeaves(versionFromDescriptor(0x0210)), true);
  assert.equal(detachLeaves(versionFromDescriptor(0x0110)), true);
  assert.equal(detachLeaves(versionFromDescriptor(0x0025)), false);
  for (const bcdDevice of [0x0103, 0x0200, 0x1234]) {
    assert.equal(descriptorOfVersion(versionFromDescriptor(bcdDevice)), bcdDevice);
  }
});

Deno.test("cameras up to firmware 4.5 are named, and their bootloader by its serial number", () => {
  const seen = (serial?: string) => ({ serial }) as SeenDevice;
  for (const serial of ["000000000010", "000000000011"]) {
    assert.ok(isLegacyBootloader(seen(serial)));
    assert.match(String(legacyTitle(seen(serial))), /in its old serial bootloader/);
  }
  for (const serial of [undefined, "", "000000000012"]) {
    assert.equal(isLegacyBootloader(seen(serial)), false);
    assert.match(String(legacyTitle(seen(serial))), /camera with old firmware/);
  }
});

Deno.test("a range is split at the limits of partitions, of its own memory only", () => {
  const table = [
    { name: "A", memory: "flash", start: 0x100, end: 0x200, writable: false },
    { name: "B", memory: "flash", start: 0x200, end: 0x300, writable: true },
    { name: "C", memory: "qspi", start: 0, end: 0x1000, writable: true },
  ];
  const pieces = piecesOf(table, { memory: "flash", address: 0x180, length: 0x100 });
  assert.deepEqual(
    pieces.map(({ partition, offset, length }) => [partition.name, offset, length]),
    [
      ["A", 0x80, 0x80],
      ["B", 0, 0x80],
    ],
  );
  for (const address of [0x000, 0x280]) {
    const range = { memory: "flash", address, length: 0x200 };
    assert.throws(() => piecesOf(table, range), { kind: "usage" });
  }
});
