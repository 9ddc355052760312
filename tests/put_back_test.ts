import assert from "node:assert/strict";
import { join } from "node:path";
import { families } from "../boards/mod.ts";
import type { SimulatedBoard, SimulationOptions } from "../core/family/family.ts";
import { bundledSet } from "../core/image/pack.ts";
import { boardImages } from "../core/image/board_images.ts";
import { loadImage } from "../core/image/load.ts";
import type { SavedRegion } from "../core/image/backup.ts";
import { MemoryStore } from "./support/plan/backup_store.ts";
import { ran } from "./support/cli/command_rig.ts";
import { agreeingOperator, Trial } from "./support/plan/plan_rig.ts";

/** A backup goes back to its camera, byte by byte; to another one only with its own consent. */

const all = families.flatMap((family) => family.boards.map((board) => ({ family, board })));
const named = (id: string) => all.find(({ board }) => board.id === id)!;
type Camera = SimulatedBoard;

function simulated(id: string, options: Partial<SimulationOptions> = {}) {
  const { family, board } = named(id);
  const trial = new Trial([family]);
  const camera = family.simulate(board, {
    ...trial.ports.at("1-1"),
    condition: "healthy",
    ...options,
  });
  return { family, board, trial, camera };
}

const plugged = async (camera: Camera, { clock }: Trial) => {
  await camera.perform({ id: "plug", text: "" });
  await clock.sleep(6000);
};

async function backup(id: string) {
  const { family, board, trial, camera } = simulated(id);
  const store = new MemoryStore();
  const plan = family.plan("backup", board, boardImages("", []), { backup: store });
  await trial.clock.run(async () => {
    await plugged(camera, trial);
    assert.equal((await trial.run(plan, camera)).error, undefined);
  });
  return store;
}

async function putBack(
  id: string,
  store: MemoryStore,
  regions: readonly SavedRegion[],
  options: Partial<SimulationOptions> & { isNamed?: boolean; refuse?: boolean } = {},
) {
  const { family, board, trial, camera } = simulated(id, options);
  const images = regions.map(({ name, bytes }) =>
    loadImage(bytes, { role: name, name: `${name}.bin`, source: "backup" })
  );
  const plan = family.plan("put-back", board, boardImages("backup", images), {
    putBack: { regions, camera: store.ids, isNamed: options.isNamed ?? false },
  });
  const asked: string[] = [];
  const result = await trial.clock.run(async () => {
    await plugged(camera, trial);
    return await trial.run(plan, camera, {
      operator: {
        ...agreeingOperator(camera),
        consent: ({ id }) => {
          asked.push(id);
          return Promise.resolve(id === "write" || !options.refuse);
        },
      },
    });
  });
  return { result, camera, asked, trial };
}

function holds(camera: Camera, { memory, bytes, address }: SavedRegion): boolean {
  const base =
    { external: 0x9000_0000, flash: 0x0800_0000, xspi: 0x7000_0000, mram: 0x8000_0000 }[memory] ??
      0;
  const start = memory === "flash" && address >= 0x6000_0000
    ? address - 0x6000_0000
    : address - base;
  const held = camera.memory(memory).subarray(start, start + bytes.length);
  return held.length === bytes.length && held.every((byte, at) => byte === bytes[at]);
}

/** The user's own: what the camera had when it was backed up, changed so that it differs. */
function changed(region: SavedRegion): SavedRegion {
  const bytes = region.bytes.slice();
  bytes.set(new TextEncoder().encode("print('mine')"), bytes.length - 4096);
  return { ...region, bytes };
}

const filesystems: Record<string, string> = {
  "openmv-m4": "filesystem",
  "openmv-m7": "filesystem",
  "openmv-h7": "filesystem",
  "openmv-h7-plus": "spi_flash",
  "openmv-pure-thermal": "spi_flash",
  "openmv-rt1062": "filesystem",
  "openmv-n6": "filesystem",
  "openmv-ae3": "rwfs",
  "arduino-portenta-h7": "filesystem",
};
for (const [id, filesystem] of Object.entries(filesystems)) {
  Deno.test(`the user's files and ROMFS go back, byte by byte: ${id}`, async () => {
    const store = await backup(id);
    const regions = store.saved.filter(({ name }) => [filesystem, "romfs0"].includes(name))
      .map((one) => one.size > 0x100_0000 ? one : changed(one));
    assert.equal(regions.length, 2);
    const { result, camera, asked } = await putBack(id, store, regions);
    assert.equal(result.error?.message, undefined);
    assert.equal(result.outcome, "proven");
    assert.ok(!asked.includes("other-camera"), "it is the same camera");
    for (const region of regions) assert.ok(holds(camera, region), region.name);
  });
}

