import assert from "node:assert/strict";
import { partitionNamed } from "../../core/openmv_bootloader/partition.ts";
import { Trial } from "../../core/plan/trial.ts";
import { type Fault, FaultInjector } from "../../core/usb/faults.ts";
import { board, FLASH_BASE, partitions } from "./boards.ts";
import { SimulatedN6 } from "./model.ts";
import { openmvN6 } from "./mod.ts";
import { bundledVersions, makeImages, smallSizes } from "./samples.ts";
import { imagesWith, Watch } from "./testing.ts";

/**
 * Runs a restore once to count its transfers, then again with each fault at each transfer, then once
 * cleanly (design.md section 7). Never may a run claim more than the camera holds, and the clean run
 * must always end restored. OpenBootloader says OK whatever happens; what is caught here is caught by
 * the proof after the replug.
 */

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
  "flip early": { kind: "flip", bit: 3 },
  "lost": { kind: "lost" },
  "wrong status": { kind: "replace", reply: Uint8Array.of(0, 0, 0, 0, 5, 0) },
};

/** Small, so that every transfer can be tried; no ROMFS. */
const images = imagesWith({ romfs0: undefined }, makeImages(bundledVersions, smallSizes, true));

class FaultRun {
  readonly trial = new Trial([openmvN6]);
  readonly watch = new Watch(this.trial.bus);
  readonly camera = new SimulatedN6({
    clock: this.trial.clock,
    socket: this.trial.bus.socket(PORT),
    images,
  });

  constructor(readonly bootloaderOnly: boolean) {}

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
    const { bootloaderOnly } = this;
    const plan = openmvN6.plan("restore", board, images, { bootloaderOnly });
    const result = await this.trial.clock.run(() =>
      this.trial.run(plan, this.camera, { signal: stop.signal, hardwareDeadlineMs: 30_000 })
    );
    remove();
    return { ...result, transfers: injector.transfers, fired: injector.fired.length };
  }

  get isRestored(): boolean {
    const roles = this.bootloaderOnly ? ["bootloader"] : ["bootloader", "firmware"];
    return roles.every((role) => {
      const { bytes } = images.get(role)!;
      const { start } = partitionNamed(partitions, role.toUpperCase());
      const held = this.camera.flash.read(start, bytes.length);
      return held.every((byte, at) => byte === bytes[at]);
    });
  }
}

async function check(bootloaderOnly: boolean, at: number, name: string) {
  const where = `${name} at transfer ${at}`;
  const run = new FaultRun(bootloaderOnly);
  const read = () => run.camera.flash.read(FLASH_BASE, 0x9_0000).toHex();
  const before = read();
  const first = await run.run(at, name === "stop" ? "stop" : faults[name]);
  assert.notEqual(first.error?.kind, "bug", `${where}: ${first.error?.message}`);
  if (!first.error) assert.ok(run.isRestored, `${where}: success was claimed falsely`);
  if (first.outcome === "unchanged") assert.equal(read(), before, `${where}: something changed`);
  if (first.outcome === "proven") assert.equal(first.error, undefined, where);
  const second = await run.run();
  assert.equal(second.error?.message, undefined, `${where}: the clean run failed`);
  assert.equal(second.outcome, "proven", where);
  assert.ok(run.isRestored, `${where}: the clean run did not restore`);
  run.watch.nothingDangerous();
  assert.equal(run.camera.otpBurns, 0);
  return first;
}

for (const name of [...Object.keys(faults), "stop"]) {
  Deno.test(`OpenMV N6, bootloader alone: ${name} at every transfer`, async () => {
    const { transfers, error } = await new FaultRun(true).run();
    assert.equal(error, undefined);
    assert.ok(transfers > 100, `only ${transfers} transfers`);
    let fired = 0;
    for (let at = 1; at <= transfers; at++) fired += (await check(true, at, name)).fired;
    assert.ok(fired > transfers / 5, `only ${fired} of ${transfers} took place`);
  });
}

Deno.test("OpenMV N6, all of it: every fault at a sample of the transfers", async () => {
  const { transfers } = await new FaultRun(false).run();
  const names = [...Object.keys(faults), "stop"];
  for (let at = 1; at <= transfers; at += 5) await check(false, at, names[at % names.length]);
});
