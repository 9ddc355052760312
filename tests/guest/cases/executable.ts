import assert from "node:assert/strict";
import { Camera } from "../camera.ts";
import type { GuestCase } from "../case.ts";

export const executableCases: readonly GuestCase[] = [
  {
    name: "the executable starts from an empty folder with nothing but itself",
    async run(guest) {
      const { code, stdout, stderr } = await guest.run(
        "mkdir -p /tmp/empty; cd /tmp/empty; env -i /usr/bin/unbrick --version",
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /\d+\.\d+\.\d+/);
    },
  },
  {
    name: "unbrick devices lists a camera in its ROM",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      await camera.enterRom();
      const { code, stdout, stderr } = await guest.run("unbrick devices --json");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /"0483:df11"/);
      assert.match(stdout, /"1-1"/);
    },
  },
];
