import assert from "node:assert/strict";
import { detachLeaves, versionFromDescriptor } from "./identity.ts";
import { piecesOf } from "./read.ts";

Deno.test("bcdDevice is the version from 1.0.2 on; 0x0200 is older than all of them", () => {
  assert.deepEqual(versionFromDescriptor(0x0103), { major: 1, minor: 0, patch: 3 });
  assert.equal(versionFromDescriptor(0x0200), undefined);
  assert.equal(detachLeaves(versionFromDescriptor(0x0200)), false);
  assert.equal(detachLeaves(versionFromDescriptor(0x0101)), false);
  assert.equal(detachLeaves(versionFromDescriptor(0x0102)), true);
  assert.equal(detachLeaves(versionFromDescriptor(0x0210)), true);
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
