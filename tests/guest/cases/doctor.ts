import assert from "node:assert/strict";
import { rt1062 } from "../../../boards/openmv_rt1062/boards.ts";
import { CameraModel } from "../../../boards/openmv_rt1062/camera_model.ts";
import { udevRules } from "../../../core/common/udev_rules.ts";
import { systemClock } from "../../../core/common/clock.ts";
import { exitCodes } from "../../../core/common/errors.ts";
import { Camera } from "../camera.ts";
import type { GuestCase } from "../case.ts";

export const doctorCases: readonly GuestCase[] = [
  {
    name: "doctor: a camera that can be used, one without rights, one that is held",
    async run(guest) {
      const camera = await Camera.bricked(guest, "openmv-h7");
      await camera.enterRom();
      const fine = await guest.run("unbrick doctor");
      assert.equal(fine.code, 0, fine.stdout + fine.stderr);
      assert.match(fine.stdout, /libusb 1\.0\.\d+ loads/);
      assert.match(fine.stdout, /\(port 1-1, 0483:df11, serial [^)]*\):\s+ready\s+to\s+use/);

      const denied = await guest.run("unbrick doctor", { user: "technician" });
      assert.equal(denied.code, exitCodes.permission, denied.stdout + denied.stderr);
      assert.match(denied.stdout, /this\s+user\s+is\s+not\s+allowed\s+to\s+open\s+it/);
      assert.match(denied.stdout, /sudo unbrick doctor --install-udev/);

      const node = "/dev/bus/usb/$(printf %03d/%03d 1 $(cat /sys/bus/usb/devices/1-1/devnum))";
      const holding = `sleep 300 <>${node} & unbrick doctor --json; code=$?; kill %1; exit $code`;
      const held = await guest.run(holding);
      assert.equal(held.code, exitCodes.busy, held.stdout + held.stderr);
      assert.match(held.stdout, /sleep \(process \d+\) has it open/);
    },
  },
  {
    name: "doctor: the kernel's driver of a HID device is told and not in the way",
    async run(guest) {
      const camera = new CameraModel({ clock: systemClock, socket: guest.bus.socket("1-1") });
      for (const action of rt1062.recoveryActions) await camera.perform(action);
      await guest.until("usbhid", "ls /sys/bus/usb/drivers/usbhid | grep 1-1");
      const { code, stdout, stderr } = await guest.run("unbrick doctor");
      assert.equal(code, 0, stdout + stderr);
      assert.match(
        stdout.replaceAll(/\s+/g, " "),
        /1fc9:0135, [^)]*driver usbhid\):\s+ready\s+to\s+use/,
      );
    },
  },
  {
    name: "doctor --install-udev writes the rules and finds them",
    async run(guest) {
      const { code, stdout, stderr } = await guest.run("unbrick doctor --install-udev");
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /udev rules: installed\./);
      const written = await guest.run(`cat ${udevRules.path}; rm ${udevRules.path}`);
      assert.deepEqual(written.stdout.trim().split("\n"), [...udevRules.text]);
      const refused = await guest.run("unbrick doctor --install-udev", { user: "technician" });
      assert.equal(refused.code, exitCodes.permission);
    },
  },
];
