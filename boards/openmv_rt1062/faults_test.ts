import assert from "node:assert/strict";
import type { ImageSet } from "../../core/image/image.ts";
import { imageSet } from "../../core/image/image_set.ts";
import { loadImage } from "../../core/image/load.ts";
import { flexspiConfigAt } from "../../core/mboot/mod.ts";
import type { RunResult } from "../../core/plan/engine.ts";
import { Trial } from "../../core/plan/trial.ts";
import { type Fault, FaultInjector } from "../../core/usb/faults.ts";
import type { Transfer } from "../../core/usb/transfer.ts";
import type { Interposer } from "../../core/usb/virtual_bus.ts";
import { rt1062 } from "./boards.ts";
import { CameraModel } from "./camera_model.ts";
import { FLASH_BASE, regions } from "./memory_map.ts";
import { openmvRt1062 } from "./mod.ts";
import { sampleBootloader, sampleFirmware, sampleFlashloader } from "./samples.ts";

/**
 * Every transfer of a restore goes wrong once, in every way. Then one plain run must bring the camera
 * back. No run may claim a success that is none; the fuse is burnt at most once, and only when the
 * flash holds what it must.
 */

/** As small as programs can be: the fewer transfers, the more of them can fail. */
const images: ImageSet = imageSet("the test", [
  image("flashloader", sampleFlashloader({ size: 2_100 })),
  image("bootloader", sampleBootloader({ size: 6_100 })),
  image("firmware", sampleFirmware({ size: 13_900 })),
]);

function image(role: string, bytes: Uint8Array) {
  return loadImage(bytes, { role, name: `${role}.bin`, source: "the test" });
}

class World {
  readonly trial = new Trial([openmvRt1062]);
  readonly camera: CameraModel;
  /** Burns that came before the flash was right. */
  earlyBurns = 0;

  constructor() {
    const { clock, bus } = this.trial;
    this.camera = new CameraModel({ clock, socket: bus.socket("1-1"), condition: "blank" });
    const { fuses } = this.camera.chip;
    const program = fuses.program.bind(fuses);
    fuses.program = (index, value) => {
      if (!this.isWritten) this.earlyBurns++;
      return program(index, value);
    };
  }

  get isWritten(): boolean {
    const { flash } = this.camera.chip;
    const holds = (role: "bootloader" | "firmware") => {
      const { bytes } = images.get(role)!;
      const found = flash.read(regions[role].start, bytes.length);
      return found.every((byte, at) => byte === bytes[at]);
    };
    return flexspiConfigAt(flash.read(FLASH_BASE, 512)) !== undefined && holds("bootloader") &&
      holds("firmware");
  }

  get isRestored(): boolean {
    return this.isWritten && this.camera.chip.fuses.read(6) === 0x10;
  }

  restore(signal = new AbortController().signal): Promise<RunResult> {
    const plan = openmvRt1062.plan("restore", rt1062, images, {});
    return this.trial.run(plan, this.camera, { signal, hardwareDeadlineMs: 20_000 });
  }

  /** A run with something in the way, then a plain one. */
  async survive(what: string, interposer: Interposer, signal?: AbortSignal): Promise<RunResult> {
    return await this.trial.clock.run(async () => {
      const remove = this.trial.bus.interpose(interposer);
      const result = await this.restore(signal);
      remove();
      if (!result.error) assert.ok(this.isRestored, `${what}: claimed a restore that is none`);
      const socket = this.trial.bus.socket(this.trial.bus.attachments[0]?.portPath ?? "1-1");
      if (socket.portPath !== "1-1") {
        socket.detach();
        socket.moveTo("1-1");
      }
      // Nobody runs a command again before the chip is done with what it began.
      await this.trial.clock.sleep(1_000);
      const again = await this.restore();
      assert.equal(again.error?.message, undefined, `${what}: the rerun did not repair it`);
      assert.equal(again.outcome, "proven", what);
      assert.ok(this.isRestored, `${what}: the rerun claimed a restore that is none`);
      assert.equal(this.earlyBurns, 0, `${what}: the fuse was burnt before the proof`);
      assert.equal(this.camera.chip.fuses.burns.length, 1, `${what}: the fuse was not burnt once`);
      return result;
    });
  }
}

/** How many transfers a restore takes when nothing goes wrong. */
async function golden(): Promise<number> {
  const world = new World();
  const counter = new FaultInjector(world.trial.bus.socket("1-1"));
  const result = await world.survive("nothing", counter);
  assert.equal(result.outcome, "proven");
  return counter.transfers;
}

/** The fault, and how many transfers there are from one that it hits to the next. */
const faults: Readonly<Record<string, readonly [Fault, number]>> = {
  "unplug": [{ kind: "unplug" }, 1],
  "unplug after": [{ kind: "unplug", after: true }, 1],
  "stall": [{ kind: "stall" }, 1],
  "timeout": [{ kind: "timeout" }, 1],
  "timeout after": [{ kind: "timeout", after: true }, 1],
  "stall after": [{ kind: "stall", after: true }, 3],
  "short": [{ kind: "short", length: 3 }, 3],
  "flip": [{ kind: "flip", bit: 77 }, 3],
  "lost": [{ kind: "lost" }, 3],
  "another port": [{ kind: "unplug", port: "1-2" }, 3],
};

