import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { deviceOptions, outputOptions } from "../../arguments/common_options.ts";
import { off } from "../../arguments/options.ts";

/** `doctor`: shows what prevents work on a camera, and how to fix it. */
export const doctor = command({
  name: "doctor",
  tail: "[OPTIONS]",
  brief: text`Find problems with this computer or the camera, and how to solve them. Changes
    nothing by itself.`,
  examples: [
    ["doctor", text`Library, bus, cameras, rights, serial ports, images, space, terminal.`],
    ["doctor --images firmware_release.zip", text`Is this release complete and undamaged?`],
    ["doctor --json", text`The same for a program, or to send to somebody.`],
  ],
  parts: {
    installUdev: off(
      "--install-udev",
      text`Linux: first write the rules that let every user open the cameras (with sudo).`,
    ),
  },
  common: {
    does: [...outputOptions, "images", "publicKey", "port", "libusb", "plugin", "report", "trace"],
    accepts: deviceOptions,
  },
  run: async (session, given) => await (await import("../doctor.ts")).examine(session, given),
});
