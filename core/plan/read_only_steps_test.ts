import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import { VirtualClock } from "../common/virtual_clock.ts";
import type { Board } from "../family/board.ts";
import type { Image } from "../image/image.ts";
import {
  consentForUnmarked,
  otherCamera,
  overwriteOtaApp,
  overwriteRomfs,
  partialBackup,
  unmarkedImage,
} from "./consents.ts";
import { jobTitles, jobVerbs } from "./job_words.ts";
import { lookStep } from "./look_step.ts";
import { compareStep, readStep } from "./read_only_steps.ts";
import { regionNamed } from "./regions.ts";
import { imageTarget } from "./step.ts";
import type { StepContext } from "./step_context.ts";
import { type MemoryRun, writeStep } from "./write_step.ts";

const board = { id: "toy", name: "Toy Camera" } as Board;

Deno.test("a look lasts eight seconds from the arrival, and takes only a new arrival", async () => {
  const clock = new VirtualClock();
  const device = (bus: number, address: number) => ({ seen: { usb: { bus, address } } });
  const progress: number[] = [];
  let looks = 0;
  let accept: ((one: unknown) => boolean) | undefined;
  const asked: string[] = [];
  const run = (before?: unknown) =>
    clock.run(() =>
      lookStep().run({
        board,
        clock,
        signal: new AbortController().signal,
        detected: (modes: string[]) => {
          assert.deepEqual(modes, ["firmware", "bootloader", "rom", "flashloader"]);
          return Promise.resolve(looks++ === 0 ? before : undefined);
        },
        request: async (actions: { id: string }[], expectation: { accept: typeof accept }) => {
          asked.push(...actions.map(({ id }) => id));
          accept = expectation.accept;
          await clock.sleep(500);
        },
        progress: (done: number, total: number, unit: string) => {
          assert.deepEqual([total, unit], [8_000, "milliseconds"]);
          progress.push(done);
        },
      } as unknown as StepContext)
    );
  await run(device(1, 4));
  assert.deepEqual(asked, ["unplug", "plug"]);
  assert.equal(accept!(device(1, 4)), false);
  assert.equal(accept!(device(1, 5)), true);
  assert.equal(accept!(device(2, 4)), true);
  assert.equal(clock.elapsed, 8_500);
  assert.equal(looks, 161);
  assert.deepEqual(progress.slice(0, 3), [0, 50, 100]);
  assert.equal(progress.length, 160);
  looks = 0;
  await run();
  assert.equal(accept!(device(1, 4)), true);
  const { id, effect } = lookStep();
  assert.deepEqual([id, effect], ["look", "none"]);
});

Deno.test("a region is found whatever the case of its name; otherwise all names are told", () => {
  const regions = [{ name: "boot" }, { name: "firmware" }];
  assert.equal(regionNamed(board, regions, "FirmWare"), regions[1]);
  assert.throws(() => regionNamed(board, regions, "x"), {
    kind: "usage",
    message: 'The Toy Camera has no region "x"; it has boot, firmware.',
    data: { region: "x", board: "toy" },
  });
});

const image = { role: "firmware", name: "f.bin", bytes: new Uint8Array(4), sha256: "s" } as Image;

Deno.test("a target has the image's length and digest, and its whole file if there is one", () => {
  const target = { region: "firmware", address: 8, length: 4, sha256: "s", image: "f.bin" };
  const shown = (more: Partial<Image>) =>
    Object.entries(imageTarget("firmware", { ...image, ...more }, 8));
  assert.deepEqual(shown({}), Object.entries(target));
  const file = { bytes: 9, sha256: "of the whole" };
  assert.deepEqual(shown({ file }), Object.entries({ ...target, file }));
});

