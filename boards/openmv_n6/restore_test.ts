import assert from "node:assert/strict";
import { OpenBootloader } from "../../core/protocols/serial_boot/model/open_bootloader_model.ts";
import { romSwitches } from "../../core/protocols/serial_boot/model/rom_switches.ts";
import { UsbFunction } from "../../core/transport/usb/function.ts";
import { imagesWith, StepContext } from "../../tests/support/boards/openmv_n6_rig.ts";
import { factoryVersions, sampleImages } from "./samples.ts";

const roles = ["bootloader", "firmware", "romfs0"];
const act = (id: "unplug" | "plug" | "fit-jumper") => ({ id, text: "" }) as const;

function provenRestore(
  context: StepContext,
  result: { error?: { message: string }; outcome: string },
) {
  assert.equal(result.error?.message, undefined);
  assert.equal(result.outcome, "proven");
  assert.ok(roles.every((role) => context.holds(role)));
}

for (const condition of ["bricked", "blank", "healthy"] as const) {
  Deno.test(`a ${condition} N6 is restored and flashed`, async () => {
    const context = new StepContext({ condition });
    const filesystem = context.region("FILESYSTEM");
    const result = await context.run("restore");
    provenRestore(context, result);
    assert.deepEqual(context.region("FILESYSTEM"), filesystem);
    assert.deepEqual(result.proofs.map(({ evidence }) => evidence), [
      "read-back",
      "read-back",
      "read-back",
      "alive",
    ]);
    assert.deepEqual([...context.watch.used].toSorted(), [
      "@FSBL /0x01/1*512Ke",
      "@FSBL-APP /0x04/1*128Me",
      "@FSBL-EXT /0x03/1*32Ke",
      "@Flashlayout /0x00/1*1Ke",
      "@virtual /0xF1/1*512Be",
      "BOOTLOADER",
      "FIRMWARE",
      "ROMFS0",
    ]);
  });
}

Deno.test("only the bootloader, if requested", async () => {
  const context = new StepContext();
  const result = await context.run("restore", { bootloaderOnly: true });
  assert.equal(result.outcome, "proven");
  assert.ok(context.holds("bootloader") && !context.holds("firmware"));
  assert.deepEqual(context.trial.changed, ["bootloader"]);
});

Deno.test("a camera that already has the right bootloader does not go through the ROM", async () => {
  const context = new StepContext({ condition: "healthy", images: sampleImages() });
  await context.clock.run(async () => {
    await context.camera.perform(act("plug"));
    await context.clock.sleep(300);
  });
  const result = await context.run("restore");
  provenRestore(context, result);
  assert.deepEqual(context.trial.changed, []);
  assert.ok(context.trial.skipped.includes("bootloader"));
  assert.equal(context.camera.busyMs, 0);
});

for (const [name, values] of Object.entries(romSwitches)) {
  for (const value of values.slice(1)) {
    Deno.test(`restored whatever the ROM does: ${name} = ${value}`, async () => {
      const context = new StepContext({ traps: { [name]: value } });
      provenRestore(context, await context.run("restore"));
    });
  }
}

Deno.test("a ROM that disconnects only after a port reset gets one", async () => {
  for (const detach of romSwitches.detach.slice(1)) {
    const context = new StepContext({ traps: { detach, leaves: "after-reset" } });
    provenRestore(context, await context.run("restore"));
    assert.ok(context.trial.notes.some((note) => /resets its port/.test(note)));
  }
});

