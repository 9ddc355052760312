import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DfuSeCommand } from "../../core/dfu/dfuse_link.ts";
import { DfuRequest, TO_DEVICE } from "../../core/dfu/request.ts";
import type { JobOptions } from "../../core/family.ts";
import type { ImageSet } from "../../core/image/image.ts";
import { imageSet } from "../../core/image/image_set.ts";
import { loadImage } from "../../core/image/load.ts";
import {
  sampleRomfs,
  sampleStm32Bootloader,
  sampleStm32Firmware,
} from "../../core/image/sample.ts";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { Trial } from "../../core/plan/trial.ts";
import type { Attachment } from "../../core/usb/attachment.ts";
import { type Fault, FaultInjector } from "../../core/usb/faults.ts";
import type { Transfer } from "../../core/usb/transfer.ts";
import type { Interposer } from "../../core/usb/virtual_bus.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { FLASH_BASE } from "./chips.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { openmvStm32 } from "./mod.ts";

/**
 * Runs a restore once to count its transfers, then again with each fault at each transfer, then once
 * cleanly (design.md section 7). Never may a run claim more than the camera holds, and the clean run
 * must always end restored.
 */

const [m4, m7, h7, h7Plus] = boards;
const PORT = "1-1";

const faults: Readonly<Record<string, Fault>> = {
  "unplug": { kind: "unplug" },
  "unplug after": { kind: "unplug", after: true },
  "other port": { kind: "unplug", port: "1-7" },
  "stall": { kind: "stall" },
  "stall after": { kind: "stall", after: true },
  "timeout": { kind: "timeout" },
  "timeout after": { kind: "timeout", after: true },
  "short": { kind: "short", length: 1 },
  "flip": { kind: "flip", bit: 4099 },
  "lost": { kind: "lost" },
  "wrong status": { kind: "replace", reply: Uint8Array.of(0, 0, 0, 0, 5, 0) },
};

/** Small images, so that every transfer can be tried: two sectors of the F427, one of the others. */
function smallImages(board: Stm32Board): ImageSet {
  const { start, end } = board.processor.bootloaderStack;
  const base = { ramBase: start, ramSize: end - start, simulationOnly: true, version: "1.0.3" };
  const files: readonly [string, Uint8Array][] = [
    [
      "bootloader",
      sampleStm32Bootloader({
        ...base,
        flashBase: FLASH_BASE,
        usbProductId: board.bootloaderProductId,
        size: board === m4 ? 0x4400 : 0x1210,
      }),
    ],
    [
      "firmware",
      sampleStm32Firmware({
        ...base,
        flashBase: partitionNamed(board.partitions, "FIRMWARE").start,
        archString: board.architecture,
        usbProductId: board.firmwareProductId,
        size: 0x2210,
      }),
    ],
    ["romfs0", sampleRomfs({ ...base, seed: board.id, size: 0x1100 })],
  ];
  return imageSet(
    "small images",
    files.map(([role, bytes]) => loadImage(bytes, { role, name: role, source: "made up" })),
  );
}

class FaultRun {
  readonly trial = new Trial([openmvStm32]);
  readonly camera: SimulatedStm32Camera;
  readonly images: ImageSet;

  constructor(readonly board: Stm32Board, readonly options: JobOptions) {
    const { clock, bus } = this.trial;
    this.images = smallImages(board);
    // The images are told to the camera as known ones, so that a damaged copy does not start.
    this.camera = new SimulatedStm32Camera(board, {
      clock,
      socket: bus.socket(PORT),
      images: this.images,
    });
  }

  /** One run, with a fault at the transfer `at`, or a stop by the user there. */
  async run(at = 0, fault?: Fault | "stop") {
    const stop = new AbortController();
    const planned: Fault | undefined = fault === "stop"
      ? { kind: "call", run: () => stop.abort() }
      : fault;
    const injector = new FaultInjector(
      this.trial.bus.socket(PORT),
      planned ? [{ at, fault: planned }] : [],
    );
    const remove = this.trial.bus.interpose(injector);
    const plan = openmvStm32.plan("restore", this.board, this.images, this.options);
    const result = await this.trial.clock.run(() =>
      this.trial.run(plan, this.camera, { signal: stop.signal, hardwareDeadlineMs: 30_000 })
    );
    remove();
    return { ...result, transfers: injector.transfers, fired: injector.fired.length };
  }

