import assert from "node:assert/strict";
import { u32 } from "../../core/common/struct.ts";
import { FakeLoader } from "../../tests/support/boards/rt1062_fake_loader.ts";
import { scriptedContext, sessionOf } from "../../tests/support/plan/scripted_context.ts";
import { fcbStep } from "./fcb.ts";
import { eraseFilesystemStep } from "./filesystem.ts";
import { flashloader } from "./loader.ts";
import { sampleFcb } from "./samples.ts";

/** The flash configuration block, and the first sector of the file system (imxrt-sdp-flashloader.md C5). */

const FCB = 0x6000_0000;

/** A sector with the block of a camera, whose fields are as in the fact sheet, changed at one place. */
function sector(change: (bytes: Uint8Array<ArrayBuffer>) => void = () => {}): Uint8Array {
  const bytes = new Uint8Array(0x1000).fill(0xFF);
  bytes.set(sampleFcb());
  change(bytes);
  return bytes;
}

const word = (offset: number, value: number) => (bytes: Uint8Array<ArrayBuffer>) =>
  u32.write(bytes, offset, value, "the block");

const blocks: readonly [what: string, bytes: Uint8Array, isValid: boolean][] = [
  ["a camera's", sector(), true],
  ["blank", sector((bytes) => bytes.fill(0xFF)), false],
  ["without tag", sector(word(0, 0)), false],
  ["8 MiB", sector(word(0x50, 0x80_0000)), false],
  ["pages of 512 bytes", sector(word(0x1C0, 512)), false],
  ["sectors of 64 KiB", sector(word(0x1C4, 0x1_0000)), false],
  ["another type of device", sector((bytes) => bytes[0x44] = 2), false],
  ["no way to read", sector((bytes) => bytes.fill(0, 0x80, 0x180)), false],
  ["something right behind it", sector((bytes) => bytes[0x200] = 0), false],
  ["something at the end of its sector", sector((bytes) => bytes[0xFFF] = 0), false],
];

for (const [what, bytes, isValid] of blocks) {
  Deno.test(`a configuration block is ${isValid ? "valid" : "written anew"}: ${what}`, async () => {
    const loader = new FakeLoader(FCB, 0x1000);
    loader.load(FCB, bytes);
    const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
    const step = fcbStep(flashloader);
    const proof = await step.isDone!(context);
    assert.deepEqual(
      [proof?.address, proof?.bytes],
      isValid ? [FCB, 0x1000] : [undefined, undefined],
    );
    if (isValid) {
      assert.match(String(proof!.claim), /is valid: version .*16 MiB in sectors of 4096/);
    } else {
      await assert.rejects(Promise.resolve(step.prove!(context)), {
        ...{ kind: "verify-failed", data: { address: FCB } },
      });
    }
    assert.ok(loader.calls.every((call) => call === "read 60000000+1000"));
  });
}

Deno.test("the block is made in RAM, then programmed, after its sector was erased", async () => {
  const loader = new FakeLoader(FCB, 0x1000), words: unknown[] = [];
  Object.assign(loader.client, {
    fillMemory: (...all: number[]) => Promise.resolve(words.push(all)),
    configureMemory: (...all: number[]) => Promise.resolve(words.push(all)),
  });
  const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
  await fcbStep(flashloader).run(context);
  assert.deepEqual(loader.calls, ["erase 60000000+1000"]);
  const configure = [9, 0x2000];
  assert.deepEqual(words, [
    ...[[0x2000, 4, 0xC000_0008], configure],
    ...[[0x2000, 4, 0xF000_000F], configure],
  ]);
});

Deno.test("the file system's first sector is erased, unless all of it is blank", async () => {
  const DISK = 0x6040_0000;
  for (const at of [0, 0xFFF]) {
    const loader = new FakeLoader(DISK, 0x2000);
    loader.load(DISK + at, Uint8Array.of(0));
    loader.load(DISK + 0x1000, Uint8Array.of(0));
    const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
    const step = eraseFilesystemStep(flashloader);
    assert.equal(await step.isDone!(context), undefined);
    await assert.rejects(Promise.resolve(step.prove!(context)), { kind: "verify-failed" });
    await step.run(context);
    assert.deepEqual(loader.taken(), ["erase 60400000+1000"]);
    const proof = await step.prove!(context);
    assert.deepEqual([proof?.address, proof?.bytes, proof?.evidence], [DISK, 0x1000, "read-back"]);
    assert.ok(await step.isDone!(context));
  }
});