Deno.test("reading outputs the bytes; comparing reads back the image's range", async () => {
  const outputs: unknown[] = [];
  const bytes = Uint8Array.of(1, 2);
  const read = readStep("boot", 50, () => Promise.resolve(bytes));
  assert.deepEqual([read.id, read.weight, read.effect], ["read-boot", 50, "none"]);
  await read.run({ output: (...what: unknown[]) => outputs.push(what) } as unknown as StepContext);
  assert.deepEqual(outputs, [["boot", bytes]]);

  const ranges: unknown[] = [];
  const compared: unknown[] = [];
  const context = {
    readBack: async (wanted: unknown, reading: (onRead: unknown) => Promise<void>) => {
      ranges.push(wanted);
      await reading("on read");
      throw new Error("enough");
    },
  } as unknown as StepContext;
  const compare = compareStep({
    image,
    region: "firmware",
    address: 0x100,
    weight: 70,
    compare: (_context, onRead) => {
      compared.push(onRead);
      return Promise.resolve();
    },
  });
  assert.deepEqual([compare.id, compare.weight, compare.effect], ["verify-firmware", 70, "none"]);
  await compare.run(context);
  await assert.rejects(Promise.resolve(compare.prove!(context)), /enough/);
  assert.equal(compared.length, 1);
  assert.deepEqual(
    (ranges as { address: number; length: number }[][])[0].map((one) => [
      one.address,
      one.length,
    ]),
    [[0x100, 4]],
  );
});

Deno.test("a write of an image writes, one of zeros erases; a consent is only there if given", () => {
  const use = () => Promise.reject(new Error("not used"));
  const common = { id: "x", title: "Write", region: "firmware", address: 8, weight: 3, use };
  const write = writeStep({ ...common, content: image });
  assert.equal("consent" in write, false);
  assert.deepEqual([write.effect, write.targets?.[0].sha256], ["writes", "s"]);
  const erase = writeStep({ ...common, content: new Uint8Array(16), consent: overwriteRomfs });
  assert.deepEqual([erase.effect, erase.consent], ["erases", overwriteRomfs]);
  const [{ address, length, region }] = erase.targets!;
  assert.deepEqual([address, length, region], [8, 16, "firmware"]);
});

Deno.test("a write compares, writes and reads back by address, and reports each in its part of the bar", async () => {
  const log: unknown[] = [];
  const memory = {
    writeRange: (address: number, bytes: Uint8Array, { onProgress }: MemoryRun) => {
      log.push(["write", address, bytes.length]);
      onProgress({ done: 4 });
      return Promise.resolve();
    },
    verifyRange: (address: number, bytes: Uint8Array, { onProgress, onRead }: MemoryRun) => {
      log.push(["verify", address, bytes.length, onRead !== undefined]);
      onProgress({ done: 4 });
      return Promise.resolve();
    },
  };
  const context = {
    signal: new AbortController().signal,
    progress: (done: number, total: number) => log.push([done, total]),
    readBack: async (_wanted: unknown, reading: (onRead: () => void) => Promise<void>) => {
      await reading(() => {});
      throw new UnbrickError("verify-failed", "It differs.");
    },
  } as unknown as StepContext;
  const step = writeStep({
    id: "x",
    title: "Write",
    region: "firmware",
    address: 8,
    weight: 3,
    content: image,
    use: (_context, work) => work(memory),
  });
  assert.equal(await step.isDone!(context), undefined);
  await step.run(context);
  await assert.rejects(Promise.resolve(step.prove!(context)), { kind: "verify-failed" });
  const verify = ["verify", 8, 4, true];
  assert.deepEqual(log, [verify, [1, 4], ["write", 8, 4], [3, 4], verify, [4, 4]]);
});

Deno.test("consents and jobs have their ids and words", () => {
  const named = consentForUnmarked("f.bin", "Toy Camera");
  assert.equal(named.id, "unmarked-image");
  assert.match(String(named.text), /^f\.bin does not say which board .* not for the Toy Camera/);
  assert.deepEqual(
    [unmarkedImage, overwriteRomfs, overwriteOtaApp, otherCamera, partialBackup]
      .map(({ id, text }) => [id, String(text).split(" ", 4).join(" ")]),
    [
      ["unmarked-image", "Write an image that"],
      ["overwrite-romfs", "Overwrite a ROMFS that"],
      ["overwrite-ota-app", "Overwrite an application of"],
      ["other-camera", "Write this backup to"],
      ["partial-backup", "Go on although the"],
    ],
  );
  assert.deepEqual(Object.values(jobVerbs).map(String), [
    "restore",
    "flash",
    "read",
    "verify",
    "back up",
    "put back",
    "check",
    "look at",
  ]);
  assert.deepEqual(
    Object.values(jobTitles).map((title) => String(title).toLowerCase()),
    Object.values(jobVerbs).map(String),
  );
});
