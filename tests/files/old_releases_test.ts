import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { families } from "../support/boards/families.ts";
import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages } from "../../boards/openmv_stm32/samples.ts";
import { ran } from "../support/cli/command_rig.ts";
import { genuineFiles } from "../support/images/genuine_files.ts";

/** Releases up to 4.5.9, which have a serial bootloader. */

const reason = /old serial bootloader of firmware 4\.5\.9 and older.*releases from 4\.6\.0 on/;

Deno.test("an old serial bootloader is recognised and refused, and the message names the first suitable release", async () => {
  const h7 = stm32Boards.find(({ id }) => id === "openmv-h7")!;
  const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
  const bytes = makeImages(h7, versions, [0x4400, 0x4400, 0x2200], false).get("bootloader")!.bytes
    .slice();
  // 1209:ABD1 where a DFU bootloader has OpenMV's own id (openmv-runtime.md 4.3).
  bytes.set([0x09, 0x12, 0xD1, 0xAB], 0x0808);
  const file = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(file, bytes);
    const line = `plan restore h7 --bootloader-only --image bootloader=${file}`;
    const { code, error } = await ran(line, { families });
    assert.equal(code, 13);
    const words = error.replaceAll(/\s+/g, " ");
    assert.match(words, reason);
    assert.match(words, /Take bootloader\.bin from an OpenMV firmware release 4\.6\.0 or newer/);
  } finally {
    Deno.removeSync(file);
  }
});

const genuine = genuineFiles("openmv-releases");
/** Folders of old releases, with today's names of the boards. */
const folders = [
  ["v1.9/OPENMV2", "openmv-m4"],
  ["v1.9/OPENMV7", "openmv-m7"],
  ["v3.0/OPENMV2", "openmv-m4"],
  ["v3.0/OPENMV3", "openmv-m7"],
  ["v3.0/OPENMV4", "openmv-h7"],
  ["v3.4.3/OPENMV2", "openmv-m4"],
  ["v3.4.3/OPENMV3", "openmv-m7"],
  ["v3.4.3/OPENMV4", "openmv-h7"],
  ["v3.4.3/OPENMV4R", "openmv-h7-plus"],
] as const;

for (const [folder, board] of folders) {
  Deno.test({
    name: `${folder} for ${board}: bootloader.bin and bootloader.dfu are recognised as serial`,
    ignore: genuine.missing,
    async fn() {
      for (const name of ["bootloader.bin", "bootloader.dfu"]) {
        const file = fileURLToPath(new URL(`${folder}/${name}`, genuine.folder));
        const line = `plan restore ${board} --bootloader-only --image ${file}`;
        const { code, error } = await ran(line, { families });
        assert.equal(code, 13, `${name}: ${error}`);
        assert.match(error.replaceAll(/\s+/g, " "), reason);
      }
    },
  });
}

Deno.test({
  name: "v3.4.3: openmv.bin and openmv.dfu are recognised as two programs in one file",
  ignore: genuine.missing,
  async fn() {
    for (const [folder, board] of folders.filter(([folder]) => folder.startsWith("v3.4.3"))) {
      const file = fileURLToPath(new URL(`${folder}/openmv.bin`, genuine.folder));
      const { code, error } = await ran(
        `plan restore ${board} --bootloader-only --image bootloader=${file}`,
        { families },
      );
      assert.equal(code, 13);
      assert.match(error.replaceAll(/\s+/g, " "), /contains bootloader and firmware/, folder);
    }
    const dfu = fileURLToPath(new URL("v3.4.3/OPENMV4/openmv.dfu", genuine.folder));
    const { error } = await ran(`plan restore h7 --bootloader-only --image bootloader=${dfu}`, {
      families,
    });
    assert.match(error.replaceAll(/\s+/g, " "), /contains bootloader and firmware/);
  },
});