for (const [name, [fault, stride]] of Object.entries(faults)) {
  const where = stride === 1 ? "at every transfer" : `at one of ${stride} transfers`;
  Deno.test(`restore survives a fault ${where}: ${name}`, async () => {
    const transfers = await golden();
    assert.ok(transfers > 100, `only ${transfers} transfers`);
    let fired = 0;
    for (let at = 1; at <= transfers; at += stride) {
      const world = new World();
      const injector = new FaultInjector(world.trial.bus.socket("1-1"), [{ at, fault }]);
      await world.survive(`${name} at transfer ${at}`, injector);
      fired += injector.fired.length;
    }
    assert.ok(fired > transfers / stride / 4, `only ${fired} faults of ${transfers} took place`);
  });
}

Deno.test("restore survives the end of its process at every transfer", async () => {
  const transfers = await golden();
  for (let at = 1; at <= transfers; at++) {
    const world = new World();
    const stop = new AbortController();
    const fault: Fault = { kind: "call", run: () => stop.abort() };
    const injector = new FaultInjector(world.trial.bus.socket("1-1"), [{ at, fault }]);
    const result = await world.survive(`killed at transfer ${at}`, injector, stop.signal);
    assert.equal(result.error?.kind, "cancelled");
  }
});

/** Changes transfers number `at` and, if `count` says so, those after it. */
class Tamper implements Interposer {
  seen = 0;
  changed = 0;

  constructor(
    private readonly at: number,
    private readonly change: {
      out?(report: Uint8Array): Uint8Array | undefined;
      in?(report: Uint8Array): Uint8Array | undefined;
    },
  ) {}

  async transfer(
    _attachment: unknown,
    transfer: Transfer,
    _signal: AbortSignal,
    next: (transfer: Transfer) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    if (transfer.kind === "out") {
      const data = this.#changed(this.change.out?.(transfer.data));
      return await next(data ? { ...transfer, data } : transfer);
    }
    const reply = await next(transfer);
    if (transfer.kind !== "in") return reply;
    return this.#changed(this.change.in?.(reply)) ?? reply;
  }

  /** Counts the reports that could be changed; the `at`-th one is. */
  #changed(bytes: Uint8Array | undefined): Uint8Array | undefined {
    if (!bytes || ++this.seen !== this.at) return undefined;
    this.changed++;
    return bytes;
  }
}

async function tamperAtEach(what: string, change: ConstructorParameters<typeof Tamper>[1]) {
  const counter = new Tamper(0, change);
  assert.equal((await new World().survive(what, counter)).outcome, "proven");
  assert.ok(counter.seen > 0, `${what}: never happens in a restore`);
  // The rerun of the counting run sees some too; more than the first run has are never reached.
  for (let at = 1; at <= counter.seen; at++) {
    const world = new World();
    const tamper = new Tamper(at, change);
    const result = await world.survive(`${what} number ${at}`, tamper);
    if (!tamper.changed) assert.equal(result.outcome, "proven");
  }
  return counter.seen;
}

const word = (bytes: Uint8Array, at: number) =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

function withWord(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

/** A command report (id 1) with this tag. */
const isCommand = (report: Uint8Array, tag: number) => report[0] === 1 && report[4] === tag;

/** A command report of the loader that is not empty. */
const isAnswer = (report: Uint8Array) => report[0] === 3 && report.length === 1016 && report[2] > 0;

Deno.test("a wrong status in any answer of the loader stops the run", async () => {
  await tamperAtEach("status 20106", {
    in: (report) => isAnswer(report) ? withWord(report, 8, 20_106) : undefined,
  });
});

Deno.test("a wrong word in any answer of the ROM stops the run", async () => {
  await tamperAtEach("HAB failure", {
    in: (report) =>
      report[0] === 4 && report.length === 65 ? withWord(report, 1, 0x000a0533) : undefined,
  });
});

Deno.test("an erase that silently does nothing is no success", async () => {
  await tamperAtEach("no erase", {
    out: (report) => isCommand(report, 0x02) ? withWord(report, 12, 0) : undefined,
  });
});

Deno.test("a write that silently does nothing is no success", async () => {
  await tamperAtEach("no write", {
    out: (report) =>
      isCommand(report, 0x04) && word(report, 8) >= FLASH_BASE
        ? withWord(report, 8, 0x20218000)
        : undefined,
  });
});

Deno.test("a flash configuration block that is silently not written is no success", async () => {
  await tamperAtEach("no FCB", {
    out: (report) =>
      isCommand(report, 0x05) && word(report, 16) === 0xf000000f
        ? withWord(report, 16, 0xc0000008)
        : undefined,
  });
});

Deno.test("a fuse that is silently not burnt is no success", async () => {
  await tamperAtEach("no burn", {
    out: (report) => isCommand(report, 0x0e) ? withWord(report, 12, 0) : undefined,
  });
});
