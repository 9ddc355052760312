import assert from "node:assert/strict";
import { join } from "node:path";
import type { Clock } from "../core/common/clock.ts";
import { families } from "./support/boards/families.ts";
import { jobSupport } from "../core/family/board.ts";
import type { SimulatedBoard, SimulationOptions } from "../core/family/family.ts";
import { bundledSet } from "../core/image/pack.ts";
import { boardImages } from "../core/image/board_images.ts";
import { decodeBackup } from "../core/image/backup.ts";
import { fileSystemsIn } from "../core/image/memory_part.ts";
import { userFiles } from "../core/image/sample_fat.ts";
import { MemoryStore } from "./support/plan/backup_store.ts";
import { ran } from "./support/cli/command_rig.ts";
import { Trial } from "./support/plan/plan_rig.ts";
import { inTempFolder } from "./support/temp_folder.ts";

/** A backup of every family's cameras, and the files in it. */

const bundled = () =>
  bundledSet((path) => Deno.readFileSync(new URL(`../images/${path}`, import.meta.url)));
const boards = families.flatMap((family) =>
  family.boards.filter((board) => jobSupport(board, "backup") === true)
    .map((board) => ({ family, board }))
);

async function backedUp(
  { family, board }: typeof boards[number],
  options: Partial<SimulationOptions> = {},
  before: (camera: SimulatedBoard, clock: Clock) => Promise<void> = async () => {},
  store = new MemoryStore(),
) {
  const trial = new Trial([family]);
  const camera = family.simulate(board, {
    ...trial.ports.at("1-1"),
    condition: "healthy",
    ...options,
  });
  const memories = () =>
    ["flash", "qspi", "xspi", "mram", "ospi", "external", "internal", "fuses"].flatMap((name) => {
      try {
        return [[name, camera.memory(name)] as const];
      } catch {
        return [];
      }
    });
  const at = new Map(memories());
  const helper = bundled().imagesFor(board).all.filter(({ role }) => role === "flashloader");
  const plan = family.plan("backup", board, boardImages("test", helper), { backup: store });
  const result = await trial.clock.run(async () => {
    await before(camera, trial.clock);
    return await trial.run(plan, camera);
  });
  assert.deepEqual(new Map(memories()), at, "nothing is written to the camera");
  assert.deepEqual(trial.changed, []);
  return { store, result, memories: at, notes: trial.notes };
}

for (const one of boards) {
  Deno.test(`a backup contains all memory of the camera, and its files: ${one.board.id}`, async () => {
    const { store, result, memories } = await backedUp(one);
    assert.equal(result.error, undefined);
    assert.deepEqual(store.missing, []);
    const total = store.saved.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const used = [...memories.values()].filter((memory) => memory.some((byte) => byte !== 0xFF));
    const largest = Math.max(...used.map(({ length }) => length));
    assert.ok(total >= largest, `${total} bytes`);
    for (const { name, bytes, size } of store.saved) {
      assert.equal(bytes.length, size, name);
      const isThere = [...memories.values()].some((memory) => includes(memory, bytes));
      assert.ok(isThere, `${name} is not in the camera's memory`);
    }
    const systems = fileSystemsIn(store.saved);
    const [fat] = systems.filter(({ kind }) => kind.startsWith("FAT"));
    assert.deepEqual(
      fat.files.map(({ path, read }) => ({ path, content: read() })),
      userFiles,
    );
    assert.ok(systems.some(({ kind }) => kind === "ROMFS"));
  });
}

function includes(memory: Uint8Array, bytes: Uint8Array): boolean {
  for (let at = 0; at + bytes.length <= memory.length; at += 4096) {
    if (
      memory[at] === bytes[0] &&
      memory.subarray(at, at + bytes.length).every((byte, i) => byte === bytes[i])
    ) {
      return true;
    }
  }
  return false;
}

const board = (id: string) => boards.find((one) => one.board.id === id)!;
const intoRom = async (camera: SimulatedBoard, clock: Clock) => {
  for (const id of ["fit-jumper", "plug"] as const) await camera.perform({ id, text: "" });
  await clock.sleep(500);
};

Deno.test("in the ROM an M4, M7 and H7 are read completely, an H7 Plus without its QSPI, and a note says so", async () => {
  for (const id of ["openmv-m4", "openmv-m7", "openmv-h7"]) {
    const { store } = await backedUp(board(id), { condition: "bricked" }, intoRom);
    assert.equal(store.missing.length, 0, id);
    assert.equal(fileSystemsIn(store.saved)[0].files[0].path, "main.py");
  }
  const { store, result } = await backedUp(
    board("openmv-h7-plus"),
    { condition: "bricked" },
    intoRom,
  );
  assert.equal(result.error, undefined);
  assert.deepEqual(store.saved.map(({ name }) => name), ["bootloader", "filesystem", "firmware"]);
  assert.deepEqual(store.missing.map(({ name }) => name), ["spi_flash", "romfs0"]);
  assert.match(String(store.missing[0].reason), /jumper/);
});

