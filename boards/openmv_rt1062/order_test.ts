import assert from "node:assert/strict";
import type { SimulationOptions } from "../../core/family/family.ts";
import type { RunOptions } from "../../core/plan/engine.ts";
import { agreeingOperator, Trial } from "../../tests/support/plan/plan_rig.ts";
import { CameraModel } from "./camera_model.ts";
import { FLASH_BASE, regions, SECTOR, VECTOR_SECTOR } from "./memory_map.ts";
import { openmvRt1062 } from "./mod.ts";
import { rt1062 } from "./boards.ts";
import { factoryImages, sampleImages } from "./samples.ts";

/** In which order flash and fuse change, and what is looked at before what cannot be undone. */

function setUp(options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([openmvRt1062]);
  const { clock, bus } = trial;
  const camera = new CameraModel({ clock, socket: bus.socket("1-1"), ...options });
  const changes: string[] = [];
  const { flash } = camera.chip;
  const erase = flash.erase.bind(flash), program = flash.program.bind(flash);
  flash.erase = (address, length, part) => {
    changes.push(`erase ${address.toString(16)}`);
    return erase(address, length, part);
  };
  flash.program = (address, data, part) => {
    changes.push(`program ${address.toString(16)}`);
    return program(address, data, part);
  };
  const run = (job: "restore" | "flash", more: Partial<RunOptions> = {}) =>
    trial.clock.run(() =>
      trial.run(openmvRt1062.plan(job, rt1062, sampleImages(), {}), camera, more)
    );
  return { trial, camera, flash, changes, run };
}

const at = (address: number) => address.toString(16);

Deno.test("over another SBL: the sector with its IVT is erased first and written last", async () => {
  const { camera, changes, run } = setUp({ condition: "healthy" });
  const other = factoryImages().get("bootloader")!.bytes.slice();
  other[0x2000] ^= 1;
  camera.chip.flash.load(regions.bootloader.start, other);
  other[0x6000] ^= 1;
  camera.chip.flash.load(regions.bootloader.start, other);
  await camera.perform({ id: "fit-jumper", text: "" });
  assert.equal((await run("restore")).error?.message, undefined);
  const { start, size } = regions.bootloader;
  const inside = changes.filter((change) => {
    const address = parseInt(change.split(" ")[1], 16);
    return address >= start && address < start + size;
  });
  assert.equal(inside[0], `erase ${at(start)}`);
  const lastProgram = inside.filter((change) => change.startsWith("program")).at(-1)!;
  const address = parseInt(lastProgram.split(" ")[1], 16);
  assert.ok(address >= start && address < start + SECTOR, lastProgram);
});

Deno.test("a block that is not kept ends the run before the vector sector is written", async () => {
  const { camera, flash, changes, run } = setUp({ condition: "healthy" });
  const program = flash.program;
  const pages: number[] = [];
  flash.program = (address, data, part) => {
    const isBehind = address > VECTOR_SECTOR + SECTOR && address < regions.filesystem.start;
    // The loader itself compares each page, so the first one is lost when it is past it.
    if (isBehind && pages.push(address) === 2) flash.load(pages[0] + 7, Uint8Array.of(0x5A));
    return program(address, data, part);
  };
  const { error } = await run("flash");
  assert.equal(error?.kind, "verify-failed");
  assert.ok(pages.length > 2);
  assert.ok(!changes.includes(`program ${at(VECTOR_SECTOR)}`), changes.join());
  assert.equal(camera.chip.fuses.burns.length, 0);
});

Deno.test("a page of the vector sector that is not kept: the vectors are not written", async () => {
  const { flash, changes, run } = setUp({ condition: "healthy" });
  const program = flash.program;
  flash.program = (address, data, part) => {
    // The loader itself compares each page, so this one is lost when it is past it.
    if (address === VECTOR_SECTOR + 0x400) flash.load(VECTOR_SECTOR + 0x207, Uint8Array.of(0x5A));
    return program(address, data, part);
  };
  const { error } = await run("flash");
  assert.equal(error?.kind, "verify-failed");
  assert.ok(changes.includes(`program ${at(VECTOR_SECTOR + 0x400)}`), changes.join());
  assert.ok(!changes.includes(`program ${at(VECTOR_SECTOR)}`), changes.join());
  assert.ok(flash.isBlank(VECTOR_SECTOR, 0x100));
});

