import assert from "node:assert/strict";
import { exitCodes } from "../../../core/common/errors.ts";
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
  {
    name: "unbrick devices --watch tells of arrival and departure",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      const told: string[] = [];
      const watching = guest.start("unbrick devices --watch --json", (text) => {
        const { type, usbId } = JSON.parse(text);
        told.push(`${type} ${usbId}`);
        if (type === "arrived") void camera.perform([{ id: "unplug", text: "" }]);
        else void guest.run("kill -INT $(pidof unbrick)");
      });
      await guest.until("unbrick to watch", "pidof unbrick");
      await camera.perform(camera.board.recoveryActions);
      const { code, stderr } = await watching;
      assert.equal(code, 0, stderr);
      assert.deepEqual(told, ["arrived 0483:df11", "left 0483:df11"]);
    },
  },
  {
    name: "no camera: the deadline passes and the exit code says what was missing",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      const line = `unbrick restore openmv-h7 --yes --images ${camera.images} --timeout 2`;
      const { code, stdout, stderr } = await guest.run(line);
      assert.equal(code, exitCodes.timeout, stdout + stderr);
      assert.match(stdout + stderr, /ROM bootloader/);
    },
  },
];
