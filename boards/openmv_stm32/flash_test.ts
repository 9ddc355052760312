import assert from "node:assert/strict";
import type { SimulationOptions } from "../../core/family/family.ts";
import { boardImages } from "../../core/image/board_images.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { CdcSerialBus } from "../../core/transport/serial/cdc_bus.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { openmvStm32 } from "./mod.ts";
import { factoryVersions, sampleImages } from "./samples.ts";

const [m4, m7, h7, h7Plus] = boards;
const plug = { id: "plug", text: "" } as const;

function setUp(board: Stm32Board, options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([openmvStm32]);
  const { clock, bus } = trial;
  const socket = bus.socket("1-1");
  const camera = new SimulatedStm32Camera(board, {
    clock,
    socket,
    condition: "healthy",
    ...options,
  });
  const run = (
    job: "flash" | "read" | "verify",
    images = sampleImages(board),
    more = {},
    prepare = async () => {},
  ) =>
    clock.run(async () => {
      await prepare();
      return await trial.run(openmvStm32.plan(job, board, images, more), camera);
    });
  const region = (name: string) => camera.partition(name);
  return { trial, camera, run, region };
}

const only = (board: Stm32Board, ...roles: string[]) =>
  boardImages("some", sampleImages(board).all.filter(({ role }) => roles.includes(role)));

/** Returns the ids of the hardware actions of each request. */
const requestedActions = (trial: Trial) =>
  trial.events.flatMap((event) =>
    event.type === "hardware" ? [event.actions.map((a) => a.id)] : []
  );

for (const protocol of ["V1", "V2"]) {
  Deno.test(`a running camera that speaks ${protocol} is flashed without steps by hand`, async () => {
    const { trial, camera, run } = setUp(h7, { traps: { protocol } });
    const result = await run("flash", sampleImages(h7), {}, async () => {
      await camera.perform(plug);
      await trial.clock.sleep(4000);
    });
    assert.equal(result.error, undefined);
    assert.deepEqual(trial.changed, ["firmware", "romfs0"]);
    assert.deepEqual(requestedActions(trial), []);
  });
}

Deno.test("a serial port that another program uses is reported, and steps by hand help", async () => {
  const { trial, camera } = setUp(h7);
  const plan = openmvStm32.plan("flash", h7, sampleImages(h7), {});
  const result = await trial.clock.run(async () => {
    await camera.perform(plug);
    await trial.clock.sleep(4000);
    const bus = new CdcSerialBus(trial.bus, trial.clock);
    await bus.open((await bus.list())[0], { baudRate: 115_200 });
    return await trial.run(plan, camera);
  });
  assert.equal(result.error, undefined);
  assert.deepEqual(requestedActions(trial), [["unplug", "plug"]]);
  assert.ok(trial.notes.some((note) => /Another program holds the port/.test(note)));
});

for (const board of boards) {
  Deno.test(`for a running ${board.name} that does not answer, a replug is requested`, async () => {
    const { trial, camera, run, region } = setUp(board, { traps: { protocol: "silent" } });
    const bootloader = region("BOOTLOADER");
    const result = await run("flash", sampleImages(board), {}, async () => {
      await camera.perform(plug);
      await trial.clock.sleep(4000);
    });
    assert.equal(result.error, undefined);
    assert.deepEqual(trial.changed, ["firmware", "romfs0"]);
    for (const role of ["firmware", "romfs0"]) {
      const { bytes } = sampleImages(board).get(role)!;
      assert.deepEqual(region(role.toUpperCase()).subarray(0, bytes.length), bytes);
    }
    assert.deepEqual(region("BOOTLOADER"), bootloader);
    assert.deepEqual(requestedActions(trial), [["unplug", "plug"]]);
  });
}

Deno.test("images that the camera already contains are not written again", async () => {
  const { trial, camera, run } = setUp(h7, { images: sampleImages(h7) });
  const result = await run("flash");
  assert.equal(result.outcome, "proven");
  assert.deepEqual(trial.changed, []);
  assert.equal(camera.busyMs, 0);
});

Deno.test("the file system is erased on request, by its first block", async () => {
  for (const board of [m4, h7Plus]) {
    const { run, region } = setUp(board);
    const result = await run("flash", only(board, "firmware"), { eraseFilesystem: true });
    assert.equal(result.error, undefined);
    const erased = region(board.filesystemPartition).subarray(0, 4096);
    assert.ok(erased.every((byte) => byte === 0));
  }
});

