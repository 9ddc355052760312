import assert from "node:assert/strict";
import { sha256 } from "../common/sha256.ts";
import type { Image } from "../image/image.ts";
import { errorOf } from "../../tests/support/expected_error.ts";
import { PartitionRig } from "../../tests/support/plan/partition_rig.ts";
import { comparePartition } from "./compare.ts";
import { eraseFilesystemStep, writePartitionStep } from "./steps.ts";

const table = [
  { name: "BOOT", memory: "flash", start: 0, end: 0x2000, writable: false },
  { name: "FIRMWARE", memory: "flash", start: 0x2000, end: 0x8000, writable: true },
];
const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => at * 7 & 0xFF);
const image = { role: "firmware", name: "f.bin", bytes, sha256: sha256(bytes) } as Image;

const step = writePartitionStep({
  id: "firmware",
  title: "Write the firmware",
  region: "firmware",
  table,
  partition: "FIRMWARE",
  content: image,
  weight: 3,
});

Deno.test("a partition is written unless it holds the bytes, and read back at its address", async () => {
  const rig = new PartitionRig(table);
  assert.equal(await step.isDone!(rig.context), undefined);
  await step.run(rig.context);
  const proof = (await step.prove!(rig.context))!;
  assert.deepEqual(
    { ...proof, claim: String(proof.claim) },
    {
      claim: "The firmware matches f.bin (5000 bytes).",
      evidence: "read-back",
      address: 0x2000,
      bytes: 5_000,
      sha256: image.sha256,
    },
  );
  assert.deepEqual(rig.log, [
    "verify FIRMWARE 5000",
    "write FIRMWARE 5000",
    "verify FIRMWARE 5000",
  ]);
  assert.deepEqual(await step.isDone!(rig.context), proof);
  rig.memory.get("FIRMWARE")![4_999] ^= 1;
  await errorOf(step.prove!(rig.context) as Promise<unknown>, "verify-failed");
});

Deno.test("an empty file system is a first block of zeros", async () => {
  const rig = new PartitionRig(table);
  rig.memory.get("FIRMWARE")!.fill(9);
  const erase = eraseFilesystemStep(table, "FIRMWARE", 7);
  assert.deepEqual([erase.id, erase.effect, erase.weight], ["erase-filesystem", "erases", 7]);
  await erase.run(rig.context);
  const left = rig.memory.get("FIRMWARE")!;
  assert.deepEqual(left.subarray(0, 4096), new Uint8Array(4096));
  assert.ok(left.subarray(4096).every((byte) => byte === 9));
  assert.equal((await erase.prove!(rig.context))?.address, 0x2000);
});

Deno.test("a comparison hands over what came, by its address, and reports its progress", async () => {
  const rig = new PartitionRig(table);
  rig.memory.get("FIRMWARE")!.set(bytes);
  const read: [number, Uint8Array][] = [];
  const compare = (wanted: Uint8Array) =>
    comparePartition(rig.context, table, "FIRMWARE", wanted, (piece, address) => {
      read.push([address, piece]);
    });
  await compare(bytes);
  assert.deepEqual(read, [[0x2000, bytes.subarray(0, 4096)], [0x3000, bytes.subarray(4096)]]);
  assert.deepEqual(rig.progress, [[4096, 5_000], [5_000, 5_000]]);
  await errorOf(compare(bytes.with(4_500, 1)), "verify-failed");
});
