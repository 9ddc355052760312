import assert from "node:assert/strict";
import { DfuRequest, TO_HOST } from "../../core/protocols/dfu/packets/request.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { type Fault, FaultInjector } from "../../tests/support/transport/usb_fault_injector.ts";
import type { Transfer } from "../../core/transport/usb/transfer.ts";
import { boards } from "./boards.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { openmvStm32 } from "./mod.ts";
import { sampleImages } from "./samples.ts";

/**
 * These tests send a running camera into its bootloader with a fault at each transfer on the way.
 * Steps by hand may be requested, but in the end the camera is flashed, by this run or by a rerun
 * without faults.
 */

const h7 = boards[2];
const PORT = "1-1";
/** The images that the camera already contains, so that nothing is written. */
const images: BoardImages = boardImages(
  "the firmware",
  sampleImages(h7).all.filter(({ role }) => role === "firmware"),
);

const faults: Readonly<Record<string, Fault>> = {
  "unplug": { kind: "unplug" },
  "unplug after": { kind: "unplug", after: true },
  "other port": { kind: "unplug", port: "1-7" },
  "stall": { kind: "stall" },
  "stall after": { kind: "stall", after: true },
  "timeout": { kind: "timeout" },
  "timeout after": { kind: "timeout", after: true },
  "short": { kind: "short", length: 1 },
  "flip": { kind: "flip", bit: 13 },
  "lost": { kind: "lost" },
};

/** The first UPLOAD keeps the camera in its bootloader: it has arrived there. */
const isUpload = (transfer: Transfer) =>
  transfer.kind === "control" && transfer.setup.bmRequestType === TO_HOST &&
  transfer.setup.bRequest === DfuRequest.UPLOAD;

class RunningCamera {
  readonly trial = new Trial([openmvStm32]);
  readonly camera: SimulatedStm32Camera;

  constructor(protocol: string) {
    const { clock, bus } = this.trial;
    this.camera = new SimulatedStm32Camera(h7, {
      clock,
      socket: bus.socket(PORT),
      condition: "healthy",
      images: sampleImages(h7),
      traps: { protocol },
    });
  }

  /** Plugs the camera in, lets it start, and flashes it. */
  async run(at = 0, fault?: Fault) {
    const { clock, bus } = this.trial;
    let way = 0;
    const planned = fault ? [{ at, fault }] : [];
    const injector = new FaultInjector(bus.socket(PORT), planned, (transfer, number) => {
      if (isUpload(transfer)) way ||= number;
    });
    const result = await clock.run(async () => {
      if (!bus.socket(PORT).attachment) {
        await this.camera.perform({ id: "plug", text: "" });
        await clock.sleep(4_000);
      }
      const remove = bus.interpose(injector);
      const plan = openmvStm32.plan("flash", h7, images, {});
      const result = await this.trial.run(plan, this.camera, { hardwareDeadlineMs: 30_000 });
      remove();
      return result;
    });
    const askedForSteps = this.trial.events.some(({ type }) => type === "hardware");
    return { ...result, askedForSteps, way, fired: injector.fired.length };
  }
}

for (const protocol of ["V1", "V2"]) {
  Deno.test(`${protocol}: every fault on the way into the bootloader`, async () => {
    const golden = await new RunningCamera(protocol).run();
    assert.equal(golden.error, undefined);
    assert.ok(!golden.askedForSteps);
    let helped = 0;
    for (let at = 1; at <= golden.way; at++) {
      for (const [name, fault] of Object.entries(faults)) {
        const where = `${protocol}, ${name} at transfer ${at}`;
        const camera = new RunningCamera(protocol);
        const first = await camera.run(at, fault);
        assert.notEqual(first.error?.kind, "bug", `${where}: ${first.error?.message}`);
        if (first.fired > 0 && first.askedForSteps) helped++;
        if (!first.error) continue;
        const second = await camera.run();
        assert.equal(second.error?.message, undefined, `${where}: the clean run failed`);
      }
    }
    assert.ok(helped > 0, "no fault ever led to steps by hand");
  });
}
