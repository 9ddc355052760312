import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { portOf } from "../../core/device/detected_device.ts";
import type { Identity, SimulationOptions } from "../../core/family/family.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import type { Step } from "../../core/plan/step.ts";
import { agreeingOperator, Trial } from "../../tests/support/plan/plan_rig.ts";
import { boards, type Stm32Board } from "./boards.ts";
import { identify } from "./identify.ts";
import { SimulatedStm32Camera } from "./model.ts";
import { openmvStm32 } from "./mod.ts";
import { factoryVersions, sampleImages } from "./samples.ts";

const [m4, m7, h7, h7Plus] = boards;

function setUp(board: Stm32Board, options: Partial<SimulationOptions> = {}) {
  const trial = new Trial([openmvStm32]);
  const { clock, bus } = trial;
  const camera = new SimulatedStm32Camera(board, { clock, socket: bus.socket("1-1"), ...options });
  const plan = (more = {}) => openmvStm32.plan("restore", board, sampleImages(board), more);
  const restore = (more = {}, run = {}) =>
    trial.clock.run(() => trial.run(plan(more), camera, run));
  return { trial, camera, plan, restore };
}

/** Returns true if the camera contains the bundled images. */
function isRestored(camera: SimulatedStm32Camera): boolean {
  return sampleImages(camera.board).all.every(({ role, bytes }) =>
    Buffer.compare(camera.partition(role.toUpperCase(), bytes.length), bytes) === 0
  );
}

for (const board of boards) {
  for (const condition of ["bricked", "blank", "healthy"] as const) {
    Deno.test(`a ${condition} ${board.name} is restored and flashed`, async () => {
      const { trial, camera, restore } = setUp(board, { condition });
      const files = camera.partition("FILESYSTEM");
      const result = await restore();
      assert.equal(result.error?.message, undefined);
      assert.equal(result.outcome, "proven");
      assert.ok(isRestored(camera));
      assert.deepEqual(camera.forbiddenOperations, []);
      assert.ok(result.proofs.some(({ evidence }) => evidence === "alive"));
      assert.deepEqual(trial.changed, ["bootloader", "firmware", "romfs0"]);
      assert.deepEqual(camera.partition("FILESYSTEM"), files);
    });
  }
}

Deno.test("a second restore finds everything done and writes nothing", async () => {
  for (const board of [m4, h7Plus]) {
    const { trial, camera, restore } = setUp(board);
    await restore();
    const { busyMs } = camera;
    const result = await restore();
    assert.equal(result.outcome, "proven");
    assert.deepEqual(trial.changed, []);
    assert.deepEqual(trial.skipped, ["bootloader", "firmware", "romfs0"]);
    assert.equal(camera.busyMs, busyMs);
  }
});

Deno.test("a camera that already waits in the right bootloader needs no jumper", async () => {
  const { trial, camera, plan } = setUp(h7, {
    condition: "healthy",
    images: sampleImages(h7),
    traps: { forced: true },
  });
  const result = await trial.clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await trial.clock.sleep(500);
    return await trial.run(plan(), camera);
  });
  assert.equal(result.error, undefined);
  assert.deepEqual(trial.changed, []);
  assert.ok(!trial.events.some((event) => event.type === "hardware"));
});

Deno.test("only the bootloader region is erased through the ROM, and nothing after it", async () => {
  const { camera, restore } = setUp(h7);
  const before = camera.memory("flash").subarray(0x20000);
  const result = await restore({ bootloaderOnly: true });
  assert.equal(result.error, undefined);
  assert.deepEqual(camera.memory("flash").subarray(0x20000), before);
});

Deno.test("without firmware a restore is refused, except with bootloader only", () => {
  const only = boardImages("here", [sampleImages(m7).get("bootloader")!]);
  const plan = (options: object) => openmvStm32.plan("restore", m7, only, options);
  assert.throws(() => plan({}), { kind: "not-found" });
  assert.ok(plan({ bootloaderOnly: true }).steps.some(({ id }) => id === "bootloader"));
});

