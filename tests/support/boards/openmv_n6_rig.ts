import assert from "node:assert/strict";
import type { Job } from "../../../core/family/board.ts";
import type { JobOptions, SimulationOptions } from "../../../core/family/family.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { boardImages } from "../../../core/image/board_images.ts";
import { loadImage } from "../../../core/image/load.ts";
import { partitionNamed } from "../../../core/openmv_bootloader/partition.ts";
import type { RunOptions, RunResult } from "../../../core/plan/engine.ts";
import { Trial } from "../plan/plan_rig.ts";
import type { Transfer } from "../../../core/transport/usb/transfer.ts";
import type { VirtualBus } from "../../../core/transport/usb/virtual_bus.ts";
import { parseConfiguration } from "../../../core/transport/usb/descriptors.ts";
import type { UsbDeviceModel } from "../../../core/transport/usb/model.ts";
import { decodeString } from "../../../core/transport/usb/strings.ts";
import { board, partitions } from "../../../boards/openmv_n6/boards.ts";
import { SimulatedN6 } from "../../../boards/openmv_n6/model.ts";
import { openmvN6 } from "../../../boards/openmv_n6/mod.ts";
import { sampleImages } from "../../../boards/openmv_n6/samples.ts";

/** What this family's tests share. */

/**
 * A simulated N6 on port 1-1 of a virtual bus, and an observer that records the alternate settings.
 */
export class StepContext {
  readonly trial = new Trial([openmvN6]);
  readonly watch = new Watch(this.trial.bus);
  readonly camera: SimulatedN6;

  constructor(options: Partial<SimulationOptions> = {}) {
    const { clock, bus } = this.trial;
    this.camera = new SimulatedN6({ clock, socket: bus.socket("1-1"), ...options });
  }

  get clock(): Trial["clock"] {
    return this.trial.clock;
  }

  /** Runs a job, with the camera's simulated user; afterwards the fuses must be unchanged. */
  async run(
    job: Job,
    options: JobOptions & { images?: BoardImages } & Partial<RunOptions> = {},
  ): Promise<RunResult> {
    const { images = sampleImages(), ...more } = options;
    const plan = openmvN6.plan(job, board, images, more);
    const result = await this.clock.run(() =>
      this.trial.run(plan, this.camera, { hardwareDeadlineMs: 30_000, ...more })
    );
    this.watch.nothingDangerous();
    assert.equal(this.camera.otpBurns, 0);
    return result;
  }

  /** Returns the bytes of a partition. */
  region(name: string): Uint8Array {
    const { start, end } = partitionNamed(partitions, name);
    return this.camera.flash.read(start, end - start);
  }

  /** Returns true if a partition begins with the image of a role. */
  holds(role: string, images: BoardImages = sampleImages()): boolean {
    const { bytes } = images.get(role)!;
    const found = this.region(role.toUpperCase());
    return bytes.every((byte, at) => byte === found[at]);
  }
}

/** Returns generated images with some roles replaced (undefined: omitted). */
export function imagesWith(
  changes: Readonly<Record<string, Uint8Array | undefined>>,
  images: BoardImages = sampleImages(),
): BoardImages {
  const kept = images.all.filter(({ role }) => !(role in changes));
  const changed = Object.entries(changes).flatMap(([role, bytes]) => {
    if (!bytes) return [];
    const name = board.roles.find((one) => one.role === role)?.fileNames[0] ?? role;
    return [loadImage(bytes, { role, name, source: "test", simulationOnly: true })];
  });
  return boardImages("the test", [...kept, ...changed]);
}

const SET_INTERFACE = 11, CLASS_UPLOAD = 2, CLASS_DNLOAD = 1;

/** Records the name of each alternate setting that a host selects or exchanges data with. */
export class Watch {
  readonly selected = new Set<string>();
  readonly used = new Set<string>();
  readonly #current = new Map<UsbDeviceModel, number>();

  constructor(bus: VirtualBus) {
    bus.interpose({
      transfer: async (attachment, transfer, _signal, next) => {
        await this.#see(attachment.model, transfer);
        return await next(transfer);
      },
    });
  }

  /** The names of the alternates of fuses or the secure element that were selected or used. */
  get dangerous(): readonly string[] {
    return [...this.selected, ...this.used].filter((name) => /OTP|RSSE|0xF[23456]\b/i.test(name));
  }

  /** Checks that no alternate of fuses or the secure element was selected or used (F.4). */
  nothingDangerous(): void {
    assert.deepEqual(this.dangerous, []);
    assert.ok(this.used.size > 0, "the watch saw nothing");
  }

  async #see(model: UsbDeviceModel, transfer: Transfer): Promise<void> {
    if (transfer.kind !== "control") return;
    const { bmRequestType, bRequest, wValue } = transfer.setup;
    if (bmRequestType === 0x01 && bRequest === SET_INTERFACE) {
      this.#current.set(model, wValue);
      this.selected.add(await nameOf(model, wValue));
    }
    const isClass = (bmRequestType & 0x60) === 0x20;
    if (isClass && (bRequest === CLASS_UPLOAD || bRequest === CLASS_DNLOAD)) {
      this.used.add(await nameOf(model, this.#current.get(model) ?? 0));
    }
  }
}

/** Returns the name of an alternate setting of interface 0, as the model itself gives it. */
async function nameOf(model: UsbDeviceModel, alternate: number): Promise<string> {
  const settings = parseConfiguration(model.configurations[0])?.interfaces ?? [];
  const index = settings.find((one) => one.bAlternateSetting === alternate)?.iInterface ?? 0;
  if (index === 0) return `alternate ${alternate}`;
  const setup = {
    bmRequestType: 0x80,
    bRequest: 6,
    wValue: 0x300 | index,
    wIndex: 0,
    wLength: 255,
  };
  const bytes = await model.control(setup, new Uint8Array(), new AbortController().signal);
  return decodeString(bytes ?? new Uint8Array()) ?? `alternate ${alternate}`;
}
