import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { makeZip } from "../core/image/zip_writer.ts";
import { inMemory } from "../core/image/byte_source.ts";
import { zipFiles } from "../core/image/zip.ts";
import { desk, done } from "./support/cli/image_sets_rig.ts";
import type { Surroundings } from "./support/cli/command_rig.ts";
import { realFirmware, sampleRelease } from "./support/images/sample_release.ts";

/** Image sets where a public key is pinned. */

/** Two pairs of keys and a release on the desk. */
async function deskWithKeys(change: Surroundings["context"] = {}) {
  const [ours, theirs] = [1, 2].map(() => generateKeyPairSync("ed25519"));
  const pem = (
    key: { export(options: { type: "spki" | "pkcs8"; format: "pem" }): unknown },
    type: "spki" | "pkcs8",
  ) => new TextEncoder().encode(String(key.export({ type, format: "pem" })));
  const publicKey = pem(ours.publicKey, "spki");
  const bench = desk(change);
  bench.write("ours.pem", pem(ours.privateKey, "pkcs8"));
  bench.write("ours_public.pem", publicKey);
  bench.write("theirs.pem", pem(theirs.privateKey, "pkcs8"));
  bench.write("firmware_v5.1.0.zip", makeZip(sampleRelease("5.1.0")));
  return { bench, publicKey };
}

Deno.test("a pinned key: signed sets only, in every command", async () => {
  using bench = (await deskWithKeys()).bench;
  const pinned = "--public-key %/ours_public.pem";
  const restore = "restore openmv-h7 --simulate --fast --yes";

  assert.equal((await bench.run(`images import %/firmware_v5.1.0.zip ${pinned}`)).code, 13);
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  assert.equal((await bench.run(`${restore} ${pinned}`)).code, 13);
  assert.equal((await bench.run(`images verify ${pinned}`)).code, 13);

  await done(bench.run("images export 5.1.0 %/signed.zip --sign %/ours.pem"));
  await done(bench.run("images export 5.1.0 %/theirs.zip --sign %/theirs.pem"));
  assert.equal((await bench.run("images export 5.1.0 %/signed.zip")).code, 2);
  assert.equal((await bench.run(`images import %/theirs.zip ${pinned}`)).code, 13);
  await done(bench.run(`images import %/signed.zip ${pinned}`));
  await done(bench.run(`${restore} ${pinned}`));
  await done(bench.run(`images verify 5.1.0 ${pinned}`));
  await done(bench.run(`${restore} --images %/signed.zip ${pinned}`));
  assert.equal((await bench.run(`${restore} --images %/firmware_v5.1.0.zip ${pinned}`)).code, 13);
  // A single file is signed by nobody.
  const single = `${restore} --images %/signed.zip --image firmware=%/firmware.bin`;
  bench.write("firmware.bin", sampleRelease("5.1.0").get("firmware_v5.1.0/OPENMV4/firmware.bin")!);
  assert.equal((await bench.run(`${single} ${pinned}`)).code, 13);
  await done(bench.run(single));
  // A private key is no public one.
  assert.equal((await bench.run(`${restore} --public-key %/ours.pem`)).code, 13);

  // The signature binds the manifest, and the manifest every file.
  const entries = zipFiles(inMemory(Deno.readFileSync(join(bench.folder, "signed.zip"))), "x", "x");
  const files = new Map(entries.paths.map((path) => [path, entries.read(path)]));
  const manifest = new TextDecoder().decode(files.get("manifest.json")!);
  bench.write(
    "altered.zip",
    makeZip(
      new Map([
        ...files,
        ["manifest.json", new TextEncoder().encode(manifest.replace("5.1.0", "5.1.1"))],
      ]),
    ),
  );
  assert.equal((await bench.run(`images import %/altered.zip ${pinned}`)).code, 13);
  const swapped = files.get("OPENMV4/firmware.bin")!.slice();
  swapped[2000] ^= 1;
  bench.write("swapped.zip", makeZip(new Map([...files, ["OPENMV4/firmware.bin", swapped]])));
  assert.equal((await bench.run(`images import %/swapped.zip ${pinned}`)).code, 13);
});

