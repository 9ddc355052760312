import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { makeZip } from "../core/image/zip_writer.ts";
import { inMemory } from "../core/image/byte_source.ts";
import { zipFiles } from "../core/image/zip.ts";
import { done, imageSetsRig } from "./support/cli/image_sets_rig.ts";
import type { Surroundings } from "./support/cli/command_rig.ts";
import { realFirmware, sampleRelease } from "./support/images/sample_release.ts";

/** Image sets with a pinned public key. */

/** Two key pairs and a release. */
async function rigWithKeys(change: Surroundings["context"] = {}) {
  const [ours, theirs] = [1, 2].map(() => generateKeyPairSync("ed25519"));
  const pem = (
    key: { export(options: { type: "spki" | "pkcs8"; format: "pem" }): unknown },
    type: "spki" | "pkcs8",
  ) => new TextEncoder().encode(String(key.export({ type, format: "pem" })));
  const publicKey = pem(ours.publicKey, "spki");
  const rig = imageSetsRig(change);
  rig.write("ours.pem", pem(ours.privateKey, "pkcs8"));
  rig.write("ours_public.pem", publicKey);
  rig.write("theirs.pem", pem(theirs.privateKey, "pkcs8"));
  rig.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  return { rig, publicKey };
}

Deno.test("a pinned key: signed sets only, in every command", async () => {
  using rig = (await rigWithKeys()).rig;
  const pinned = "--public-key %/ours_public.pem";
  const restore = "restore openmv-h7 --simulate --fast --yes";

  assert.equal((await rig.run(`images import %/firmware_v5.1.0.zip ${pinned}`)).code, 13);
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  assert.equal((await rig.run(`${restore} ${pinned}`)).code, 13);
  assert.equal((await rig.run(`images verify ${pinned}`)).code, 13);

  await done(rig.run("images export 5.1.0 %/signed.zip --sign %/ours.pem"));
  await done(rig.run("images export 5.1.0 %/theirs.zip --sign %/theirs.pem"));
  assert.equal((await rig.run("images export 5.1.0 %/signed.zip")).code, 2);
  assert.equal((await rig.run(`images import %/theirs.zip ${pinned}`)).code, 13);
  await done(rig.run(`images import %/signed.zip ${pinned}`));
  await done(rig.run(`${restore} ${pinned}`));
  await done(rig.run(`images verify 5.1.0 ${pinned}`));
  await done(rig.run(`${restore} --images %/signed.zip ${pinned}`));
  assert.equal((await rig.run(`${restore} --images %/firmware_v5.1.0.zip ${pinned}`)).code, 13);
  // Nobody can sign a single file.
  const single = `${restore} --images %/signed.zip --image firmware=%/firmware.bin`;
  rig.write("firmware.bin", sampleRelease("5.1.0").get("firmware_v5.1.0/OPENMV4/firmware.bin")!);
  assert.equal((await rig.run(`${single} ${pinned}`)).code, 13);
  await done(rig.run(single));
  // A private key is not a public key.
  assert.equal((await rig.run(`${restore} --public-key %/ours.pem`)).code, 13);

  // The signature covers the manifest, and the manifest covers every file.
  const entries = zipFiles(inMemory(Deno.readFileSync(join(rig.folder, "signed.zip"))), "x", "x");
  const files = new Map(entries.paths.map((path) => [path, entries.read(path)]));
  const manifest = new TextDecoder().decode(files.get("manifest.json")!);
  rig.write(
    "altered.zip",
    makeZip(
      new Map([
        ...files,
        ["manifest.json", new TextEncoder().encode(manifest.replace("5.1.0", "5.1.1"))],
      ]),
    ),
  );
  assert.equal((await rig.run(`images import %/altered.zip ${pinned}`)).code, 13);
  const swapped = files.get("OPENMV4/firmware.bin")!.slice();
  swapped[2000] ^= 1;
  rig.write("swapped.zip", makeZip(new Map([...files, ["OPENMV4/firmware.bin", swapped]])));
  assert.equal((await rig.run(`images import %/swapped.zip ${pinned}`)).code, 13);
});