Deno.test("the steps of a plan say what they change", () => {
  const { steps } = openmvStm32.plan("restore", h7Plus, sampleImages(h7Plus), {
    eraseFilesystem: true,
  });
  const bootloader = sampleImages(h7Plus).get("bootloader")!;
  const targets = steps.flatMap((step) => step.targets ?? []);
  assert.deepEqual({ ...targets[0], region: String(targets[0].region) }, {
    region: "bootloader",
    address: 0x08000000,
    length: bootloader.bytes.length,
    sha256: bootloader.sha256,
    image: "bootloader.bin",
  });
  assert.deepEqual(targets.map(({ region, address }) => [String(region), address]), [
    ["bootloader", 0x08000000],
    ["file system", 0],
    ["firmware", 0x08040000],
    ["ROMFS", 0x01800000],
  ]);
  assert.ok(steps.every(({ weight }) => weight > 0));
});

Deno.test("a camera that is another board is refused before anything is erased", async () => {
  const { camera, trial } = setUp(h7Plus);
  const before = camera.memory("flash");
  const plan = openmvStm32.plan("restore", h7, sampleImages(h7), {});
  const result = await trial.clock.run(() => trial.run(plan, camera));
  assert.equal(result.error?.kind, "wrong-board");
  assert.match(result.error!.message, /OMV4P H7 32768 SDRAM/);
  assert.equal(result.outcome, "unchanged");
  assert.deepEqual(camera.memory("flash"), before);
});

Deno.test("the firmware counts more than the bootloader: a wrong bootloader can be corrected", async () => {
  const { camera, restore } = setUp(h7Plus, { condition: "healthy" });
  const wrong = sampleImages(h7).get("bootloader")!.bytes;
  const held = boardImages("a mistake", [
    { ...sampleImages(h7Plus).get("bootloader")!, bytes: wrong },
    sampleImages(h7Plus, factoryVersions).get("firmware")!,
  ]);
  const again = setUp(h7Plus, { condition: "healthy", images: held });
  assert.equal((await again.restore()).error, undefined);
  assert.ok(isRestored(again.camera));
  assert.equal((await restore()).error, undefined);
  assert.ok(isRestored(camera));
});

Deno.test("if the flash names no board, the user's choice counts, and a note says so", async () => {
  const { trial, restore } = setUp(h7Plus, { traps: { anonymous: true } });
  // The rest of the bootloader is gone, too.
  const result = await restore();
  assert.equal(result.error, undefined);
  assert.ok(trial.notes.some((note) => /Nothing in the flash says/.test(note)), `${trial.notes}`);
});

Deno.test("a camera in its ROM is asked which board it is; without an answer this stays open", async () => {
  const portenta = boardImages("an Arduino", [{
    ...sampleImages(h7).get("firmware")!,
    bytes: new TextEncoder().encode(`${"-".repeat(2000)}PORTENTA H7 8192 SDRAM`),
  }]);
  const shared = ["openmv-h7", "openmv-h7-plus", "openmv-pure-thermal"];
  const cases: readonly [Partial<SimulationOptions>, readonly string[], RegExp][] = [
    [{}, ["openmv-h7-plus"], /firmware in flash is for the OpenMV Cam H7 Plus/],
    [
      { images: boardImages("x", [sampleImages(h7).get("bootloader")!]) },
      ["openmv-h7"],
      /bootloader/,
    ],
    [{ traps: { anonymous: true } }, shared, /Nothing in the flash says/],
    [{ condition: "blank" }, shared, /Nothing in the flash says/],
    [{ images: portenta }, [], /Arduino Portenta H7/],
    [{ traps: { readProtection: "errVENDOR" } }, shared, /protected/],
  ];
  for (const [options, boardIds, evidence] of cases) {
    const { trial, camera } = setUp(h7Plus, options);
    let identity: Identity | undefined;
    const asking: Step = {
      id: "ask",
      title: "Ask",
      weight: 1,
      effect: "none",
      run: async (context) => {
        identity = await identify(context, (await context.detected(["rom"]))!);
      },
    };
    const images = boardImages("the test", []);
    const plan = { job: "restore", board: h7Plus, steps: [asking], images } as const;
    await trial.clock.run(async () => {
      await camera.perform({ id: "fit-jumper", text: "" });
      await camera.perform({ id: "plug", text: "" });
      await trial.clock.sleep(500);
      assert.equal((await trial.run(plan, camera)).error, undefined);
    });
    assert.deepEqual(identity?.boardIds, boardIds);
    assert.match(identity!.evidence.join(), evidence);
    assert.equal(camera.busyMs, 0);
  }
});

