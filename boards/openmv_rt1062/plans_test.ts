import assert from "node:assert/strict";
import type { JobOptions } from "../../core/family/family.ts";
import type { Region } from "../../core/image/backup.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { Image } from "../../core/image/image.ts";
import { loadImage } from "../../core/image/load.ts";
import { FakeLoader } from "../../tests/support/boards/rt1062_fake_loader.ts";
import { scriptedContext, sessionOf } from "../../tests/support/plan/scripted_context.ts";
import { rt1062 } from "./boards.ts";
import { openmvRt1062 } from "./mod.ts";
import { sampleImages } from "./samples.ts";

/** Which steps a job has, and what its small ones do. */

const all = sampleImages().all;
const of = (...roles: string[]) => all.filter(({ role }) => roles.includes(role));
const planOf =
  (job: "flash" | "restore" | "verify" | "put-back", images: readonly Image[]) =>
  (options: JobOptions = {}) =>
    openmvRt1062.plan(job, rt1062, boardImages("the test", images), options).steps;
const ids = (steps: readonly { id: string }[]) => steps.map(({ id }) => id);

Deno.test("flash writes ROMFS, then firmware, or only one of them", () => {
  const steps = planOf("flash", of("firmware", "romfs0"));
  assert.deepEqual(ids(steps()), ["own-bootloader", "romfs0", "firmware", "start"]);
  assert.deepEqual(ids(steps({ only: "romfs" })), ["own-bootloader", "romfs0", "start"]);
  assert.deepEqual(ids(steps({ only: "firmware" })), ["own-bootloader", "firmware", "start"]);
  assert.deepEqual(ids(planOf("flash", of("romfs0"))({ only: "romfs" })), [
    ...["own-bootloader", "romfs0", "start"],
  ]);
  assert.throws(() => planOf("flash", of("romfs0"))(), { kind: "not-found" });
  assert.throws(() => planOf("flash", of("romfs0"))({ only: "firmware" }), { kind: "not-found" });
  assert.throws(() => planOf("flash", of("firmware"))({ only: "romfs" }), { kind: "not-found" });
});

Deno.test("verify compares what is given, and needs something", () => {
  const steps = planOf("verify", of("bootloader", "romfs0"))();
  assert.deepEqual(ids(steps), ["loader", "bootloader", "romfs0", "leave"]);
  for (const images of [[], of("flashloader")]) {
    assert.throws(() => planOf("verify", images)(), { kind: "not-found" });
  }
});

const stepWith = (options: JobOptions, images: readonly Image[], id: string) =>
  planOf("restore", images)(options).find((step) => step.id === id)!;

Deno.test("a bootloader alone needs a firmware in the camera: its stack and its reset vector", async () => {
  const alone = stepWith({ bootloaderOnly: true }, all, "prepare");
  const vectors: readonly [sp: number, reset: number, isFirmware: boolean][] = [
    [0x2002_0000, 0x6004_3001, true],
    [0x2024_0000, 0x603F_FFFF, true],
    [0x2002_0000, 0xFFFF_FFFF, false],
    [0xFFFF_FFFF, 0x6004_3001, false],
    [0x2002_0000, 0x6004_3000, false],
    [0x2002_0000, 0x6003_F001, false],
  ];
  for (const [sp, reset, isFirmware] of vectors) {
    const loader = new FakeLoader(0x6004_0000);
    loader.load(0x6004_2000, new Uint8Array(Uint32Array.of(sp, reset).buffer));
    const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
    const run = Promise.resolve(alone.run(context));
    if (isFirmware) await run;
    else {
      const data = { role: "firmware", address: 0x6004_2000 };
      await assert.rejects(run, { kind: "not-found", data });
    }
    assert.deepEqual(loader.calls, ["read 60042000+8"]);
  }
  // A restore that brings one does not look.
  const loader = new FakeLoader(0x6004_0000);
  await stepWith({}, all, "prepare").run(
    scriptedContext({ use: sessionOf({ client: loader.client }) }),
  );
  assert.deepEqual(loader.calls, []);
});

Deno.test("a ROMFS that was written wrong is made blank, so that it never passes for the user's", async () => {
  const loader = new FakeLoader(0x6080_0000);
  loader.spoil = (bytes) => bytes.with(9, bytes[9] ^ 1);
  const context = scriptedContext({ use: sessionOf({ client: loader.client }) });
  const step = stepWith({ romfs: "write" }, all, "romfs0");
  await assert.rejects(Promise.resolve(step.run(context)), { kind: "verify-failed" });
  assert.equal(loader.taken().at(-1), "erase 60800000+1000");
});

Deno.test("only the camera's own bootloader is left at the end; the flashloader stays", async () => {
  const leave = planOf("verify", of("firmware"))().at(-1)!;
  const loader = new FakeLoader(0x6080_0000), left: number[] = [];
  for (const [role, isDone] of [["flashloader", true], ["sbl", false]] as const) {
    const context = scriptedContext({
      use: sessionOf({ client: loader.client, role, detected: { seen: {} } }),
      waitGone: (_device, deadlineMs) => Promise.resolve(void left.push(deadlineMs)),
    });
    const proof = await leave.isDone!(context);
    assert.equal(proof?.evidence, isDone ? "alive" : undefined);
    if (!isDone) await leave.run(context);
  }
  assert.deepEqual([loader.calls, left], [["reset"], [5_000]]);
});

/** Today's regions (imxrt-sdp-flashloader.md 0). */
const region = (name: string, address: number, size: number, memory = "flash"): Region => ({
  ...{ name, memory, address, size },
});
const fcb = region("fcb", 0x6000_0000, 0x1000);
const bootloader = region("bootloader", 0x6000_1000, 0x3_F000);
const firmware = region("firmware", 0x6004_0000, 0x3C_0000);
const filesystem = region("filesystem", 0x6040_0000, 0x40_0000);

function putBack(regions: readonly Region[], isNamed = false) {
  const images = regions.map(({ name }) =>
    all.find(({ role }) => role === name) ??
      loadImage(new Uint8Array(0x1000), { role: name, name: `${name}.bin`, source: "backup" })
  );
  const steps = planOf("put-back", images)({ putBack: { regions, camera: [], isNamed } });
  const context = scriptedContext({ unitIds: [], board: rt1062 });
  void steps.find(({ id }) => id === "same-camera")!.isDone!(context);
  return { steps: ids(steps), notes: context.notes };
}

Deno.test("put-back writes what the camera's own bootloader may write, the firmware last", () => {
  const { steps, notes } = putBack([fcb, bootloader, firmware, filesystem]);
  assert.deepEqual(steps, ["own-bootloader", "same-camera", "filesystem", "firmware", "start"]);
  assert.deepEqual(
    notes,
    ["fcb", "bootloader"].map((name) => `${name} is left out: Only the command restore writes it.`),
  );
});

Deno.test("a region that today's layout does not have is left out", () => {
  for (
    const other of [
      { ...filesystem, memory: "qspi" },
      { ...filesystem, address: 0x6040_1000 },
      { ...filesystem, size: 0x20_0000 },
      { ...filesystem, name: "disk" },
    ]
  ) {
    const { steps, notes } = putBack([other, firmware]);
    assert.deepEqual(steps, ["own-bootloader", "same-camera", "firmware", "start"]);
    assert.match(notes.join(), /layout of the OpenMV Cam RT1062 has no such region/);
    assert.throws(() => putBack([other]), { kind: "not-found" });
  }
});
