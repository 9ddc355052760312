import assert from "node:assert/strict";
import { Camera } from "../camera.ts";
import type { GuestCase } from "../case.ts";

/** Debian's dfu-util checks the models: what works with a camera must work with its model. */

const layouts = {
  "openmv-m4": /@Internal Flash {2}\/0x08000000\/04\*016Kg,01\*064Kg,07\*128Kg/,
  "openmv-m7": /@Internal Flash {2}\/0x08000000\/04\*032Kg,01\*128Kg,07\*256Kg/,
  "openmv-h7": /@Internal Flash {3}\/0x08000000\/16\*128Kg/,
} as const;

const listing: GuestCase[] = Object.entries(layouts).map(([id, layout]) => ({
  name: `dfu-util lists the ROM of the ${id} with its layout`,
  async run(guest) {
    const camera = await Camera.bricked(guest, id);
    await camera.enterRom();
    const { stdout } = await guest.run("dfu-util -l");
    assert.match(stdout, /Found DFU: \[0483:df11\]/);
    assert.match(stdout, layout);
  },
}));

const writing: GuestCase[] = ["openmv-m4", "openmv-m7", "openmv-h7"].map((id) => ({
  name: `dfu-util writes the ${id} and reads the same back`,
  async run(guest) {
    const camera = await Camera.bricked(guest, id);
    await camera.enterRom();
    const { bootloader, folder } = camera.release;
    const file = `${camera.images}/${folder}/bootloader.bin`;
    const rom = "dfu-util -w -d ,0483:df11 -a 0";
    const written = await guest.run(`${rom} -s 0x08000000 -D ${file}`);
    assert.equal(written.code, 0, written.stderr);
    assert.deepEqual(camera.simulated.memory("flash").slice(0, bootloader.length), bootloader);
    const range = `0x08000000:${bootloader.length}`;
    const read = await guest.run(`rm -f /tmp/back; ${rom} -s ${range} -U /tmp/back >&2`);
    assert.equal(read.code, 0, read.stderr);
    assert.deepEqual((await guest.run("cat /tmp/back")).bytes, bootloader);
  },
}));

export const dfuUtilCases: readonly GuestCase[] = [...listing, ...writing];