Deno.test("a camera in its ROM is used before another one that waits in its bootloader", async () => {
  const { trial, camera, plan } = setUp(m4);
  const { clock, bus } = trial;
  const socket = bus.socket("1-2");
  const traps = { forced: true, uid: "2d004b000b51333835333231" };
  const other = new SimulatedStm32Camera(m4, { clock, socket, condition: "healthy", traps });
  const before = other.memory("flash");
  const result = await clock.run(async () => {
    await other.perform({ id: "plug", text: "" });
    await camera.perform({ id: "fit-jumper", text: "" });
    await camera.perform({ id: "plug", text: "" });
    await clock.sleep(500);
    return await trial.run(plan(), camera);
  });
  assert.equal(result.error, undefined);
  assert.ok(isRestored(camera));
  assert.deepEqual(other.memory("flash"), before);
});

Deno.test("a forgotten jumper is noticed, reported and asked for again", async () => {
  for (const board of [m4, h7]) {
    const { trial, camera, restore } = setUp(board);
    let forgotten = 0;
    const result = await restore({}, {
      operator: {
        ...agreeingOperator(camera),
        async perform(actions: readonly HardwareAction[]) {
          for (const action of actions) {
            if (action.id === "remove-jumper" && forgotten++ === 0) continue;
            await camera.perform(action);
          }
        },
      },
    });
    assert.equal(result.error, undefined);
    assert.equal(forgotten, 2);
    assert.ok(trial.notes.some((note) => /jumper .* is still there/.test(note)));
    assert.ok(isRestored(camera));
  }
});

Deno.test("if the bootloader was missed, a replug is requested again", async () => {
  const { trial, camera, restore } = setUp(m7);
  let holds = 0;
  trial.bus.interpose({
    // The bootloader's time ends while the UPLOAD that should hold it hangs.
    transfer(_attachment, transfer, signal, next) {
      const isHold = transfer.kind === "control" && transfer.setup.bRequest === 2 &&
        transfer.setup.bmRequestType === 0xA1 && transfer.setup.wLength === 4096;
      if (!isHold || holds++ > 0) return next(transfer);
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      );
    },
  });
  const result = await restore();
  assert.equal(result.error, undefined);
  assert.ok(trial.notes.some((note) => /left its bootloader before/.test(note)));
  assert.ok(isRestored(camera));
});

Deno.test("a write-protected sector, which the ROM does not report, is detected by reading back", async () => {
  for (const board of [m4, h7]) {
    const { camera, restore } = setUp(board, { traps: { writeProtected: true } });
    const result = await restore();
    assert.equal(result.error?.kind, "verify-failed");
    assert.equal(result.outcome, "partly-written");
    assert.ok(!isRestored(camera));
  }
});

Deno.test("a protected chip is not changed", async () => {
  for (const readProtection of ["errVENDOR", "errVENDOR-always", "drop"] as const) {
    for (const board of [m4, h7]) {
      const { camera, trial, restore } = setUp(board, { traps: { readProtection } });
      const before = camera.memory("flash");
      const result = await restore();
      assert.equal(result.error?.kind, "protected");
      assert.equal(result.outcome, "unchanged");
      assert.deepEqual(trial.changed, []);
      assert.deepEqual(camera.memory("flash"), before);
    }
  }
});

