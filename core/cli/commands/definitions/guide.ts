import { command } from "../../arguments/command.ts";
import { outputOptions } from "../../arguments/common_options.ts";
import { board, value } from "../../arguments/options.ts";
import { file } from "../../arguments/values.ts";
import { text } from "../../../common/text.ts";

/** `guide BOARD`: shows the steps by hand for a board, on the screen or as a page. */
export const guide = command({
  name: "guide",
  tail: "BOARD [OPTIONS]",
  brief: text`Show the steps by hand: which pins or which switch, and when.`,
  examples: [
    ["guide openmv-h7", text`The steps and a small drawing.`],
    ["guide openmv-h7 --html h7.html", text`The same as one web page that works offline.`],
  ],
  parts: {
    board,
    html: value(
      ["--html"],
      file,
      text`Write a web page with pictures, for a phone beside the camera.`,
    ),
  },
  common: { does: [...outputOptions, "plugin"] },
  run: async (session, given) => await (await import("../guide.ts")).showGuide(session, given),
});
