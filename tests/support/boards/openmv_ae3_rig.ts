import type { JobOptions, SimulationOptions } from "../../../core/family/family.ts";
import type { Job } from "../../../core/family/board.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import type { RunOptions, RunResult } from "../../../core/plan/engine.ts";
import { Trial } from "../plan/plan_rig.ts";
import { ae3 } from "../../../boards/openmv_ae3/boards.ts";
import { SimulatedAe3 } from "../../../boards/openmv_ae3/camera.ts";
import { openmvAe3 } from "../../../boards/openmv_ae3/mod.ts";
import { sampleImages } from "../../../boards/openmv_ae3/samples.ts";

/** What this family's tests share. */

const PORT = "1-1";

/** Small files, so that a test is fast. */
export const smallImages: BoardImages = sampleImages({
  sizes: { bootloader: 4_656, hp: 8_708, he: 5_000, romfs1: 4_100, romfs0: 9_000, bank: 512 },
});

/** A simulated AE3 on port 1-1 of a virtual bus, with its serial adapter. */
export class AeTrial {
  readonly trial = new Trial([openmvAe3]);
  readonly camera: SimulatedAe3;
  readonly images: BoardImages;

  constructor(options: Partial<SimulationOptions> = {}) {
    const { clock, bus, serial } = this.trial;
    const socket = bus.socket(PORT);
    this.images = options.images ?? smallImages;
    this.camera = new SimulatedAe3({
      clock,
      socket,
      serial: serial.socket(() => socket.portPath),
      images: this.images,
      ...options,
    });
  }

  /** Runs a job, with the camera's simulated user. */
  async run(
    job: Job,
    options: JobOptions & { images?: BoardImages } & Partial<RunOptions> = {},
  ): Promise<RunResult> {
    const { images = this.images, ...more } = options;
    const plan = openmvAe3.plan(job, ae3, images, more);
    return await this.trial.clock.run(() =>
      this.trial.run(plan, this.camera, { hardwareDeadlineMs: 30_000, ...more })
    );
  }

  /** Returns true if a partition begins with the image of a role. */
  holds(role: string, partition: string): boolean {
    const { bytes } = this.images.get(role)!;
    const held = this.camera.partition(partition, bytes.length);
    return held.every((byte, at) => byte === bytes[at]);
  }

  get isRestored(): boolean {
    return this.hasBootloader && this.holds("firmware-hp", "HP") &&
      this.holds("firmware-he", "HE") && this.holds("romfs1", "ROMFS1") &&
      this.holds("romfs0", "ROMFS0");
  }

  get hasBootloader(): boolean {
    return this.holds("bootloader", "BOOT") && this.holds("toc", "TOC");
  }
}
