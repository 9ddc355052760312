import assert from "node:assert/strict";
import { withImages } from "../../core/image/board_images.ts";
import { loadImage } from "../../core/image/load.ts";
import { sampleStm32Bootloader } from "../../core/image/sample.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { boards } from "./boards.ts";
import { openmvStm32 } from "./mod.ts";
import { sampleImages } from "./samples.ts";

Deno.test("a bootloader of 4.6.0 to 4.8.0 is told about before anything is written, a newer one is not", async () => {
  const [, , h7] = boards;
  const trial = new Trial([openmvStm32]);
  const camera = openmvStm32.simulate(h7, { ...trial.ports.at("1-1"), condition: "bricked" });
  const images = sampleImages(h7);
  // Without the header that came with 4.8.1 (openmv-boards.md 5.8).
  const bytes = sampleStm32Bootloader({
    ramBase: 0x2000_0000,
    ramSize: 0x2_0000,
    flashBase: 0x0800_0000,
    usbProductId: h7.bootloaderProductId,
    size: 0x4400,
    version: "1.0.0",
    header: false,
    simulationOnly: true,
  });
  const old = loadImage(bytes, { role: "bootloader", name: "bootloader.bin", source: "4.7.0" });
  const isTold = () => {
    const at = trial.events.findIndex((event) =>
      event.type === "note" &&
      /release from 4\.6\.0 to 4\.8\.0 and has a known fault/.test(`${event.text}`)
    );
    const changing = trial.events.findIndex(({ type }) => type === "changing");
    return at >= 0 && at < changing;
  };
  const run = (given: typeof images) =>
    trial.clock.run(() => trial.run(openmvStm32.plan("restore", h7, given, {}), camera));
  const result = await run(withImages(images, [old]));
  assert.equal(result.outcome, "proven");
  assert.ok(isTold());
  assert.equal((await run(images)).outcome, "proven");
  assert.ok(!isTold());
});
