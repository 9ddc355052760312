import assert from "node:assert/strict";
import { join } from "node:path";
import { parseAtoc } from "../core/protocols/alif_isp/packets/atoc.ts";
import { isChainValid, rootOf } from "../core/protocols/alif_isp/packets/certificate_chain.ts";
import { sampleKeys } from "../core/protocols/alif_isp/model/sample/keys.ts";
import { certificateChain, rootHash } from "../core/protocols/alif_isp/model/sample/sign.ts";
import { sampleDeviceConfig } from "../core/protocols/alif_isp/model/sample/toc.ts";
import {
  BAD_IMAGE,
  NOT_FOUND,
  SeToolsFolder,
  toolImages,
  USAGE,
  WRONG_BOARD,
} from "./support/cli/se_tools_rig.ts";
import { genuineFiles } from "./support/images/genuine_files.ts";
import { pemOf } from "./support/images/sample_pem.ts";

/** Tests the documented lines of `unbrick toc` and `app-gen-toc`. */

const bytesOf = (role: string) => toolImages.get(role)!.bytes;

Deno.test("toc explains a table and says whether it fits", async () => {
  const tools = new SeToolsFolder();
  const path = join(tools.folder, "firmware_pad.toc");
  const text = await tools.ok("toc", path);
  assert.match(text, /HP_BOOT: image, version 1\.0\.0, 4656 bytes, for M55-HP, boot/);
  assert.match(text, /stored at 0x80000000/);
  assert.equal(text.match(/signature right/g)?.length, 4);
  assert.match(text, /It describes .*bootloader\.bin/);
  const other = bytesOf("bootloader").slice();
  other[4_200] ^= 1;
  Deno.writeFileSync(join(tools.folder, "other.bin"), other);
  const misfit = await tools.fails(
    BAD_IMAGE,
    "toc",
    path,
    "--bootloader",
    join(tools.folder, "other.bin"),
  );
  assert.match(misfit, /does not describe/);
  assert.match(await tools.fails(USAGE, "toc"), /One file is needed/);
  Deno.writeFileSync(join(tools.folder, "short.toc"), bytesOf("toc").subarray(0x1110));
  assert.match(await tools.ok("toc", join(tools.folder, "short.toc")), /3824 bytes at 0x8057F110/);
});

Deno.test("toc refuses a table whose certificates or configuration are damaged", async () => {
  const tools = new SeToolsFolder();
  const toc = bytesOf("toc");
  const damaged = join(tools.folder, "damaged.toc");
  const fails = async (offset: number) => {
    const bytes = toc.slice();
    bytes[offset] ^= 1;
    Deno.writeFileSync(damaged, bytes);
    return await tools.fails(BAD_IMAGE, "toc", damaged);
  };
  // The offsets are from the layout in alif-isp.md C.7.
  const certificates = { HP_BOOT: 0x1110, HP_APP: 0x1480, HE_APP: 0x17F0, DEVICE: 0x1B60 };
  for (const [name, start] of Object.entries(certificates)) {
    for (const inside of [20, 424, 433, 600]) {
      assert.match(
        await fails(start + inside),
        new RegExp(`signature of its entry ${name} is wrong`),
      );
    }
    assert.match(tools.out, new RegExp(`${name}: [^]*?signature WRONG`));
  }
  for (const at of [0x1ED0, 0x1ED0 + 119]) {
    assert.match(await fails(at), /entry DEVICE does not match its certificate/);
  }
});

const entry = (binary: string, mramAddress: string, cpu_id: string, flag: string) => ({
  disabled: false,
  binary,
  mramAddress,
  version: "1.0.0",
  cpu_id,
  flags: [flag],
  signed: false,
});
/** The configuration that OpenMV uses for the AE3 (openmv-boards.md 2.5). */
const config = {
  DEVICE: { binary: "app-device-config-ae3.json", version: "0.5.00", signed: false },
  HP_BOOT: entry("bootloader.bin", "0x80000000", "M55_HP", "boot"),
  HP_APP: entry("firmware_M55_HP.bin", "0x80020000", "M55_HP", "deferred"),
  HE_APP: entry("firmware_M55_HE.bin", "0x80320000", "M55_HE", "deferred"),
};

/** Returns a folder with the images that app-gen-toc reads and, on request, the signing key. */
function generatorFolder(hasKey: boolean): SeToolsFolder {
  const tools = new SeToolsFolder({ tableGone: true });
  const { folder } = tools;
  for (const name of ["firmware_M55_HP.bin", "firmware_M55_HE.bin", "bootloader.bin"]) {
    Deno.copyFileSync(join(folder, name), join(folder, "build/images", name));
  }
  if (hasKey) writeKey(folder);
  return tools;
}

