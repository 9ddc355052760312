import assert from "node:assert/strict";
import { type ErrorKind, UnbrickError } from "../../core/common/errors.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import type { ExternalMemory } from "../../core/protocols/mboot/packets/property.ts";
import type { Step } from "../../core/plan/step.ts";
import type { UnitId } from "../../core/device/unit_id.ts";
import { Trial } from "../../tests/support/plan/plan_rig.ts";
import { scriptedContext } from "../../tests/support/plan/scripted_context.ts";
import { rt1062 } from "./boards.ts";
import { CameraModel } from "./camera_model.ts";
import { anyLoader, configureFlash, flashloader, isLoaderThere, ownLoader } from "./loader.ts";
import { openmvRt1062 } from "./mod.ts";

/** Which loader answers, and whether it is this camera's (imxrt-sdp-flashloader.md B7, C4). */

type Properties = Record<number, (index: number) => readonly number[]>;

/** Starts a session of the kind with the SBL of a camera whose properties are changed. */
async function session(kind: typeof anyLoader, changes: Properties = {}, without?: number) {
  const trial = new Trial([openmvRt1062]);
  const { clock, bus } = trial;
  const camera = new CameraModel({ clock, socket: bus.socket("1-1"), condition: "healthy" });
  const make = camera.chip.loaderMachine.bind(camera.chip);
  camera.chip.loaderMachine = (...all) => {
    const machine = make(...all);
    const properties: Properties = { ...machine.properties, ...changes };
    if (without !== undefined) delete properties[without];
    return { ...machine, properties };
  };
  let role: string | undefined, ids: readonly UnitId[] = [];
  const step: Step = {
    ...{ id: "use", title: "Use it", weight: 1, effect: "none" },
    run: async (context) => {
      role = await context.use(kind, (loader) => Promise.resolve(loader.role));
      ids = context.unitIds;
    },
  };
  const { error } = await clock.run(async () => {
    await camera.perform({ id: "plug", text: "" });
    await clock.sleep(300);
    const images = boardImages("the test", []);
    return await trial.run({ job: "read", board: rt1062, steps: [step], images }, camera);
  });
  return { error, role, ids: ids.flatMap(({ id, mode }) => mode === "bootloader" ? [id] : []) };
}

Deno.test("the first word of property 12 tells which loader runs", async () => {
  for (const [word, role] of [[0x2000_2000, "flashloader"], [0x6000_0000, "sbl"]] as const) {
    const reserved = { 12: () => [word, 0x2000_8FFF] };
    assert.equal((await session(anyLoader, reserved)).role, role);
    const [right, wrong] = role === "sbl" ? [ownLoader, flashloader] : [flashloader, ownLoader];
    assert.equal((await session(right, reserved)).role, role);
    const { error } = await session(wrong, reserved);
    assert.deepEqual([error?.kind, error?.data], ["not-found", { loader: role }]);
    assert.match(
      error!.message,
      role === "sbl" ? /is in its own bootloader/ : /is in the flashloader/,
    );
  }
});

const wrong: readonly [what: string, Properties, ErrorKind, data: object, message: RegExp][] = [
  [
    "another version",
    { 1: () => [0x4B02_0700] },
    "wrong-board",
    { version: 0x4B02_0700 },
    /K2\.7\.0; an OpenMV Cam RT1062\s+has K2\.8\.0/,
  ],
  [
    "another program",
    { 12: () => [0x2000_0000, 1] },
    "wrong-board",
    { reservedRegion: 0x2000_0000 },
    /neither of those/,
  ],
  ["no region", { 12: () => [] }, "wrong-board", { reservedRegion: null }, /neither of those/],
  ["a closed chip", { 17: () => [1] }, "protected", {}, /closed \(HAB\)/],
];

for (const [what, properties, kind, data, message] of wrong) {
  Deno.test(`a loader with ${what} is refused`, async () => {
    const { error } = await session(anyLoader, properties);
    assert.deepEqual([error?.kind, error?.data], [kind, data]);
    assert.match(error!.message, message);
  });
}

Deno.test("the chip's id is its two words, each with 8 digits", async () => {
  const idOf = async (...all: [Properties, number?]) => (await session(anyLoader, ...all)).ids;
  assert.deepEqual(await idOf({ 18: () => [0x00AB_CDEF, 1] }), ["00ABCDEF00000001"]);
  assert.deepEqual(await idOf({ 18: () => [1] }), [], "half an id is none");
  assert.deepEqual(await idOf({}, 18), [], "a loader that does not know the property");
});

Deno.test("a loader that is not there is no error, another one that must go first is", async () => {
  const look = (error?: UnbrickError) =>
    isLoaderThere(
      scriptedContext({
        use: ((_kind, work) => error ? Promise.reject(error) : work({} as never)) as ReturnType<
          typeof scriptedContext
        >["use"],
      }),
      flashloader,
    );
  const error = (kind: ErrorKind, loader?: string) =>
    new UnbrickError(kind, "It is so.", loader ? { loader } : {});
  assert.equal(await look(), true);
  assert.equal(await look(error("disconnected")), false);
  assert.equal(await look(error("timeout")), false);
  assert.equal(await look(error("not-found", "sbl")), false);
  for (const other of [error("not-found", "flashloader"), error("busy"), error("wrong-board")]) {
    await assert.rejects(look(other), other);
  }
});

/** Sets up the flash of a loader that tells these attributes one after the other. */
async function configured(...told: readonly (Partial<ExternalMemory> | undefined)[]) {
  const calls: number[][] = [];
  let asked = 0;
  const client = {
    externalMemory: (id: number) => {
      assert.equal(id, 9);
      return Promise.resolve(told[asked++]);
    },
    fillMemory: (...all: number[]) => Promise.resolve(calls.push(all)),
    configureMemory: (...all: number[]) => Promise.resolve(calls.push(all)),
  } as unknown as MbootClient;
  await configureFlash(client);
  return calls;
}

const flash16 = { sizeKiB: 16_384, sectorSize: 4_096 };

Deno.test("the flash is set up once, by the option word for quad SDR at 166 MHz", async () => {
  assert.deepEqual(await configured(flash16), []);
  assert.deepEqual(await configured(undefined, flash16), [[0x2000, 4, 0xC000_0008], [9, 0x2000]]);
});

Deno.test("a flash of another size, or of larger sectors, is another board's", async () => {
  for (
    const [told, message] of [
      [{ sizeKiB: 8_192, sectorSize: 4_096 }, /has 8192 KiB in sectors of\s+4096 bytes/],
      [{ sizeKiB: 16_384, sectorSize: 65_536 }, /has 16384 KiB in sectors of\s+65536 bytes/],
    ] as const
  ) {
    await assert.rejects(configured(told), { kind: "wrong-board", data: told, message });
  }
  await assert.rejects(configured(undefined, undefined), {
    kind: "wrong-board",
    data: { sizeKiB: null, sectorSize: null },
    message: /an unknown number of KiB in sectors of\s+unknown bytes; .* 16384 KiB and\s+4096/,
  });
});