Deno.test("with the expert's consent a protected chip is erased and restored", async () => {
  const allow = { allow: ["unlock-erases-all"] };
  const { camera, restore, plan } = setUp(m7, { traps: { readProtection: "errVENDOR" } });
  const step = plan(allow).steps.find(({ id }) => id === "unlock");
  assert.deepEqual([step?.effect, step?.consent?.id], ["erases", "unlock-erases-all"]);
  const result = await restore(allow);
  assert.equal(result.error, undefined);
  assert.deepEqual(camera.forbiddenOperations, ["read unprotect"]);
  assert.ok(isRestored(camera));

  const refused = setUp(m7, { traps: { readProtection: "errVENDOR" } });
  const operator = {
    ...agreeingOperator(refused.camera),
    consent: ({ id }: { id: string }) => Promise.resolve(id === "write"),
  };
  assert.equal((await refused.restore(allow, { operator })).error?.kind, "consent-needed");
  assert.deepEqual(refused.camera.forbiddenOperations, []);

  const open = setUp(m7);
  assert.equal((await open.restore(allow)).error, undefined);
  assert.deepEqual(open.camera.forbiddenOperations, [], "an open chip is not unlocked");
});

Deno.test("the revision of an H743 does not matter for its bootloader", async () => {
  for (const revision of ["V", "Y"]) {
    const { restore } = setUp(h7, { traps: { revision, freshError: false } });
    assert.equal((await restore({ bootloaderOnly: true })).error, undefined);
  }
});

Deno.test("two connected cameras are never mixed up", async () => {
  const { trial, camera, plan } = setUp(m4);
  const { clock, bus } = trial;
  const uid = "ffee3a000b51333835333231";
  const other = new SimulatedStm32Camera(m4, { clock, socket: bus.socket("1-2"), traps: { uid } });
  const before = other.memory("flash");
  for (const id of ["fit-jumper", "plug"] as const) {
    await camera.perform({ id, text: "" });
    await other.perform({ id, text: "" });
  }
  let asked = 0;
  const result = await clock.run(async () => {
    await clock.sleep(1000);
    return await trial.run(plan(), camera, {
      operator: {
        ...agreeingOperator(camera),
        choose: (_question, choices) => {
          asked++;
          return Promise.resolve(
            choices.find(({ value }) => portOf(value as never) === "1-1")!.value,
          );
        },
      },
    });
  });
  assert.equal(result.error, undefined);
  assert.equal(asked, 1);
  assert.ok(isRestored(camera));
  assert.deepEqual(other.memory("flash"), before);
});

Deno.test("another camera on the port after the jumper is refused", async () => {
  const { trial, camera, plan } = setUp(m4);
  const { clock, bus } = trial;
  const uid = "2d004b000b51333835333231";
  const socket = bus.socket("1-1");
  const other = new SimulatedStm32Camera(m4, {
    clock,
    socket,
    condition: "healthy",
    traps: { uid },
  });
  const before = other.memory("flash");
  const operator = {
    ...agreeingOperator(camera),
    async perform(actions: readonly HardwareAction[]) {
      const isAfter = actions.some(({ id }) => id === "remove-jumper");
      for (const action of actions) {
        await (isAfter && action.id === "plug" ? other : camera).perform(action);
      }
    },
  };
  const result = await clock.run(() => trial.run(plan(), camera, { operator }));
  assert.equal(result.error?.kind, "wrong-board");
  assert.match(result.error!.message, /Another camera/);
  assert.deepEqual(other.memory("flash"), before);
});

Deno.test("the id of a ROM does not identify a camera on another port", async () => {
  for (const board of [m4, h7]) {
    const { trial, camera, restore } = setUp(board);
    const socket = trial.bus.socket("1-1");
    const operator = {
      ...agreeingOperator(camera),
      async perform(actions: readonly HardwareAction[]) {
        for (const action of actions) {
          if (action.id === "remove-jumper") socket.moveTo("1-4");
          await camera.perform(action);
        }
      },
    };
    const result = await restore({}, { operator, hardwareDeadlineMs: 20_000 });
    assert.equal(result.error?.kind, "timeout");
  }
});

Deno.test("images for one board cannot be planned for another", () => {
  for (const board of boards) {
    for (const other of boards) {
      const plan = () => openmvStm32.plan("restore", other, sampleImages(board), {});
      if (board === other) plan();
      else assert.throws(plan, { kind: "wrong-board" });
    }
  }
});