Deno.test("blocks that are there already are neither erased nor written", async () => {
  const { camera, changes, run } = setUp({ condition: "healthy" });
  const { bytes } = sampleImages().get("firmware")!;
  const torn = bytes.slice();
  torn[0x3_0000] ^= 1;
  camera.chip.flash.load(regions.firmware.start, torn);
  assert.equal((await run("flash")).error?.message, undefined);
  const first = regions.firmware.start + 0x3000;
  assert.ok(!changes.includes(`program ${at(first)}`), changes.join());
});

const looks = {
  FCB: FLASH_BASE + 0x50,
  SBL: regions.bootloader.start + 0x3000,
  firmware: regions.firmware.start + 0x5000,
} as const;

for (const [what, address] of Object.entries(looks)) {
  Deno.test(`the last look before the fuse: ${what} that changed since its proof is not burnt upon`, async () => {
    const { camera, flash, run } = setUp({ condition: "blank" });
    const operator = {
      ...agreeingOperator(camera),
      consent: ({ id }: { id: string }) => {
        if (id === "boot-source") {
          const byte = flash.read(address, 1);
          flash.load(address, Uint8Array.of(byte[0] ^ 1));
        }
        return Promise.resolve(true);
      },
    };
    const { error } = await run("restore", { operator });
    assert.equal(error?.kind, "verify-failed");
    assert.deepEqual(camera.chip.fuses.burns, []);
  });
}

Deno.test("a fuse that was set meanwhile is not burnt again", async () => {
  const { camera, run } = setUp({ condition: "blank" });
  const operator = {
    ...agreeingOperator(camera),
    consent: ({ id }: { id: string }) => {
      if (id === "boot-source") camera.chip.fuses.program(6, 0x10);
      return Promise.resolve(true);
    },
  };
  const { error } = await run("restore", { operator });
  assert.equal(error?.message, undefined);
  assert.equal(camera.chip.fuses.burns.length, 1);
});

Deno.test("a fuse that the chip accepts and does not burn is told as such", async () => {
  const { camera, run } = setUp({ condition: "blank" });
  camera.chip.fuses.program = () => 0;
  const { error } = await run("restore");
  assert.equal(error?.kind, "verify-failed");
  assert.match(error!.message, /is not set although the chip accepted it/);
});

Deno.test("a chip whose fuses say closed is told as such, whatever its ROM says", async () => {
  const { camera, run } = setUp({ condition: "blank" });
  const operator = {
    ...agreeingOperator(camera),
    consent: ({ id }: { id: string }) => {
      if (id === "write") camera.chip.fuses.program(6, 1 << 1);
      return Promise.resolve(true);
    },
  };
  const { error } = await run("restore", { operator });
  assert.equal(error?.kind, "protected");
  assert.match(error!.message, /closed/);
});

Deno.test("an FCB for another flash, or with something behind it, is written anew", async () => {
  for (const offset of [0x50, 0x400]) {
    const { camera, flash, run } = setUp({ condition: "healthy" });
    flash.load(FLASH_BASE + offset, Uint8Array.of(0x12));
    await camera.perform({ id: "fit-jumper", text: "" });
    const { error } = await run("restore");
    assert.equal(error?.message, undefined);
    assert.equal(flash.read(FLASH_BASE + 0x400, 1)[0], 0xFF);
    assert.notEqual(flash.read(FLASH_BASE + 0x50, 1)[0], 0x12);
  }
});

Deno.test("a loader of another version, or with a flash of another size, is refused unchanged", async () => {
  for (const what of ["version", "flash"] as const) {
    const { camera, flash, run } = setUp({ condition: "healthy" });
    const make = camera.chip.loaderMachine.bind(camera.chip);
    camera.chip.loaderMachine = (...all) => {
      const machine = make(...all);
      if (what === "version") {
        return { ...machine, properties: { ...machine.properties, 1: () => [0x4B02_0700] } };
      }
      Object.defineProperty(machine.flash, "attributes", {
        get: () => [0x1F, FLASH_BASE, 8192, 256, SECTOR, 65_536],
      });
      return machine;
    };
    const { error, outcome } = await run("flash");
    assert.equal(error?.kind, "wrong-board");
    assert.equal(outcome, "unchanged");
    assert.equal(flash.counters.erases, 0);
  }
});

Deno.test("a camera that never starts after a flash is no success", async () => {
  const { camera, run } = setUp({ condition: "healthy" });
  camera.chip.firmwareRuns = () => false;
  const { error } = await run("flash");
  assert.equal(error?.kind, "not-started");
});