const writeKey = (folder: string) =>
  Deno.writeTextFileSync(join(folder, "utils/key/OEMSBContent.pem"), pemOf(sampleKeys.development));

/** The AE3's device configuration, as OpenMV uses it. */
const deviceConfig = {
  metadata: {
    device: "AE302F80F55D5AE",
    project: "",
    external_clock_sources: [
      { id: "OSC_HFXO", enabled: true, frequency: 38_400_000 },
      { id: "OSC_LFXO", enabled: true, frequency: 32_768 },
    ],
  },
  firewall: { firewall_components: [], region_stitching: false },
  pinmux: [],
  clocks: {},
  miscellaneous: [],
};

Deno.test("app-gen-toc makes a table with which the camera starts", async () => {
  const tools = generatorFolder(false);
  const { folder } = tools;
  const json = join(folder, "cfg.json");
  Deno.writeTextFileSync(json, JSON.stringify(config));
  const line = ["app-gen-toc", "-f", json, "--pad", join(folder, "own_pad.toc")];
  assert.match(await tools.fails(NOT_FOUND, ...line), /the device configuration is missing/);
  Deno.writeFileSync(join(folder, "build/images/app-device-config-ae3.bin"), new Uint8Array(120));
  assert.match(await tools.fails(NOT_FOUND, ...line), /no signing key/);
  writeKey(folder);
  await tools.ok(...line);
  assert.equal(Deno.statSync(join(folder, "build/AppTocPackage.bin")).size, 3_824);
  await tools.ok("app-write-mram", "-i", "bootloader.bin 0x80000000 own_pad.toc 0x8057E000");
  assert.match(await tools.ok("maintenance", "-opt", "gettoc"), /HP_BOOT .* u VB\n/);
  assert.match(
    await tools.fails(NOT_FOUND, ...line, "-o", "nowhere/own.bin"),
    /own\.bin cannot be written/,
  );
  const refused: readonly [object, RegExp][] = [
    [{ flags: ["encrypt"] }, /"encrypt" is not offered/],
    [{ flags: ["toString"] }, /no flag "toString"/],
    [{ version: "-1.0.0" }, /"-1\.0\.0" is no version/],
    [{ version: ".." }, /"\.\." is no version/],
  ];
  for (const [change, said] of refused) {
    Deno.writeTextFileSync(json, JSON.stringify({ HP_BOOT: { ...config.HP_BOOT, ...change } }));
    assert.match(await tools.fails(USAGE, ...line), said);
  }
});

Deno.test("app-gen-toc compiles the AE3's device configuration, and no other", async () => {
  const tools = generatorFolder(true);
  const { folder } = tools;
  const json = join(folder, "cfg.json");
  Deno.writeTextFileSync(json, JSON.stringify({ DEVICE: config.DEVICE }));
  Deno.mkdirSync(join(folder, "build/config"));
  const source = join(folder, "build/config/app-device-config-ae3.json");
  const line = ["app-gen-toc", "-f", json, "-o", join(folder, "own.bin")];
  Deno.writeTextFileSync(source, JSON.stringify(deviceConfig));
  await tools.ok(...line);
  const { entries } = parseAtoc(Deno.readFileSync(join(folder, "own.bin")), "own.bin");
  assert.deepEqual(entries[0].object, sampleDeviceConfig);
  const pins = { ...deviceConfig, pinmux: [{ pin: 1 }] };
  Deno.writeTextFileSync(source, JSON.stringify(pins));
  assert.match(await tools.fails(BAD_IMAGE, ...line), /only an empty list can be compiled here/);
});

