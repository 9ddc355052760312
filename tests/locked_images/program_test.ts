import assert from "node:assert/strict";
import { join } from "node:path";
import { families } from "../support/boards/families.ts";
import { addresses } from "../../core/common/addresses.ts";
import { bundledSet, realSet } from "../../core/image/pack.ts";
import { download } from "../../tools/images/download.ts";
import { lockedSet } from "../../tools/images/locked_set.ts";
import { makeLock } from "../../tools/images/make_lock.ts";
import { done, imageSetsRig } from "../support/cli/image_sets_rig.ts";
import { realCamera } from "../support/cli/real_camera.ts";
import { h7Images, releaseServer, version } from "./release_server.ts";

/** What a program does that contains the images of a lock. */

const samples = new URL("../../images/", import.meta.url);
const practice = () => bundledSet((path) => Deno.readFileSync(new URL(path, samples)));

const keys = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
const pem = async (kind: "pkcs8" | "spki", key: CryptoKey, label: string) => {
  const bytes = new Uint8Array(await crypto.subtle.exportKey(kind, key));
  return `-----BEGIN ${label}-----\n${bytes.toBase64()}\n-----END ${label}-----\n`;
};
const privateKey = new TextEncoder().encode(await pem("pkcs8", keys.privateKey, "PRIVATE KEY"));
const publicKey = await pem("spki", keys.publicKey, "PUBLIC KEY");

/** The context of a program whose maintainer refused these licences. */
async function program(...refused: string[]) {
  await using server = releaseServer();
  const lock = await makeLock(
    version,
    server.sources,
    ({ id }) =>
      Promise.resolve(
        refused.includes(id)
          ? { decision: "refused", notice: "" }
          : { decision: "accepted", notice: `the notice of ${id}` },
      ),
    () => {},
  );
  const get = async ({ address, redirects, size }: (typeof lock.archives)[number]) =>
    (await download(address, { maximum: size, redirects })).bytes;
  const { files, refused: left } = await lockedSet(lock, get, privateKey);
  const read = (path: string) => {
    const bytes = files.get(path.replace(/^real\//, ""));
    if (!path.startsWith("real/") || !bytes) throw new Deno.errors.NotFound(path);
    return bytes;
  };
  return { context: { bundledImages: practice, realImages: () => realSet(read) }, files, left };
}

const whole = await program();

Deno.test("the manifest has the licence and the source of each image, and is signed", async () => {
  using rig = imageSetsRig(whole.context);
  Deno.writeTextFileSync(join(rig.folder, "key.pem"), publicKey);
  const { out } = await done(
    rig.run(`images verify bundled-${version} --public-key %/key.pem`),
  );
  assert.match(out.replaceAll(/\s+/g, " "), /signed with the pinned key/);
  const manifest = JSON.parse(new TextDecoder().decode(whole.files.get("manifest.json")));
  const file = (folder: string, role: string) =>
    manifest.files.find((one: { folder: string; role: string }) =>
      one.folder === folder && one.role === role
    );
  assert.equal(file("OPENMV4", "bootloader").licence, "LicenseRef-OpenMV-bootloader");
  assert.match(file("OPENMV4", "bootloader").source, /firmware_v5\.1\.0\.zip\/firmware_v5/);
  assert.equal(file("OPENMV_N6", "fsbl").licence, "LicenseRef-ST-SLA0044");
  assert.match(file("OPENMV_N6", "fsbl").source, /^http.*\/loaders\/n6_bootloader\/OpenBoot/);
});

Deno.test("a real camera is restored without any file", async () => {
  const { camera, run } = realCamera("openmv-h7", {
    condition: "bricked",
    images: h7Images,
    first: ["fit-jumper", "plug"],
    context: whole.context,
  });
  const { code, out, json } = await run("restore h7 --yes --json");
  assert.equal(code, 0, out.slice(-2000));
  assert.equal(json.at(-1)!.outcome, "proven");
  const start = json.find(({ type }) => type === "run-started")!;
  assert.equal(start.imagesFrom, "folder OPENMV4 of the real images inside this program");
  const { bytes } = h7Images.get("bootloader")!;
  assert.deepEqual(camera.memory("flash").subarray(0, bytes.length), bytes);
});

Deno.test("images list: the real images are used, the others are named as simulated", async () => {
  using rig = imageSetsRig(whole.context);
  const { out } = await done(rig.run("images list"));
  assert.match(out, /^bundled-5\.1\.0 +5\.1\.0 +3 +yes, by an unknown key +real cameras$/m);
  assert.match(out, /^bundled +- +11 +no +simulated cameras only$/m);
  assert.match(out, /^openmv-h7 +restore +bundled-5\.1\.0 /m);
  assert.match(out, /^openmv-n6 +restore +bundled-5\.1\.0 /m);
  assert.match(out, /^openmv-m4 +restore +bundled /m);
  const words = out.replaceAll(/\s+/g, " ");
  assert.match(words, /for simulated cameras only: openmv-m4, openmv-m7, openmv-h7-plus/);
});

Deno.test("a plan has the real images; practice has those for simulated cameras", async () => {
  using rig = imageSetsRig(whole.context);
  const plan = await done(rig.run("plan h7"));
  assert.match(plan.out, /folder OPENMV4 of the real images inside this program/);
  assert.doesNotMatch(plan.out, /simulated cameras only/);
  const { json } = await done(rig.run("restore h7 --simulate --fast --yes --json"));
  const start = json.find(({ type }) => type === "run-started")!;
  assert.equal(start.imagesFrom, "folder OPENMV4 of the bundled images");
  const images = start.images as { simulationOnly: boolean }[];
  assert.ok(images.every(({ simulationOnly }) => simulationOnly));
});

Deno.test("loaders whose licence was refused: list, plan and run say where to get them, and an import completes them", async () => {
  const { context, left, files } = await program("st-openbootloader");
  assert.deepEqual(left.map(({ role }) => role), ["fsbl", "external-loader", "flash-layout"]);
  assert.ok(![...files.keys()].some((path) => /OpenBootloader|OBL|FlashLayout/.test(path)));
  using rig = imageSetsRig(context);
  const list = await done(rig.run("images list"));
  assert.match(list.out.replaceAll(/\s+/g, " "), /To restore the openmv-n6, these files from/);
  const ide = addresses["openmv-ide"];
  assert.equal(list.out.split(ide).length, 2, list.out);
  for (const line of ["restore n6 --yes", "plan n6"]) {
    const { code, error, out } = await rig.run(line);
    const text = code === 0 ? out : error;
    assert.equal(text.split(ide).length, 2, text);
  }
  Deno.mkdirSync(join(rig.folder, "loaders"));
  for (const [path, bytes] of whole.files) {
    if (/OpenBootloader|OBL/.test(path)) rig.write(`loaders/${path.split("/")[1]}`, bytes);
  }
  await done(rig.run("images import %/loaders"));
  const { json } = await done(rig.run("images list --json"));
  const use = json.find(({ type, board }) => type === "use" && board === "openmv-n6")!;
  assert.deepEqual([use.set, use.lenders, use.missing], [`bundled-${version}`, ["loaders"], []]);
});

Deno.test("everything refused: the program has only the images for simulated cameras", async () => {
  const { context, files } = await program(
    ...["openmv-firmware", "openmv-bootloader", "nxp-flashloader", "st-openbootloader"],
  );
  assert.equal(files.size, 0);
  assert.equal(context.realImages(), undefined);
  assert.ok(families.length > 0);
});