Deno.test("a pinned key: why a newer set was passed over is told as it is", async () => {
  using bench = (await deskWithKeys()).bench;
  const pinned = "--public-key %/ours_public.pem";
  await done(bench.run("images import %/firmware_v5.1.0.zip"));
  await done(bench.run("images export 5.1.0 %/signed.zip --sign %/ours.pem"));
  await done(bench.run(`images import %/signed.zip ${pinned}`));
  bench.write("firmware_v5.2.0.zip", makeZip(sampleRelease("5.2.0")));
  await done(bench.run("images import %/firmware_v5.2.0.zip"));
  const why = async (options: string) => {
    const { json } = await done(bench.run(`images list --json ${options}`));
    const { set, why } = json.find(({ board }) => board === "openmv-n6")!;
    return [set, why];
  };
  assert.deepEqual(await why(""), ["5.2.0", "newest imported set"]);
  const signed = ["5.1.0", "newest imported set signed with the pinned key"];
  assert.deepEqual(await why(pinned), signed);
  const { error } = await bench.run(`images import %/firmware_v5.2.0.zip ${pinned}`);
  assert.match(error, /images export SET\s+FILE\s+--sign KEY/);
});

Deno.test("a pinned key: another tool's line writes what a signed set lists, and nothing else", async () => {
  const built: { key?: Uint8Array } = {};
  const { bench, publicKey } = await deskWithKeys({ pinnedKey: () => built.key });
  using _ = bench;
  // Without the mark, as another tool's line never writes what is made for simulated cameras.
  const firmware = realFirmware("5.1.0");
  const [[path, bytes]] = [...firmware].filter(([path]) => path.endsWith("firmware.bin"));
  bench.write("real.zip", makeZip(firmware));
  await done(bench.run("images import %/real.zip --name real"));
  await done(bench.run("images export real %/signed.zip --sign %/ours.pem"));
  bench.write("firmware.bin", bytes);
  const other = bytes.slice();
  other[bytes.length - 1] ^= 1;
  bench.write("other.bin", other);
  bench.write("FL.tsv", new TextEncoder().encode("-\t0x1\tx\tBinary\tnone\t0x0\tother.bin\n"));
  const lines = (file: string) => [
    `dfu-util -D %/${file}`,
    `sdphost -u 0x1fc9,0x0135 -- write-file 0x20001C00 %/${file}`,
    `blhost -u 0x15a2,0x0073 -- write-memory 0x60000000 %/${file}`,
  ];
  const inMram = (file: string) =>
    bench.words(["app-write-mram", "-p", "-i", `${bench.folder}/${file} 0x80000000`]);
  const told = async (file: string) => {
    const ran = [...lines(file).map((line) => bench.run(line)), inMram(file)];
    return (await Promise.all(ran)).map(({ code, out, error }) => ({ code, text: out + error }));
  };
  const refusals = async (file: string) =>
    (await told(file)).map(({ text }) => /No\s+image\s+set\s+signed/.test(text));

  assert.deepEqual(await refusals("other.bin"), [false, false, false, false]);
  built.key = publicKey;
  assert.deepEqual(await refusals("firmware.bin"), [true, true, true, true], path);
  await done(bench.run("images import %/signed.zip"));
  assert.deepEqual(await refusals("firmware.bin"), [false, false, false, false]);
  assert.deepEqual(await refusals("other.bin"), [true, true, true, true]);
  assert.ok((await told("other.bin")).every(({ code }) => code !== 0));
  const layout = await bench.run("STM32_Programmer_CLI -c port=usb1 -w %/FL.tsv");
  assert.equal(layout.code, 13);
  assert.match(layout.error, /No\s+image\s+set\s+signed[^]*FL\.tsv/);
});
