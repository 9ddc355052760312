import assert from "node:assert/strict";
import { boardImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import type { RunResult } from "../../core/plan/engine.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { type Fault, FaultInjector } from "../../tests/support/transport/usb_fault_injector.ts";
import { rt1062 } from "./boards.ts";
import { CameraModel } from "./camera_model.ts";
import { regions, VECTOR_SECTOR } from "./memory_map.ts";
import { openmvRt1062 } from "./mod.ts";
import { sampleBootloader, sampleFirmware, sampleFlashloader } from "./samples.ts";

/**
 * These tests break every transfer of a flash through the camera's own bootloader. While the vector
 * sector is intact, the bootloader appears again and a rerun repairs the camera. Only a camera that
 * was interrupted while that sector was blank needs a restore with the jumper.
 */

const image = (role: string, bytes: Uint8Array) =>
  loadImage(bytes, { role, name: `${role}.bin`, source: "the test" });
const images = boardImages("the test", [
  image("flashloader", sampleFlashloader({ size: 2_100 })),
  image("bootloader", sampleBootloader({ size: 6_100 })),
  image("firmware", sampleFirmware({ size: 13_900 })),
]);

function setUp() {
  const trial = new Trial([openmvRt1062]);
  const { clock, bus } = trial;
  const socket = bus.socket("1-1");
  const camera = new CameraModel({ clock, socket, condition: "healthy" });
  const run = (job: "flash" | "restore"): Promise<RunResult> =>
    trial.run(openmvRt1062.plan(job, rt1062, images, {}), camera, { hardwareDeadlineMs: 20_000 });
  return { trial, camera, socket, run };
}

function holdsFirmware({ chip }: CameraModel): boolean {
  const { bytes } = images.get("firmware")!;
  const found = chip.flash.read(regions.firmware.start, bytes.length);
  return found.every((byte, at) => byte === bytes[at]);
}

async function transfersOfFlash(): Promise<number> {
  const { trial, socket, run } = setUp();
  const counter = new FaultInjector(socket);
  trial.bus.interpose(counter);
  assert.equal((await trial.clock.run(() => run("flash"))).outcome, "proven");
  return counter.transfers;
}

const faults: readonly Fault[] = [
  { kind: "unplug", after: true },
  { kind: "timeout", after: true },
  { kind: "stall" },
];

for (const fault of faults) {
  Deno.test(`flash survives ${fault.kind} at every transfer`, async () => {
    const transfers = await transfersOfFlash();
    let needJumper = 0;
    for (let at = 1; at <= transfers; at++) {
      const { trial, camera, socket, run } = setUp();
      const remove = trial.bus.interpose(new FaultInjector(socket, [{ at, fault }]));
      await trial.clock.run(async () => {
        const result = await run("flash");
        remove();
        const what = `${fault.kind} at transfer ${at}`;
        if (!result.error) assert.ok(holdsFirmware(camera), `${what}: a success that is none`);
        await trial.clock.sleep(1_000);
        const isStartable = !camera.chip.flash.isBlank(VECTOR_SECTOR, 8);
        if (!isStartable) needJumper++;
        const again = await run(isStartable ? "flash" : "restore");
        assert.equal(again.error?.message, undefined, `${what}: the rerun did not repair it`);
        assert.ok(holdsFirmware(camera), `${what}: the rerun claimed a success that is none`);
      });
    }
    assert.ok(needJumper < transfers / 9, `${needJumper} of ${transfers} need the jumper`);
  });
}
