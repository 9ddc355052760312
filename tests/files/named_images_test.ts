import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages as stm32Images } from "../../boards/openmv_stm32/samples.ts";
import { makeImages as n6Images, smallSizes } from "../../boards/openmv_n6/samples.ts";
import { unmarkedImages as rt1062Images } from "../../boards/openmv_rt1062/samples.ts";
import { bundledSet } from "../../core/image/pack.ts";
import { boardImages } from "../../core/image/board_images.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { genuineFiles } from "../support/images/genuine_files.ts";
import { realCamera } from "../support/cli/real_camera.ts";

/**
 * Tests which images are used if files are named, on a host that takes the camera for a real one.
 */

const samples = new URL("../../images/", import.meta.url);
const bundledImages = () => bundledSet((path) => Deno.readFileSync(new URL(path, samples)));
const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
const [, , h7] = stm32Boards;
const old = stm32Images(h7, { ...versions, firmware: "4.8.1" }, [0x4400, 0x4400, 0x2200], false);
const h7Images = stm32Images(h7, versions, [0x4400, 0x4400, 0x2200], false);

interface Workspace extends Disposable {
  readonly folder: string;
  /** Writes the files of these roles, in a release's folder or directly. */
  put(images: BoardImages, place: string, roles: readonly string[]): void;
  readonly context: { bundledImages: typeof bundledImages; dataFolder: () => string };
}