Deno.test("app-gen-toc signs each entry unless it is marked as unsigned", async () => {
  const tools = generatorFolder(true);
  const { folder } = tools;
  const json = join(folder, "cfg.json"), own = join(folder, "own.bin");
  const line = ["app-gen-toc", "-f", json, "-o", own];
  const { signed: _, ...boot } = config.HP_BOOT;
  const { mramAddress: __, ...image } = { ...boot, binary: "firmware_M55_HE.bin" };
  const loaded = { ...image, cpu_id: "M55_HE", flags: ["load", "boot"], loadAddress: "0x58000000" };
  const write = (content: object) => Deno.writeTextFileSync(json, JSON.stringify(content));
  write({ HP_BOOT: boot, HE_RAM: loaded });
  assert.match(await tools.fails(NOT_FOUND, ...line), /cert\/OEMSBKey1\.crt.*"signed": false/);
  Deno.mkdirSync(join(folder, "cert"));
  const writeCertificates = (root: "production" | "development") => {
    const chain = certificateChain({ bytes: new Uint8Array(16), storeAddress: 0x8000_0000 }, root);
    Deno.writeFileSync(join(folder, "cert/OEMSBKey1.crt"), chain.subarray(0, 840));
    Deno.writeFileSync(join(folder, "cert/OEMSBKey2.crt"), chain.subarray(840, 1680));
  };
  writeCertificates("production");
  assert.match(await tools.fails(BAD_IMAGE, ...line), /OEMSBKey2\.crt belongs to another key/);
  writeCertificates("development");
  const text = await tools.ok(...line);
  assert.match(text, /HE_RAM: image, [^]* loaded to 0x58000000/);
  const { entries } = parseAtoc(Deno.readFileSync(own), "own.bin");
  for (const { chain } of entries) {
    assert.ok(isChainValid(chain!));
    assert.deepEqual(rootOf(chain!), rootHash("development"));
  }
  assert.deepEqual(entries[1].object, bytesOf("firmware-he"));
  assert.equal((await tools.ok("toc", own)).match(/root key .*, Alif's/g)?.length, 2);
  const refused: readonly [object, RegExp][] = [
    [{ ...loaded, loadAddress: undefined }, /"load" needs a loadAddress/],
    [{ ...loaded, loadAddress: "0x80000000" }, /no memory at the loadAddress/],
    [{ ...loaded, cpu_id: undefined }, /"boot" needs a cpu_id/],
  ];
  for (const [entry, said] of refused) {
    write({ HE_RAM: entry });
    assert.match(await tools.fails(USAGE, ...line), said);
  }
  write({ HE_RAM: { ...loaded, mramAdress: "0x80000000" } });
  assert.match(await tools.fails(BAD_IMAGE, ...line), /mramAdress/);
});

const genuine = genuineFiles("se-tools");

Deno.test({
  name: "toc explains genuine signed packages, with their certificates",
  ignore: genuine.missing,
  async fn() {
    const tools = new SeToolsFolder();
    const copy = (name: string) => {
      Deno.writeFileSync(join(tools.folder, name), genuine.read(name));
      return join(tools.folder, name);
    };
    const signed = (name: string) => {
      copy(`${name}.sign`);
      return copy(name);
    };
    Deno.removeSync(join(tools.folder, "bootloader.bin"));
    const application = await tools.ok("toc", signed("AppTocPackage.bin"));
    assert.match(
      application,
      /version 2, 16 KiB at 0x8057BFF0/,
    );
    assert.match(application, /Made for the part AE822FA0E5597LS0, which no OpenMV AE3 has\./);
    assert.equal(application.match(/root key 74be63bb\w+, the customer's/g)?.length, 2);
    assert.equal(application.match(/signature right/g)?.length, 2);
    assert.match(application, /BLINK-HE: image.*for M55-HE, load, boot/);
    assert.match(application, /loaded to 0x58000000/);
    assert.match(application, /AppTocPackage\.bin\.sign matches all of its bytes/);

    const name = "SP-AE302F80F55D5AE-rev-b4.bin";
    const path = signed(name);
    const system = await tools.ok("toc", path, "--part", "AE302F80F55D5AE");
    assert.match(system, /system package, version 1\.110\.0, 270368 bytes/);
    assert.equal(system.match(/root key 4ca48f28\w+, Alif's/g)?.length, 3);
    assert.equal(system.match(/sha256 3f6113c2\w+, of the decrypted image/g)?.length, 2);
    assert.match(system, /DEVICE: [^]* stored at 0x805C1EC0/);
    assert.match(
      await tools.fails(WRONG_BOARD, "toc", path, "--part", "X"),
      /made for the part AE302/,
    );
    Deno.writeFileSync(path, genuine.read(name).with(5000, 1));
    assert.match(
      await tools.fails(BAD_IMAGE, "toc", path),
      /not the file that .*\.sign was made for/,
    );
    Deno.removeSync(`${path}.sign`);
    assert.match(await tools.ok("toc", path), /no .*\.sign: its bytes cannot be checked/);

    const other = await tools.ok("toc", signed("SP-AE101F4071542LH-rev-b4.bin"));
    assert.match(other, /AE101F4071542LH, which no OpenMV AE3 has/);
    assert.match(other, /DEVICE: [^]* stored at 0x801C1EC0/);
    const beside = await tools.ok("toc", signed("SP-AE822FA0E5597BS0-ospi0-32-rev-a0.bin"));
    assert.match(beside, /DEVICE: [^]* stored at 0xA1FC1EC0/);
  },
});