Deno.test("a bootloader of firmware 4.6 has no ROMFS0: refused before anything is written", async () => {
  for (const board of [m7, h7Plus]) {
    const traps = { oldBootloader: true };
    const { trial, camera, run } = setUp(board, { traps });
    const before = camera.memory("flash");
    const result = await run("flash");
    assert.equal(result.error?.kind, "wrong-board");
    assert.match(result.error!.message, /too old: it has no partition ROMFS0/);
    assert.deepEqual(trial.changed, []);
    assert.deepEqual(camera.memory("flash"), before);

    const firmware = setUp(board, { traps });
    assert.equal((await firmware.run("flash", only(board, "firmware"))).error, undefined);
  }
});

Deno.test("an old bootloader that was forced ignores DETACH and is ended by a port reset", async () => {
  const { run, trial } = setUp(m4, { traps: { oldBootloader: true, forced: true } });
  const result = await run("flash", only(m4, "firmware"));
  assert.equal(result.error, undefined);
  assert.ok(result.proofs.some(({ evidence }) => evidence === "alive"));
  assert.equal(trial.events.filter(({ type }) => type === "hardware").length, 1);
});

Deno.test("for a camera in its ROM, the removal of the jumper is requested first", async () => {
  const { camera, trial, run } = setUp(h7);
  const result = await run("flash", sampleImages(h7), {}, async () => {
    await camera.perform({ id: "fit-jumper", text: "" });
    await camera.perform(plug);
    await trial.clock.sleep(500);
  });
  assert.equal(result.error, undefined);
  const asked = trial.events.find((event) => event.type === "hardware");
  assert.deepEqual(asked?.actions.map(({ id }) => id), ["unplug", "remove-jumper", "plug"]);
});

Deno.test("a bricked camera never shows its bootloader: the run ends at the deadline and says so", async () => {
  const { trial, camera } = setUp(m7, { condition: "bricked" });
  const plan = openmvStm32.plan("flash", m7, sampleImages(m7), {});
  const result = await trial.clock.run(() =>
    trial.run(plan, camera, { hardwareDeadlineMs: 20_000 })
  );
  assert.equal(result.error?.kind, "timeout");
  assert.equal(result.outcome, "unchanged");
});

Deno.test("verify finds no difference and writes nothing, in bootloader and ROM", async () => {
  for (const jumper of [false, true]) {
    for (const board of [m4, h7Plus]) {
      const { trial, camera, run } = setUp(board, { images: sampleImages(board) });
      const prepare = async () => {
        if (jumper) await camera.perform({ id: "fit-jumper", text: "" });
        await camera.perform(plug);
        await trial.clock.sleep(500);
      };
      const result = await run("verify", sampleImages(board), {}, prepare);
      assert.equal(result.error, undefined);
      assert.equal(result.proofs.length, 3);
      assert.equal(camera.busyMs, 0);
    }
  }
});

Deno.test("verify names the first byte that differs", async () => {
  const { run } = setUp(h7, { images: sampleImages(h7, factoryVersions) });
  const result = await run("verify", only(h7, "firmware"));
  assert.equal(result.error?.kind, "verify-failed");
  assert.equal(typeof result.error?.data.offset, "number");
  assert.throws(() => openmvStm32.plan("verify", h7, boardImages("nothing", []), {}), {
    kind: "not-found",
  });
});

Deno.test("read returns partitions, the whole flash, or any range", async () => {
  const images = sampleImages(h7Plus);
  const { camera, region, run } = setUp(h7Plus, { images });
  const all = await run("read");
  assert.deepEqual([...all.outputs.keys()], [
    "bootloader",
    "filesystem",
    "firmware",
    "spi_flash",
    "romfs0",
  ]);
  assert.deepEqual(all.outputs.get("romfs0"), region("ROMFS0"));
  assert.deepEqual(all.outputs.get("firmware"), region("FIRMWARE"));
  const flash = await run("read", images, { region: "FLASH" });
  assert.deepEqual(flash.outputs.get("flash"), camera.memory("flash"));
  const range = await run("read", images, { address: 0x0803FFF0, length: 5000 });
  assert.deepEqual(
    range.outputs.get("0x0803FFF0"),
    camera.memory("flash").subarray(0x3FFF0, 0x3FFF0 + 5000),
  );
  const read = (options: object) => () => openmvStm32.plan("read", h7Plus, images, options);
  assert.throws(read({ region: "otp" }), { kind: "usage" });
  assert.throws(read({ address: 0x1FF0F000, length: 16 }), { kind: "usage" });
});

Deno.test("read uses the ROM if the camera is in it", async () => {
  const { camera, region, run, trial } = setUp(m7, { condition: "bricked" });
  const result = await run("read", sampleImages(m7), { region: "bootloader" }, async () => {
    await camera.perform({ id: "fit-jumper", text: "" });
    await camera.perform(plug);
    await trial.clock.sleep(500);
  });
  assert.deepEqual(result.outputs.get("bootloader"), region("BOOTLOADER"));
});