Deno.test("a chip that is protected against reading gives no backup, and its reason", async () => {
  const traps = { readProtection: "errVENDOR-always" };
  const { store, result } = await backedUp(
    board("openmv-h7"),
    { condition: "bricked", traps },
    intoRom,
  );
  assert.equal(result.error?.kind, "protected");
  assert.deepEqual(store.saved, []);
  assert.equal(store.missing.length, 4);
});

Deno.test("a bootloader without ROMFS0: the rest is saved, and the run says what is missing", async () => {
  const traps = { oldBootloader: true };
  const { store, result } = await backedUp(board("openmv-h7"), { traps });
  assert.match(result.error!.message, /not complete: romfs0 could not be read/);
  assert.deepEqual(store.saved.map(({ name }) => name), ["bootloader", "filesystem", "firmware"]);
});

Deno.test("an earlier reading that differs does not come into the backup", async () => {
  const store = new MemoryStore();
  store.kept.set("filesystem", new Uint8Array(0x2_0000).fill(1));
  const { result } = await backedUp(board("openmv-h7"), {}, undefined, store);
  assert.equal(result.error, undefined);
  const { bytes } = store.saved.find(({ name }) => name === "filesystem")!;
  assert.equal(fileSystemsIn([{ memory: "flash", address: 0, bytes }])[0].files.length, 3);
});

const context = { families, context: { bundledImages: bundled } };

Deno.test("the command makes a whole zip, or none; what was read is kept for the next run", () =>
  inTempFolder(async (folder) => {
    const zip = join(folder, "b.zip");
    const line = `backup h7 --simulate --fast --yes --json -o ${zip}`;
    const stop = new AbortController();
    const stopped = await ran(line, {
      ...context,
      context: { bundledImages: bundled, signal: stop.signal },
      console: {
        write: (text) => {
          if (text.includes('"Read firmware twice"') && text.includes("progress")) stop.abort();
        },
      },
    });
    assert.equal(stopped.code, 130);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["b.zip.part"]);
    const parts = [...Deno.readDirSync(`${zip}.part`)].map(({ name }) => name).toSorted();
    assert.deepEqual(parts, ["bootloader.bin", "filesystem.bin"]);
    const whole = await ran(line, context);
    assert.equal(whole.code, 0, whole.error);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["b.zip"]);
    const { board, regions, missing, camera, simulated } = decodeBackup(
      Deno.readFileSync(zip),
      "b.zip",
    );
    assert.deepEqual([board.id, simulated, regions.length, missing.length], [
      "openmv-h7",
      true,
      4,
      0,
    ]);
    assert.equal(camera[0].mode, "bootloader");
    assert.equal(whole.json.at(-1)!.type, "backup");
    const again = await ran(line, context);
    assert.equal(again.code, 2, "an existing file is not overwritten");
  }));

Deno.test("files are listed and copied out of a backup and out of a camera", () =>
  inTempFolder(async (folder) => {
    const zip = join(folder, "b.zip"), out = join(folder, "out"), other = join(folder, "other");
    await ran(`backup h7 --simulate --fast --yes -o ${zip}`, context);
    const listed = await ran(`files ${zip}`, context);
    assert.equal(listed.code, 0);
    assert.match(listed.out, /FAT12 at 0x08020000 in flash: 3 files\n {2}main\.py /);
    assert.match(listed.out, /ROMFS at 0x081E0000 in flash: 1 file\n/);
    assert.equal((await ran(`files ${zip} -o ${out}`, context)).code, 0);
    for (const { path, content } of userFiles) {
      assert.deepEqual(Deno.readFileSync(join(out, "filesystem", path)), content);
    }
    assert.ok(Deno.statSync(join(out, "romfs", "sample.bin")).isFile);
    const full = await ran(`files ${zip} -o ${out}`, context);
    assert.equal(full.code, 2);
    assert.match(full.error, /is not empty/);
    const camera = await ran(`files h7 --simulate --fast --yes -o ${other}`, context);
    assert.equal(camera.code, 0, camera.error);
    assert.deepEqual(
      Deno.readFileSync(join(other, "filesystem", "main.py")),
      userFiles[0].content,
    );
  }));

Deno.test("a damaged backup, a file without files and an unknown board are refused", () =>
  inTempFolder(async (folder) => {
    const zip = join(folder, "b.zip"), raw = join(folder, "x.bin");
    await ran(`backup m4 --simulate --fast --yes -o ${zip}`, context);
    Deno.writeFileSync(zip, Deno.readFileSync(zip).slice(0, -40));
    assert.equal((await ran(`files ${zip}`, context)).code, 13);
    Deno.writeFileSync(raw, new Uint8Array(5000));
    assert.equal((await ran(`files ${raw}`, context)).code, 3);
    assert.equal((await ran(`files ${folder}/none.zip`, context)).code, 3);
    assert.equal((await ran("files h77", context)).code, 2);
  }));