Deno.test("a pinned key: the true reason is given why a newer set was not used", async () => {
  using rig = (await rigWithKeys()).rig;
  const pinned = "--public-key %/ours_public.pem";
  await done(rig.run("images import %/firmware_v5.1.0.zip"));
  await done(rig.run("images export 5.1.0 %/signed.zip --sign %/ours.pem"));
  await done(rig.run(`images import %/signed.zip ${pinned}`));
  rig.write("firmware_v5.2.0.zip", makeZip(sampleRelease("5.2.0")));
  await done(rig.run("images import %/firmware_v5.2.0.zip"));
  const why = async (options: string) => {
    const { json } = await done(rig.run(`images list --json ${options}`));
    const { set, why } = json.find(({ board }) => board === "openmv-n6")!;
    return [set, why];
  };
  assert.deepEqual(await why(""), ["5.2.0", "newest imported set"]);
  const signed = ["5.1.0", "newest imported set signed with the pinned key"];
  assert.deepEqual(await why(pinned), signed);
  const { error } = await rig.run(`images import %/firmware_v5.2.0.zip ${pinned}`);
  assert.match(error, /images export SET\s+FILE\s+--sign KEY/);
});

Deno.test("a pinned key: another tool's command writes only what a signed set lists", async () => {
  const built: { key?: Uint8Array } = {};
  const { rig, publicKey } = await rigWithKeys({ pinnedKey: () => built.key });
  using _ = rig;
  // Without the mark, because another tool's command never writes images for simulated cameras.
  const firmware = realFirmware("5.1.0");
  const [[path, bytes]] = [...firmware].filter(([path]) => path.endsWith("firmware.bin"));
  rig.write("real.zip", makeZip(firmware));
  await done(rig.run("images import %/real.zip --name real"));
  await done(rig.run("images export real %/signed.zip --sign %/ours.pem"));
  rig.write("firmware.bin", bytes);
  const other = bytes.slice();
  other[bytes.length - 1] ^= 1;
  rig.write("other.bin", other);
  rig.write("FL.tsv", new TextEncoder().encode("-\t0x1\tx\tBinary\tnone\t0x0\tother.bin\n"));
  const lines = (file: string) => [
    `dfu-util -D %/${file}`,
    `sdphost -u 0x1fc9,0x0135 -- write-file 0x20001C00 %/${file}`,
    `blhost -u 0x15a2,0x0073 -- write-memory 0x60000000 %/${file}`,
  ];
  const inMram = (file: string) =>
    rig.words(["app-write-mram", "-p", "-i", `${rig.folder}/${file} 0x80000000`]);
  const told = async (file: string) => {
    const ran = [...lines(file).map((line) => rig.run(line)), inMram(file)];
    return (await Promise.all(ran)).map(({ code, out, error }) => ({ code, text: out + error }));
  };
  const refusals = async (file: string) =>
    (await told(file)).map(({ text }) => /No\s+image\s+set\s+signed/.test(text));

  assert.deepEqual(await refusals("other.bin"), [false, false, false, false]);
  built.key = publicKey;
  assert.deepEqual(await refusals("firmware.bin"), [true, true, true, true], path);
  await done(rig.run("images import %/signed.zip"));
  assert.deepEqual(await refusals("firmware.bin"), [false, false, false, false]);
  assert.deepEqual(await refusals("other.bin"), [true, true, true, true]);
  assert.ok((await told("other.bin")).every(({ code }) => code !== 0));
  const layout = await rig.run("STM32_Programmer_CLI -c port=usb1 -w %/FL.tsv");
  assert.equal(layout.code, 13);
  assert.match(layout.error, /No\s+image\s+set\s+signed[^]*FL\.tsv/);
});
