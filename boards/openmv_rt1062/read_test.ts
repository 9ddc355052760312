import assert from "node:assert/strict";
import { boardImages } from "../../core/image/board_images.ts";
import { sha256 } from "../../core/common/sha256.ts";
import type { JobOptions } from "../../core/family/family.ts";
import { FakeLoader } from "../../tests/support/boards/rt1062_fake_loader.ts";
import { scriptedContext, sessionOf } from "../../tests/support/plan/scripted_context.ts";
import { rt1062 } from "./boards.ts";
import { anyLoader } from "./loader.ts";
import { openmvRt1062 } from "./mod.ts";
import { backupSources } from "./read.ts";

/** Which ranges are read, and how (flash map: imxrt-sdp-flashloader.md 0). */

const MIB = 0x10_0000;
const images = boardImages("the test", []);
const stepOf = (options: JobOptions) =>
  openmvRt1062.plan("read", rt1062, images, options).steps.find(({ id }) => id === "read")!;

const ranges: readonly [options: JobOptions, name: string, start: number, size: number][] = [
  [{}, "flash", 0x6000_0000, 16 * MIB],
  [{ region: "FCB" }, "fcb", 0x6000_0000, 0x1000],
  [{ region: "bootloader" }, "bootloader", 0x6000_1000, 0x3_F000],
  [{ region: "firmware" }, "firmware", 0x6004_0000, 0x3C_0000],
  [{ region: "filesystem" }, "filesystem", 0x6040_0000, 4 * MIB],
  [{ region: "romfs0" }, "romfs0", 0x6080_0000, 8 * MIB],
  [{ region: "firmware", length: 0x3C_0000 }, "firmware", 0x6004_0000, 0x3C_0000],
  [{ address: 0x6000_0000, length: 0x100_0000 }, "0x60000000", 0x6000_0000, 16 * MIB],
  [{ region: "firmware", address: 0x603F_FFFF }, "firmware", 0x603F_FFFF, 1],
  [{ region: "firmware", address: 0x6004_0000, length: 1 }, "firmware", 0x6004_0000, 1],
  [{ address: 0x6000_0000, length: 1 }, "0x60000000", 0x6000_0000, 1],
  [{ address: 0x60FF_FFFF }, "0x60FFFFFF", 0x60FF_FFFF, 1],
  [{ address: 0x6001_8000, length: 0x2_0000 }, "0x60018000", 0x6001_8000, 0x2_0000],
  [{ address: 0x6001_8001, length: 0x1_8002 }, "0x60018001", 0x6001_8001, 0x1_8002],
];

for (const [options, name, start, size] of ranges) {
  Deno.test(`read ${JSON.stringify(options)} is ${size} bytes from ${start.toString(16)}`, async () => {
    const step = stepOf(options);
    assert.equal(String(step.title), `Read ${name}`);
    assert.equal(step.weight, size / 2000); // 2 MB/s (E1)
    if (size > MIB) return; // as the smaller ones
    const loader = new FakeLoader(start, size);
    loader.load(start, Uint8Array.of(1));
    loader.load(start + size - 1, Uint8Array.of(2));
    const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
    await step.run(context);
    const bytes = context.outputs.get(name)!;
    assert.deepEqual(sha256(bytes), sha256(loader.flash));
    const sizes = loader.calls.map((call) => parseInt(call.split("+")[1], 16));
    assert.ok(sizes.slice(0, -1).every((one) => one === 0x1_0000) && sizes.at(-1)! <= 0x1_0000);
    assert.equal(sizes.length, Math.ceil(size / 0x1_0000));
    assert.equal(sizes.reduce((sum, one) => sum + one), size);
    assert.deepEqual(context.reported[0], [sizes[0], size]);
    assert.deepEqual(context.reported.at(-1), [size, size]);
    const proof = await step.prove!(context);
    assert.deepEqual(proof, {
      ...{ claim: proof!.claim, evidence: "read-back", address: start, bytes: size },
      sha256: sha256(loader.flash),
    });
  });
}

const outside: readonly [options: JobOptions, address: number, length: number][] = [
  [{ address: 0x5FFF_FFFF, length: 2 }, 0x5FFF_FFFF, 2],
  [{ address: 0x6100_0000 }, 0x6100_0000, 0],
  [{ address: 0x6000_0000, length: 0 }, 0x6000_0000, 0],
  [{ address: 0x60FF_FFFF, length: 2 }, 0x60FF_FFFF, 2],
  [{ region: "firmware", length: 0 }, 0x6004_0000, 0],
  [{ region: "firmware", length: 0x3C_0001 }, 0x6004_0000, 0x3C_0001],
  [{ region: "firmware", address: 0x6003_FFFF, length: 2 }, 0x6003_FFFF, 2],
  [{ region: "firmware", address: 0x603F_FFFF, length: 2 }, 0x603F_FFFF, 2],
];

for (const [options, address, length] of outside) {
  Deno.test(`read ${JSON.stringify(options)} is refused`, () => {
    assert.throws(() => stepOf(options), { kind: "usage", data: { address, length } });
  });
}

Deno.test("a backup reads each region whole, in blocks of 64 KiB", async () => {
  for (const { name, address, size, memory, read } of backupSources(anyLoader)) {
    const [, , start, wanted] = ranges.find((range) => range[1] === name)!;
    assert.deepEqual([memory, address, size], ["flash", start, wanted]);
    const loader = new FakeLoader(start, size);
    const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
    loader.load(start, Uint8Array.of(1));
    loader.load(start + size - 1, Uint8Array.of(2));
    const done: number[] = [];
    const bytes = await read(context, (bytes) => done.push(bytes));
    assert.equal(sha256(bytes), sha256(loader.flash), name);
    assert.deepEqual([done[0], done.at(-1)], [Math.min(0x1_0000, size), size]);
    assert.equal(loader.calls[0], `read ${start.toString(16)}+${done[0].toString(16)}`);
    assert.equal(loader.taken("none").length, Math.ceil(size / 0x1_0000));
    assert.equal(done.length, Math.ceil(size / 0x1_0000));
  }
});
