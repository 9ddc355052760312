import assert from "node:assert/strict";
import type { Job } from "../../core/family/board.ts";
import type { JobOptions } from "../../core/family/family.ts";
import type { Region } from "../../core/image/backup.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { Image } from "../../core/image/image.ts";
import { loadImage } from "../../core/image/load.ts";
import { DfuRequest } from "../../core/protocols/dfu/packets/request.ts";
import { MemoryStore } from "../../tests/support/plan/backup_store.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { scriptedContext } from "../../tests/support/plan/scripted_context.ts";
import { boards, portentaBoards } from "./boards.ts";
import { arduino } from "./mod.ts";
import { sampleImages } from "./samples.ts";

/** Which steps a job has, and what its small ones send (openmv-boards.md 3.6). */

const [portenta] = portentaBoards;
const all = sampleImages(portenta, "5.0.0", [0x2210, 0x1100]).all;
const of = (...roles: string[]) => all.filter(({ role }) => roles.includes(role));
const planOf = (job: Job, images: readonly Image[]) => (options: JobOptions = {}) =>
  arduino.plan(job, portenta, boardImages("the test", images), options).steps;
const ids = (steps: readonly { id: string }[]) => steps.map(({ id }) => id);

Deno.test("flash writes firmware and ROMFS, or only one of them", () => {
  const steps = planOf("flash", of("firmware", "romfs0"));
  const between = (options: JobOptions) => ids(steps(options)).slice(1, -1);
  assert.deepEqual(between({}), ["firmware", "romfs0"]);
  assert.deepEqual(between({ only: "romfs" }), ["romfs0"]);
  assert.deepEqual(between({ only: "firmware" }), ["firmware"]);
  assert.deepEqual(ids(planOf("flash", of("romfs0"))({ only: "romfs" })).slice(1, -1), ["romfs0"]);
  assert.throws(() => planOf("flash", of("romfs0"))(), { kind: "not-found" });
  assert.throws(() => planOf("flash", of("romfs0"))({ only: "firmware" }), { kind: "not-found" });
  assert.throws(() => planOf("flash", of("firmware"))({ only: "romfs" }), { kind: "not-found" });
});

Deno.test("verify compares what is given, and needs something", () => {
  assert.deepEqual(ids(planOf("verify", of("romfs0"))()), [
    ...["enter-bootloader", "verify-romfs0", "leave-bootloader"],
  ]);
  assert.throws(() => planOf("verify", [])(), { kind: "not-found" });
});

/** Regions of a read, each with its length as the expected milliseconds show it: 400 bytes each. */
const reads: readonly [options: JobOptions, read: readonly [name: string, bytes: number][]][] = [
  [{}, [["flash", 0x20_0000], ["external", 0x100_0000]]],
  [{ region: "flash" }, [["flash", 0x20_0000]]],
  [{ region: "firmware" }, [["firmware", 1_835_008]]],
  [{ region: "external" }, [["external", 0x100_0000]]],
  [{ region: "WIFI" }, [["wifi", 0xC_0000]]],
  [{ region: "bluetooth" }, [["bluetooth", 0x4_0000]]],
  [{ region: "romfs0" }, [["romfs0", 0x40_0000]]],
  [{ address: 0x0800_1234, length: 5 }, [["0x08001234", 5]]],
  [{ address: 0, length: 1 }, [["0x00000000", 1]]],
];

for (const [options, wanted] of reads) {
  Deno.test(`read ${JSON.stringify(options)}`, () => {
    const steps = planOf("read", [])(options).slice(1, -1);
    assert.deepEqual(
      steps.map(({ title, weight }) => [String(title), Math.round(weight * 400)]),
      wanted.map(([name, bytes]) => [`Read ${name}`, bytes]),
    );
  });
}

Deno.test("an unknown region is refused with the known ones", () => {
  assert.throws(() => planOf("read", [])({ region: "otp" }), {
    kind: "usage",
    message: /it has flash, firmware, external, wifi, bluetooth, romfs0\.$/,
  });
});

