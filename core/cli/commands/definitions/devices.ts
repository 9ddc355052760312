import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { deviceOptions, outputOptions } from "../../arguments/common_options.ts";
import { off } from "../../arguments/options.ts";

/**
 * `devices`: lists the cameras on the bus and problems with them. With `--watch`, runs until
 * Ctrl-C.
 */
export const devices = command({
  name: "devices",
  tail: "[OPTIONS]",
  brief: text`List the connected cameras, and problems with them.`,
  examples: [["devices --watch", text`See when a camera appears on USB.`]],
  parts: {
    watch: off(
      "--watch",
      text`Keep running, and show what connects and disconnects, until
      Ctrl-C.`,
    ),
  },
  common: {
    does: [...outputOptions, "port", "libusb", "plugin", "report", "trace"],
    accepts: deviceOptions,
  },
  run: async (session, given) => await (await import("../devices.ts")).showDevices(session, given),
});
