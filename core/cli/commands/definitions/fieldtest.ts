import { text } from "../../../common/text.ts";
import { command } from "../../arguments/command.ts";
import { imageChoice, work } from "../../arguments/common_options.ts";
import { board, value } from "../../arguments/options.ts";
import { file } from "../../arguments/values.ts";

/** `fieldtest`: the hardware checklist as a guided command. */
export const fieldtest = command({
  name: "fieldtest",
  tail: "BOARD [OPTIONS]",
  brief: text`Test unbrick on a real camera, and make one file to send.`,
  description:
    text`Looks at the camera, reads it twice, verifies it, flashes the same firmware, has you pull the
      cable and repairs the camera, and restores it. Each stage asks first. It never burns a fuse.
      The zip contains what happened, without names and your files, and a page that says which of
      unbrick's inferred facts hold for this camera. If it is stopped, the same command goes on
      where it was.`,
  examples: [
    ["fieldtest openmv-h7 --images firmware_v5.0.0.zip -o h7.zip", text`A real camera.`],
    ["fieldtest openmv-h7 --simulate", text`Practise first, on a simulated camera.`],
  ],
  parts: {
    board,
    output: value(
      ["--output", "-o"],
      file,
      text`The zip to make, or to go on with. Default: fieldtest_BOARD.zip`,
    ),
  },
  common: { does: [...work, ...imageChoice] },
  isGuided: true,
  run: async (session, given) =>
    await (await import("../fieldtest.ts")).runFieldTest(session, given),
});