Deno.test("OpenBootloader may take eight seconds to appear, but not longer than the deadline", async () => {
  const slow = new StepContext({ traps: { startMs: 8_000 } });
  provenRestore(slow, await slow.run("restore"));
  const never = new StepContext({ traps: { startMs: 60_000 } });
  const { error, outcome } = await never.run("restore");
  assert.equal(error?.kind, "timeout");
  assert.match(error.message, /OpenBootloader, which the camera's ROM should start/);
  assert.equal(outcome, "unchanged");
});

Deno.test("if the ROM returns instead of OpenBootloader, the run says so at once, and the next run restores", async () => {
  const context = new StepContext({ traps: { earlyDeaths: 1 } });
  const start = context.clock.now();
  const { error, outcome } = await context.run("restore");
  assert.equal(error?.kind, "device-status");
  assert.match(error.message, /ROM came back instead of OpenBootloader/);
  assert.equal(outcome, "unchanged");
  assert.ok(context.clock.now() - start < 5_000);
  provenRestore(context, await context.run("restore"));
});

Deno.test("OpenBootloader from an earlier run is never continued: the power is cut first", async () => {
  const context = new StepContext();
  const stop = new AbortController();
  const remove = context.trial.bus.onChange(() => {
    if (context.trial.bus.attachments[0]?.model instanceof OpenBootloader) stop.abort();
  });
  const { error } = await context.run("restore", { signal: stop.signal });
  remove();
  assert.equal(error?.kind, "cancelled");
  provenRestore(context, await context.run("restore"));
  assert.ok(context.trial.notes.some((note) => /of an earlier run/.test(note)));
});

for (
  const [name, traps] of [
    ["the loader's Init fails", { initFails: true }],
    ["the flash takes nothing", { writeProtected: true }],
  ] as const
) {
  Deno.test(`OpenBootloader reports OK wrongly: ${name}; the proof after the replug shows it`, async () => {
    const context = new StepContext({ traps });
    const { error, outcome } = await context.run("restore");
    assert.equal(error?.kind, "verify-failed");
    assert.match(error.message, /still starts in its ROM bootloader/);
    assert.equal(outcome, "partly-written");
    if ("initFails" in traps) {
      assert.ok(context.trial.notes.some((note) => /wrote nothing/.test(note)));
    }
  });
}

Deno.test("OpenBootloader reports OK wrongly, and the old bootloader still starts: the read-back shows it", async () => {
  const context = new StepContext({ condition: "healthy", traps: { initFails: true } });
  const { error } = await context.run("restore");
  assert.equal(error?.kind, "verify-failed");
  assert.match(error.message, /does not match bootloader\.bin/);
  assert.ok(context.holds("bootloader", sampleImages(factoryVersions)));
});

Deno.test("an erase that never ends leads to a timeout", async () => {
  const context = new StepContext({ traps: { eraseHangs: true } });
  const { error, outcome } = await context.run("restore");
  assert.equal(error?.kind, "timeout");
  assert.match(error.message, /phase 0x04 within 15 s/);
  assert.equal(outcome, "partly-written");
});

Deno.test("a camera that is unplugged during an erase is reported at once, not after the erase's deadline", async () => {
  const context = new StepContext({ traps: { eraseHangs: true } });
  let pulledAt = Infinity;
  const pull = async () => {
    await context.clock.sleep(8_000);
    pulledAt = context.clock.now();
    await context.camera.perform(act("unplug"));
  };
  context.clock.run(pull).catch(() => {});
  const { error } = await context.run("restore");
  assert.equal(error?.kind, "disconnected");
  assert.ok(context.clock.now() - pulledAt < 100, `${context.clock.now() - pulledAt} ms`);
});

Deno.test("with another kind of flash, the bootloader is written but never appears", async () => {
  const context = new StepContext({ traps: { wrongFlashId: true } });
  const { error, outcome } = await context.run("restore");
  assert.equal(error?.kind, "timeout");
  assert.match(error.message, /OpenMV N6 in its bootloader/);
  assert.equal(outcome, "partly-written");
});

Deno.test("a forgotten jumper is noticed and asked for again", async () => {
  const context = new StepContext();
  let forgotten = 0;
  const result = await context.run("restore", {
    operator: {
      async perform(actions) {
        for (const action of actions) {
          if (action.id === "remove-jumper" && forgotten++ === 0) continue;
          await context.camera.perform(action);
        }
      },
      consent: () => Promise.resolve(true),
      choose: (_question, choices) => Promise.resolve(choices[0].value),
    },
  });
  provenRestore(context, result);
  assert.equal(forgotten, 2);
  assert.ok(
    context.trial.notes.some((note) => /jumper between BOOT and VCC is still there/.test(note)),
  );
});

Deno.test("another N6 in place of the restored one is refused", async () => {
  const context = new StepContext();
  const other = new StepContext({ condition: "healthy" });
  const socket = context.trial.bus.socket("1-1");
  const { SimulatedN6 } = await import("./model.ts");
  const second = new SimulatedN6({
    clock: context.clock,
    socket,
    condition: "healthy",
    images: sampleImages(),
    traps: { uid: "ffeeddccbbaa998877665544" },
  });
  let plugs = 0;
  const result = await context.run("restore", {
    operator: {
      async perform(actions) {
        for (const action of actions) {
          if (action.id === "plug" && ++plugs === 2) await second.perform(action);
          else await context.camera.perform(action);
        }
      },
      consent: () => Promise.resolve(true),
      choose: (_question, choices) => Promise.resolve(choices[0].value),
    },
  });
  assert.equal(result.error?.kind, "wrong-board");
  assert.match(result.error.message, /Another camera was connected instead/);
  assert.equal(other.camera.busyMs, 0);
});

/** The ROM of an H7 camera on another port: same USB id. */
class H7Rom extends UsbFunction {
  requests = 0;
  constructor() {
    super({
      speed: "full",
      device: { idVendor: 0x0483, idProduct: 0xDF11, iProduct: 2, iSerialNumber: 3 },
      configuration: {
        interfaces: ["@Internal Flash  /0x08000000/16*128Kg", "@Option Bytes  /0x5200201C/01*128 e"]
          .map((_, at) => ({
            bAlternateSetting: at,
            bInterfaceClass: 0xFE,
            bInterfaceSubClass: 1,
            bInterfaceProtocol: 2,
            iInterface: 4 + at,
            extra: Uint8Array.of(9, 0x21, 0x0B, 0xFF, 0, 0, 4, 0x1A, 1),
          })),
      },
      strings: {
        2: "DFU in FS Mode",
        3: "200364500000",
        4: "@Internal Flash  /0x08000000/16*128Kg",
        5: "@Option Bytes  /0x5200201C/01*128 e",
      },
    });
  }
  protected request(): Promise<void> {
    this.requests++;
    return Promise.resolve();
  }
}

Deno.test("the ROM of another camera is not changed, and is not used even if it is the only one", async () => {
  const rom = new H7Rom();
  const context = new StepContext();
  context.trial.bus.socket("1-4").attach(rom);
  provenRestore(context, await context.run("restore"));
  const nobody = { perform: () => Promise.resolve() };
  const lone = new StepContext();
  lone.trial.bus.socket("1-4").attach(rom);
  lone.watch.used.add("nothing"); // no N6 is connected here
  const { error } = await lone.run("restore", {
    operator: {
      ...nobody,
      consent: () => Promise.resolve(true),
      choose: (_question, choices) => Promise.resolve(choices[0].value),
    },
  });
  assert.equal(error?.kind, "timeout");
  assert.equal(rom.requests, 0);
});

Deno.test("a second partition of the layout is also written and proven", async () => {
  const layout = "P\t0x1\ta\tBinary\tnone\t0x0\ta\nP\t0x3\tb\tBinary\tnone\t0x0\tb\n" +
    "P\t0x4\tc\tBinary\tnor0\t0x0\tc\nP\t0x5\td\tBinary\tnor0\t0x40000\td\n";
  const extension = Uint8Array.from({ length: 3000 }, (_, at) => at * 3 & 0xFF);
  const images = imagesWith({ "flash-layout": new TextEncoder().encode(layout), extension });
  const context = new StepContext();
  provenRestore(context, await context.run("restore", { images }));
  assert.deepEqual(context.region("BOOTLOADER").slice(0x4_0000, 0x4_0000 + 3000), extension);
});
