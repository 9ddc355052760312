import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { sha256 } from "../common/sha256.ts";
import { isAsPlanned, readBackProof, readBackProofIfEqual } from "./memory_proof.ts";
import { type OnRead, ReadBacks } from "./read_back.ts";
import type { StepContext } from "./step_context.ts";
import type { Target } from "./step.ts";

/** A camera that has sent 1,000 bytes before, and sends a few of its memory. */
function camera() {
  let received = 1_000;
  const readBacks = new ReadBacks(() => received);
  const sends = (...pieces: readonly [address: number, bytes: readonly number[]][]) =>
  async (
    onRead: OnRead,
  ) => {
    for (const [address, bytes] of pieces) {
      received += bytes.length;
      onRead(Uint8Array.from(bytes), address);
    }
  };
  const context = { readBack: readBacks.read.bind(readBacks) } as unknown as StepContext;
  return { readBacks, sends, context };
}

const target = (address: number, bytes: readonly number[], more: Partial<Target> = {}): Target => ({
  region: "bootloader",
  address,
  length: bytes.length,
  sha256: sha256(Uint8Array.from(bytes)),
  image: "a.bin",
  ...more,
});

Deno.test("a proof holds what came of each range, whatever came around it", async () => {
  const { readBacks, sends } = camera();
  const read = sends([98, [1, 2, 3, 4]], [102, [5, 6, 7, 8]], [200, [9]]);
  const back = await readBacks.read(
    [{ address: 100, length: 4 }, { address: 200, length: 1 }],
    read,
  );
  assert.deepEqual(back.contents.map((bytes) => [...bytes]), [[3, 4, 5, 6], [9]]);
  const proof = back.proof("It is there.");
  assert.deepEqual(proof, {
    claim: "It is there.",
    evidence: "read-back",
    address: 100,
    bytes: 4,
    sha256: sha256(Uint8Array.of(3, 4, 5, 6)),
    others: [{ address: 200, bytes: 1, sha256: sha256(Uint8Array.of(9)) }],
  });
  assert.ok(readBacks.includes(proof));
  assert.ok(!readBacks.includes({ ...proof }));
  const file = { bytes: 9, sha256: "of the whole" };
  assert.deepEqual(back.proof("It is there.", file).file, file);
});

Deno.test("a byte that did not come is missing, at each end and in the middle", async () => {
  const range = { address: 100, length: 4 };
  const cases: [address: number, bytes: number[]][][] = [
    [[100, [1, 2, 3]]],
    [[101, [2, 3, 4, 5, 6]]],
    [[96, [1, 2, 3, 4]], [104, [5, 6, 7, 8]], [101, [2, 3, 4]]],
    [[100, [1, 2]], [103, [4]]],
    [[100, [1, 2]], [103, [4]], [300, [5, 6]]],
  ];
  for (const pieces of cases) {
    const { readBacks, sends } = camera();
    await assert.rejects(readBacks.read([range], sends(...pieces)), (error) => {
      assert.ok(error instanceof UnbrickError);
      assert.equal(error.kind, "verify-failed");
      assert.match(error.message, /Only 3 of 4 bytes/);
      assert.deepEqual(error.data, { address: 100, length: 4, received: 3 });
      return true;
    });
  }
});

Deno.test("bytes that no device sent are no read-back", async () => {
  const { readBacks } = camera();
  const made = async (onRead: OnRead) => onRead(Uint8Array.of(1, 2), 0);
  await assert.rejects(
    readBacks.read([{ address: 0, length: 2 }], made),
    /Only 0 of 2 bytes were read back/,
  );
  assert.deepEqual((await readBacks.read([], async () => {})).contents, []);
});

Deno.test("a proof of a target names the image, and how much of its file is there", async () => {
  const { sends, context } = camera();
  const bytes = [1, 2, 3];
  const read = sends([8, bytes]);
  const whole = await readBackProof(context, [target(8, bytes)], read);
  assert.equal(`${whole.claim}`, "The bootloader matches a.bin (3 bytes).");
  assert.ok(!("file" in whole) && !("others" in whole));
  const part = target(8, bytes, { file: { bytes: 9, sha256: "of the whole" } });
  const proof = await readBackProof(context, [part], read);
  assert.match(`${proof.claim}`, /a\.bin \(3 of the file's 9 bytes\)/);
  assert.deepEqual(proof.file, part.file);
  const unknown = target(8, [7, 7, 7], { sha256: undefined });
  assert.equal(
    (await readBackProof(context, [unknown], read)).sha256,
    sha256(Uint8Array.of(1, 2, 3)),
  );
});

Deno.test("memory that differs is named by its address; a comparison answers undefined", async () => {
  const { sends, context } = camera();
  const read = sends([8, [1, 2, 3, 4]]);
  const targets = [target(8, [1, 2]), target(10, [3, 5])];
  await assert.rejects(readBackProof(context, targets, read), (error) => {
    assert.ok(error instanceof UnbrickError);
    assert.deepEqual([error.kind, error.data], ["verify-failed", { address: 10 }]);
    return true;
  });
  assert.equal(await readBackProofIfEqual(context, targets, read), undefined);
  assert.equal((await readBackProofIfEqual(context, [targets[0]], read))?.bytes, 2);
  const stalls = () => Promise.reject(new UnbrickError("timeout", "The camera is silent."));
  await assert.rejects(readBackProofIfEqual(context, targets, stalls), /The camera is silent/);
});

Deno.test("a proof is as planned only with address, length and digest", () => {
  const planned = target(8, [1, 2]);
  const proof = {
    claim: "",
    evidence: "read-back" as const,
    address: 8,
    bytes: 2,
    sha256: planned.sha256,
  };
  assert.ok(isAsPlanned(planned, proof));
  assert.ok(isAsPlanned(planned, { ...proof, address: 0, others: [{ ...proof }] } as never));
  for (const wrong of [{ address: 9 }, { bytes: 3 }, { sha256: "other" }]) {
    assert.ok(!isAsPlanned(planned, { ...proof, ...wrong }));
  }
  assert.ok(isAsPlanned({ ...planned, sha256: undefined }, { ...proof, sha256: "any" }));
});
