import assert from "node:assert/strict";
import { loadImage } from "../../core/image/load.ts";
import { FakeLoader } from "../../tests/support/boards/rt1062_fake_loader.ts";
import { scriptedContext, sessionOf } from "../../tests/support/plan/scripted_context.ts";
import { type FlashImage, flashImageStep } from "./flash_image.ts";
import { flashloader } from "./loader.ts";

/** Which sectors are erased, written and read back, and in which order (imxrt-sdp-flashloader.md C7). */

function contentOf(length: number) {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + 1) & 0xFF);
}

function trial(
  address: number,
  length: number,
  more: Partial<FlashImage> = {},
  options: { rewrite?: boolean } = {},
) {
  const loader = new FakeLoader(address);
  const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
  const image = loadImage(contentOf(length), { role: "any", name: "any.bin", source: "the test" });
  const target: FlashImage = { region: "place", address, image, ...more };
  const step = flashImageStep(flashloader, target, "Write it", options);
  return { loader, context, step, image };
}

const SBL = 0x6000_1000;

Deno.test("what must not start half written: its first sector goes first, comes last, its first page at the end", async () => {
  const { loader, context, step, image } = trial(SBL, 0x1100, {
    lastSector: SBL,
    untilThen: "erase",
  });
  loader.load(SBL, contentOf(0x1000).fill(0x55));
  await step.run(context);
  assert.deepEqual(loader.taken("none"), [
    "erase 60001000+1000",
    "read 60002000+100",
    "write 60002000+100",
    "read 60002000+100",
    "read 60001000+1000",
    "write 60001100+f00",
    "read 60001100+f00",
    "write 60001000+100",
    "read 60001000+100",
  ]);
  // Half a part counts as sent, the whole piece when it was compared.
  const done = [0x80, 0x100, 0x100 + 0x780, 0x100 + 0x80, 0x1100];
  assert.deepEqual(context.reported, done.map((bytes) => [bytes, 0x1100]));
  const proof = await step.prove!(context);
  assert.deepEqual([proof?.address, proof?.bytes, proof?.sha256], [SBL, 0x1100, image.sha256]);
});

Deno.test("what may start half written: its vector sector stays until all else is there", async () => {
  const { loader, context, step } = trial(0x6004_0000, 0x4000, {
    lastSector: 0x6004_2000,
    untilThen: "keep",
  });
  loader.load(0x6004_0000, contentOf(0x4000).fill(0x55));
  await step.run(context);
  assert.deepEqual(loader.taken(), [
    "erase 60040000+2000",
    "write 60040000+2000",
    "erase 60043000+1000",
    "write 60043000+1000",
    "erase 60042000+1000",
    "write 60042100+f00",
    "write 60042000+100",
  ]);
});

Deno.test("a last sector of one page is written at once, of a byte more in two parts", async () => {
  for (
    const [length, writes] of [
      [0xFF, ["write 60001000+ff"]],
      [0x100, ["write 60001000+100"]],
      [0x101, ["write 60001100+1", "write 60001000+100"]],
    ] as const
  ) {
    const { loader, context, step } = trial(SBL, length, { lastSector: SBL });
    await step.run(context);
    assert.deepEqual(loader.taken(), writes);
  }
});

Deno.test("whole pages must be blank, and whole sectors are erased", async () => {
  const behind: readonly [length: number, dirty: number, erase: string[]][] = [
    [10, 20, ["erase 60080000+1000"]],
    [10, 0x100, []],
    [0x1000, 0xFFF, ["erase 60080000+1000"]],
    [0x1001, 0x10FF, ["erase 60080000+2000"]],
    [0x1001, 0x1100, []],
  ];
  for (const [length, dirty, erase] of behind) {
    const { loader, context, step } = trial(0x6008_0000, length);
    loader.load(0x6008_0000 + dirty, Uint8Array.of(0));
    await step.run(context);
    assert.deepEqual(loader.taken("read", "write"), erase, `${length}, ${dirty}`);
  }
});

Deno.test("blocks end at 64 KiB, and only those that differ are written, unless all are to be", async () => {
  const address = 0x6080_F000, length = 0x2_1800;
  const blocks = ["6080f000+1000", "60810000+10000", "60820000+10000", "60830000+800"];
  const erases = [...blocks.slice(0, 3), "60830000+1000"];
  for (const rewrite of [false, true]) {
    const { loader, context, step, image } = trial(address, length, {}, rewrite ? { rewrite } : {});
    loader.load(address, image.bytes);
    loader.load(address + 0x1_5000, Uint8Array.of(0xEE));
    await step.run(context);
    const written = rewrite ? [0, 1, 2, 3] : [2];
    assert.deepEqual(
      loader.taken(),
      written.flatMap((at) => [`erase ${erases[at]}`, `write ${blocks[at]}`]),
    );
    assert.deepEqual(context.reported.at(-1), [length, length]);
    assert.ok((await step.isDone!(context))?.sha256 === image.sha256);
    const compared = [0x1000, 0x1_1000, 0x2_1000, 0x2_1800];
    assert.deepEqual(context.reported.slice(-4), compared.map((bytes) => [bytes, length]));
  }
});

Deno.test("a byte that the flash does not keep ends the write, with its address", async () => {
  const { loader, context, step } = trial(0x6080_0000, 0x2_0000);
  loader.spoil = (bytes, address) =>
    address === 0x6080_0000 ? bytes.with(0x1234, bytes[0x1234] ^ 0x40) : bytes;
  // Byte 0x1234 of the image is 0x1234 * 7 + 1, of which the last byte is 0x6D.
  const wrong = {
    kind: "verify-failed",
    data: { address: 0x6080_1234, file: "any.bin" },
    message: "The flash at 0x60801234 contains 0x2D, but any.bin has 0x6D there.",
  };
  await assert.rejects(Promise.resolve(step.run(context)), wrong);
  assert.ok(!loader.calls.some((call) => call.startsWith("write 6081")));
  await assert.rejects(Promise.resolve(step.prove!(context)), wrong);
  assert.equal(await step.isDone!(context), undefined);
});
