import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { allBoards } from "../../core/cli/devices/board_names.ts";
import { imageSetsRig } from "../support/cli/image_sets_rig.ts";

/**
 * What a browser or a script saved in place of a file (FYSETC/FYSETC-SPIDER#102) is refused as each
 * image whose content no processor checks: every ROMFS, and the AE3's M55-HE firmware.
 */

const ascii = (text: string) => new TextEncoder().encode(text);
const zeros = new Uint8Array(4000);
const strangers: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["page.bin", ascii(`\n\n<!DOCTYPE html><html lang="en">${"x".repeat(4000)}`), /a web page/],
  ["answer.bin", ascii('{"message":"Not Found"}\n'), /a JSON text/],
  ["x.bin", new Uint8Array([...ascii("Rar!\x1a\x07\x01\0"), ...zeros]), /a RAR archive/],
  ["y.bin", new Uint8Array([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, ...zeros]), /cannot be used/],
  ["empty.bin", new Uint8Array(), /cannot be used/],
  ["cut.bin", Uint8Array.of(0xD2, 0xCD, 0x31, 0xA0, 0x00, 1, 2), /cannot be used/],
];

for (const { board } of allBoards(families)) {
  const roles = board.roles.map(({ role }) => role)
    .filter((role) => role.startsWith("romfs") || role === "firmware-he");
  if (board.jobs.flash !== true) continue;
  for (const role of roles) {
    Deno.test(`${board.id}: what is not a ${role} is refused before a device is touched`, async () => {
      using workspace = imageSetsRig();
      for (const [name, bytes, reason] of strangers) {
        workspace.write(name, bytes);
        const { code, error } = await workspace.run(
          `plan flash ${board.id} --image ${role}=%/${name}`,
        );
        assert.equal(code, 13, `${name}: ${error}`);
        assert.match(error.replaceAll(/\s+/g, " "), reason);
        assert.match(error, new RegExp(name));
      }
    });
  }
}