/** Runs one step with a board in its bootloader; returns the DfuSe commands and where it ends. */
async function commandsOf(id: string, job: Job, options: JobOptions = {}, images = all) {
  const trial = new Trial([arduino]);
  const camera = arduino.simulate(portenta, { ...trial.ports.at("1-1"), condition: "healthy" });
  const steps = planOf(job, images)(options).filter((step) => step.id === id);
  assert.equal(steps.length, 1, id);
  const commands: string[] = [];
  trial.bus.interpose({
    transfer(_attachment, transfer, _signal, next) {
      if (
        transfer.kind === "control" && transfer.setup.bRequest === DfuRequest.DNLOAD &&
        transfer.setup.bmRequestType === 0x21 && transfer.setup.wValue === 0
      ) {
        commands.push(transfer.data.toHex());
      }
      return next(transfer);
    },
  });
  const { error } = await trial.clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await camera.perform({ id: "press-reset-twice", text: "" });
    await trial.clock.sleep(1_000);
    return await trial.run({
      ...{ job, board: portenta, steps, images: boardImages("the test", images) },
    }, camera);
  });
  assert.equal(error?.message, undefined);
  return commands;
}

/** "Set address" to the firmware, then an empty download, which starts what is there. */
const leave = ["2100000408", ""];

Deno.test("jobs that only read start the firmware where it is, whatever they read", async () => {
  assert.deepEqual(await commandsOf("leave-bootloader", "read", { region: "wifi" }), leave);
  assert.deepEqual(await commandsOf("leave-bootloader", "verify"), leave);
  const backup = new MemoryStore();
  assert.deepEqual(await commandsOf("leave-bootloader", "backup", { backup }), leave);
});

const region = (name: string, memory: string, address: number, size: number): Region => ({
  ...{ name, memory, address, size },
});
const bootloader = region("bootloader", "flash", 0x0800_0000, 0x2_0000);
const firmware = region("firmware", "flash", 0x0804_0000, 1_835_008);
const filesystem = region("filesystem", "external", 0x9000_0000, 0xB0_0000);

function putBack(regions: readonly Region[], isNamed = false) {
  const images = regions.map(({ name }) =>
    all.find(({ role }) => role === name) ??
      loadImage(new Uint8Array(0x1000), { role: name, name: `${name}.bin`, source: "backup" })
  );
  const steps = planOf("put-back", images)({ putBack: { regions, camera: [], isNamed } });
  const context = scriptedContext({ unitIds: [], board: portenta });
  void steps.find(({ id }) => id === "same-camera")!.isDone!(context);
  return { steps: ids(steps).slice(2, -1), notes: context.notes };
}

Deno.test("put-back writes all but Arduino's bootloader, the firmware last", () => {
  const { steps, notes } = putBack([bootloader, firmware, filesystem]);
  assert.deepEqual(steps, ["put-back-filesystem", "put-back-firmware"]);
  assert.deepEqual(notes, [
    "bootloader is left out: It is Arduino's own bootloader, which Arduino's tools write.",
  ]);
  assert.throws(() => putBack([bootloader]), { kind: "not-found" });
});

Deno.test("a region that today's layout does not have is left out", () => {
  for (
    const other of [
      { ...filesystem, memory: "flash" },
      { ...filesystem, address: 0x9000_1000 },
      { ...filesystem, size: 0xA0_0000 },
      { ...filesystem, name: "disk" },
    ]
  ) {
    const { steps, notes } = putBack([other, firmware]);
    assert.deepEqual(steps, ["put-back-firmware"]);
    assert.match(notes.join(), /layout of the Arduino Portenta H7 has no such region/);
  }
});

Deno.test("the Nanos offer nothing: no job, no check, no simulated board, no steps by hand", () => {
  for (const board of boards.filter(({ id }) => id.includes("nano"))) {
    const images = boardImages("the test", all);
    assert.deepEqual(arduino.checkImages!(board, images), { written: images, needs: [] });
    assert.deepEqual(arduino.fieldFacts!(board), []);
    const trial = new Trial([arduino]);
    assert.throws(() => arduino.simulate(board, trial.ports.at("1-1")), {
      kind: "usage",
      data: { board: board.id },
    });
    assert.deepEqual([board.roles, board.recoveryActions, board.afterActions], [[], [], []]);
    for (const job of ["restore", "flash", "read", "verify"] as const) {
      assert.throws(() => arduino.plan(job, board, images, {}), { kind: "wrong-board" });
    }
  }
});