  /** What the run should have written is in the camera. */
  get isRestored(): boolean {
    const roles = this.options.bootloaderOnly
      ? ["bootloader"]
      : ["bootloader", "firmware", "romfs0"];
    return roles.every((role) => {
      const { bytes } = this.images.get(role)!;
      return Buffer.compare(this.camera.partition(role.toUpperCase(), bytes.length), bytes) === 0;
    });
  }
}

/** DNLOADs of one run: the one numbered `at` is acknowledged, and its erase or write does nothing. */
class SilentNothing implements Interposer {
  downloads = 0;

  constructor(private readonly at = 0) {}

  transfer(
    _attachment: Attachment,
    transfer: Transfer,
    _signal: AbortSignal,
    next: (transfer: Transfer) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    if (transfer.kind !== "control" || transfer.data.length === 0) return next(transfer);
    const { bmRequestType, bRequest } = transfer.setup;
    if (bmRequestType !== TO_DEVICE || bRequest !== DfuRequest.DNLOAD) return next(transfer);
    if (++this.downloads !== this.at) return next(transfer);
    const data = transfer.data.slice();
    if (data.length === 5 && data[0] === DfuSeCommand.ERASE) data[0] = DfuSeCommand.SET_ADDRESS;
    else if (data.length > 5) data.fill(0xFF);
    return next({ ...transfer, data });
  }
}

async function check(board: Stm32Board, options: JobOptions, at: number, name: string) {
  const where = `${board.id}, ${name} at transfer ${at}`;
  const run = new FaultRun(board, options);
  const before = run.camera.memory("flash");
  const first = await run.run(at, name === "stop" ? "stop" : faults[name]);
  assert.notEqual(first.error?.kind, "bug", `${where}: ${first.error?.message}`);
  if (!first.error) assert.ok(run.isRestored, `${where}: success was claimed falsely`);
  if (first.outcome === "unchanged") {
    const isSame = Buffer.compare(run.camera.memory("flash"), before) === 0;
    assert.ok(isSame, `${where}: something was changed`);
  }
  if (first.outcome === "proven") assert.equal(first.error, undefined, where);
  const second = await run.run();
  assert.equal(second.error?.message, undefined, `${where}: the clean run failed`);
  assert.ok(run.isRestored, `${where}: the clean run did not restore`);
  assert.deepEqual(run.camera.disasters, [], where);
}

for (const board of [m4, h7]) {
  const options = { bootloaderOnly: true };
  for (const name of [...Object.keys(faults), "stop"]) {
    Deno.test(`${board.name}, bootloader alone: ${name} at every transfer`, async () => {
      const { transfers, error } = await new FaultRun(board, options).run();
      assert.equal(error, undefined);
      for (let at = 1; at <= transfers; at++) await check(board, options, at, name);
    });
  }
}

for (const board of [m7, h7Plus]) {
  Deno.test(`${board.name}, all of it: every fault at a sample of the transfers`, async () => {
    const { transfers } = await new FaultRun(board, {}).run();
    const names = [...Object.keys(faults), "stop"];
    for (let at = 1; at <= transfers; at += 3) await check(board, {}, at, names[at % names.length]);
  });
}

for (const board of [m4, h7, h7Plus]) {
  Deno.test(`${board.name}: an erase or write that silently does nothing is never a success`, async () => {
    const golden = new FaultRun(board, {});
    const count = new SilentNothing();
    golden.trial.bus.interpose(count);
    await golden.run();
    for (let at = 1; at <= count.downloads; at++) {
      const run = new FaultRun(board, {});
      const remove = run.trial.bus.interpose(new SilentNothing(at));
      const first = await run.run();
      remove();
      if (!first.error) assert.ok(run.isRestored, `DNLOAD ${at}: success was claimed falsely`);
      assert.equal((await run.run()).error, undefined, `DNLOAD ${at}`);
      assert.ok(run.isRestored, `DNLOAD ${at}`);
    }
  });
}