function makeWorkspace(): Workspace {
  const folder = Deno.makeTempDirSync();
  return {
    folder,
    put(images, place, roles) {
      Deno.mkdirSync(join(folder, place), { recursive: true });
      for (const { role, name, bytes } of images.all) {
        if (roles.includes(role)) Deno.writeFileSync(join(folder, place, name), bytes);
      }
    },
    context: { bundledImages, dataFolder: () => join(folder, "data") },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

const inRom = ["fit-jumper", "plug"] as const;

Deno.test("with only a bootloader.bin, restore --bootloader-only restores a real camera", async () => {
  using workspace = makeWorkspace();
  workspace.put(h7Images, "", ["bootloader"]);
  const { camera, run } = realCamera("openmv-h7", {
    condition: "bricked",
    images: h7Images,
    first: inRom,
    context: workspace.context,
  });
  const { code, out, json } = await run(
    `restore h7 --bootloader-only --yes --json --image ${workspace.folder}/bootloader.bin`,
  );
  assert.equal(code, 0, out);
  assert.equal(json.at(-1)!.outcome, "proven");
  const start = json.find(({ type }) => type === "run-started")!;
  assert.deepEqual((start.images as { role: string }[]).map(({ role }) => role), ["bootloader"]);
  assert.equal(start.simulated, false);
  const { bytes } = h7Images.get("bootloader")!;
  assert.deepEqual(camera.memory("flash").subarray(0, bytes.length), bytes);
});

Deno.test("with only a firmware.bin, flash writes it to a real camera, and no ROMFS", async () => {
  using workspace = makeWorkspace();
  workspace.put(h7Images, "", ["firmware"]);
  const { run } = realCamera("openmv-h7", {
    condition: "healthy",
    images: boardImages("old, then wanted", [...old.all, ...h7Images.all]),
    first: ["plug"],
    context: workspace.context,
  });
  const { code, out, json } = await run(
    `flash h7 --yes --json --image ${workspace.folder}/firmware.bin`,
  );
  assert.equal(code, 0, out);
  const changed = json.filter(({ type }) => type === "changing").map(({ step }) => step);
  assert.deepEqual(changed, ["firmware"]);
});

Deno.test("a bootloader.bin without --bootloader-only: the error names what is missing and that option", async () => {
  using workspace = makeWorkspace();
  workspace.put(h7Images, "", ["bootloader"]);
  const { run } = realCamera("openmv-h7", { first: inRom, context: workspace.context });
  const { code, error } = await run(`restore h7 --yes --image ${workspace.folder}/bootloader.bin`);
  assert.equal(code, 13);
  assert.match(error, /^x firmware\.bin from the bundled images is for simulated cameras only/m);
  assert.match(error, /add --bootloader-only/);
});

Deno.test("a named file made for simulated cameras is never written to a real one", async () => {
  using workspace = makeWorkspace();
  workspace.put(bundledImages().imagesFor(h7), "OPENMV4", ["bootloader", "firmware"]);
  const { run } = realCamera("openmv-h7", { first: inRom, context: workspace.context });
  for (const line of ["--image %/OPENMV4/bootloader.bin", "--images %/OPENMV4"]) {
    const named = line.replace("%", workspace.folder);
    const { code, error } = await run(`restore h7 --bootloader-only --yes ${named}`);
    assert.equal(code, 13, error);
    assert.match(error, /(is|are) for simulated cameras only/);
  }
});

const companions = [
  {
    id: "openmv-n6",
    folder: "OPENMV_N6",
    images: n6Images(versions, smallSizes, false),
    release: ["bootloader", "firmware"],
    ide: ["fsbl", "external-loader"],
    missing: /There is no OpenBootloader/,
    allow: "",
  },
  {
    id: "openmv-rt1062",
    folder: "OPENMV_RT1060",
    images: rt1062Images(),
    release: ["firmware"],
    ide: ["flashloader", "bootloader"],
    missing: /There is no RAM flashloader/,
    allow: " --allow-fuse boot-source",
  },
] as const;

for (const { id, folder, images, release, ide, missing, allow } of companions) {
  Deno.test(`${id}: for a release without loaders, imported or named files provide them`, async () => {
    using workspace = makeWorkspace();
    workspace.put(images, `release/${folder}`, release);
    workspace.put(images, `ide/share/qtcreator/firmware/${folder}`, ide);
    const settings = join(workspace.folder, "ide/share/qtcreator/firmware/settings.json");
    Deno.writeTextFileSync(settings, '{"firmware_version": "4.8.1"}');
    const camera = () =>
      realCamera(id, { condition: "bricked", images, first: inRom, context: workspace.context });
    const restore = `restore ${id} --yes --images ${workspace.folder}/release${allow}`;

    const { code, error } = await camera().run(restore);
    assert.equal(code, 3);
    assert.match(error, missing);
    assert.match(error, /comes with OpenMV IDE[^]*unbrick images import FOLDER/);
    assert.doesNotMatch(error, /release's folder or zip with --images/);

    const both = await camera().run(`${restore} --images ${workspace.folder}/ide --json`);
    assert.equal(both.code, 0, both.out);

    const turned = restore.replace("--images", `--images ${workspace.folder}/ide --images`);
    assert.equal((await camera().run(`${turned} --json`)).code, 0);

    const kept = camera();
    assert.equal((await kept.run(`images import ${workspace.folder}/ide`)).code, 0);
    const lent = await kept.run(`${restore} --json`);
    assert.equal(lent.code, 0, lent.out);
    assert.match(
      String(lent.json.find(({ type }) => type === "run-started")!.imagesFrom),
      new RegExp(`folder ${folder} of release and the imported set openmv-ide-4\\.8\\.1`),
    );
  });

  Deno.test(`${id}: with only the loaders named, an imported release provides everything else`, async () => {
    using workspace = makeWorkspace();
    workspace.put(images, `release/${folder}`, release);
    workspace.put(images, `loaders/${folder}`, ide);
    const { run } = realCamera(id, {
      condition: "bricked",
      images,
      first: inRom,
      context: workspace.context,
    });
    const restore = `restore ${id} --yes --json --images ${workspace.folder}/loaders${allow}`;
    const alone = await run(restore);
    assert.equal(alone.code, 13, alone.out);
    assert.match(alone.out, /for simulated cameras only/);
    assert.equal((await run(`images import ${workspace.folder}/release --name 4.8.1`)).code, 0);
    const { code, out, json } = await run(restore);
    assert.equal(code, 0, out);
    assert.match(
      String(json.find(({ type }) => type === "run-started")!.imagesFrom),
      new RegExp(`loaders and folder ${folder} of the imported set 4\\.8\\.1`),
    );
  });
}

const genuine = genuineFiles("se-tools");

Deno.test({
  name:
    "openmv-ae3: with only the SE Tools named, the plan has their packages and the other images",
  ignore: genuine.missing,
  async fn() {
    using workspace = makeWorkspace();
    const { run } = realCamera("openmv-ae3", { context: workspace.context });
    const folder = fileURLToPath(genuine.folder);
    const { code, out } = await run(`plan restore ae3 --images ${folder}`);
    assert.equal(code, 0, out);
    assert.match(out, /Images: se-tools and folder OPENMV_AE3 of\s+the\s+bundled\s+images/);
    assert.match(out, /SP-AE302F80F55D5AE-rev-b4\.bin/);
    assert.match(out, /firmware_M55_HP\.bin/);
  },
});