Deno.test("all of an H7 goes back; a bootloader that is there already needs no ROM", async () => {
  const store = await backup("openmv-h7");
  const regions = store.saved.map((one) => one.name === "filesystem" ? changed(one) : one);
  const { result, camera, trial } = await putBack("openmv-h7", store, regions);
  assert.equal(result.outcome, "proven");
  assert.deepEqual(trial.changed, ["put-back-filesystem"]);
  for (const region of regions) assert.ok(holds(camera, region), region.name);
});

Deno.test("a camera without bootloader gets it through the ROM, then the rest", async () => {
  const store = await backup("openmv-m7");
  const { result, camera, asked } = await putBack("openmv-m7", store, store.saved, {
    condition: "bricked",
  });
  assert.equal(result.outcome, "proven");
  assert.ok(asked.includes("other-camera"), "the ROM cannot prove it");
  for (const region of store.saved) assert.ok(holds(camera, region), region.name);
});

Deno.test("another camera of the same board needs a consent, and nothing is written without it", async () => {
  const store = await backup("openmv-h7");
  const regions = store.saved.filter(({ name }) => name === "filesystem").map(changed);
  const traps = { uid: "2d003a000b51333835333232" };
  const { result, trial, asked } = await putBack("openmv-h7", store, regions, {
    traps,
    refuse: true,
  });
  assert.equal(result.error?.kind, "consent-needed");
  assert.deepEqual([trial.changed, asked], [[], ["other-camera"]]);
  const agreed = await putBack("openmv-h7", store, regions, { traps });
  assert.equal(agreed.result.outcome, "proven");
});

Deno.test("a bootloader that fails its check is left out, and refused if it is named", async () => {
  const store = await backup("openmv-h7");
  const broken = store.saved.map((one) =>
    one.name === "bootloader" ? { ...one, bytes: new Uint8Array(one.size) } : one
  );
  const { result, trial } = await putBack("openmv-h7", store, broken);
  assert.equal(result.outcome, "proven");
  assert.ok(trial.notes.some((note) => /^bootloader is left out/.test(note)), trial.notes.join());
  const only = broken.filter(({ name }) => name === "bootloader");
  await assert.rejects(putBack("openmv-h7", store, only, { isNamed: true }), /bootloader\.bin/);
});

Deno.test("a region that is elsewhere today is left out", async () => {
  const store = await backup("openmv-m4");
  const old = { name: "filesystem", memory: "flash", address: 0x0800_4000, size: 0xC000 };
  const regions = [{ ...old, bytes: new Uint8Array(old.size) }];
  await assert.rejects(putBack("openmv-m4", store, regions), /no such region/);
});

const bundledImages = () =>
  bundledSet((path) => Deno.readFileSync(new URL(`../images/${path}`, import.meta.url)));
const context = { families, context: { bundledImages } };

Deno.test("the command: another board, a real camera, an unknown region, no consent", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const zip = join(folder, "b.zip");
    await ran(`backup h7 --simulate --fast --yes -o ${zip}`, context);
    const on = "--simulate --fast --yes";
    assert.equal((await ran(`put-back m7 ${zip} ${on}`, context)).code, 12);
    assert.equal((await ran(`put-back h7 ${zip} --yes`, context)).code, 13);
    // Not even the user's files, which have no mark of a simulation.
    assert.equal((await ran(`put-back h7 ${zip} --only filesystem --yes`, context)).code, 13);
    assert.equal((await ran(`put-back h7 ${zip} --only files ${on}`, context)).code, 2);
    const done = await ran(`put-back ${zip} --only filesystem --only romfs0 ${on}`, context);
    assert.equal(done.code, 0, done.out + done.error);
    const other = `--trap uid=2d003a000b51333835333232`;
    const line = `put-back ${zip} --only filesystem ${on} ${other}`;
    assert.equal((await ran(line, context)).code, 16);
    assert.equal((await ran(`${line} --allow other-camera`, context)).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
