import { join } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { command } from "../arguments/command.ts";
import { work } from "../arguments/common_options.ts";
import { optionalBoard, value } from "../arguments/options.ts";
import { anyText, file, integer } from "../arguments/values.ts";
import { checkNew, makeFolder, writeNew } from "../pages/output_file.ts";
import { printLines, type Session } from "../session.ts";
import { type JobRequest, runJob } from "./job.ts";
import { text } from "../../common/text.ts";

/** `read`: saves the camera's memory to a file, or to a folder if there are several parts. */
export const read = command({
  name: "read",
  tail: "[BOARD] [OPTIONS]",
  brief: text`Copy the camera's contents into a file. Writes nothing to the camera.`,
  examples: [
    ["read openmv-h7 --region bootloader -o old.bin", text`Keep a copy of a bootloader.`],
    [
      "read openmv-h7 --address 0x08000000 --length 0x20000 -o old.bin",
      text`The same by address.`,
    ],
  ],
  parts: {
    board: optionalBoard,
    region: value(
      ["--region"],
      anyText("NAME"),
      text`What to read, for example bootloader or firmware.`,
    ),
    address: value(["--address"], integer, text`Start of an address range.`),
    length: value(["--length"], integer, text`Number of bytes to read.`),
    output: value(
      ["--output", "-o"],
      file,
      text`The file to write, or a folder for several regions.`,
    ),
  },
  common: { does: work },
  isGuided: true,
  run: readCamera,
});

async function readCamera(
  session: Session,
  request: Omit<JobRequest, "job"> & { readonly output?: string },
): Promise<number> {
  const { output, board, region, address, length } = request;
  if (output === undefined) {
    throw new UnbrickError("usage", text`Name the file to write to: -o FILE.`);
  }
  if ((address === undefined) !== (length === undefined)) {
    throw new UnbrickError("usage", text`Give --address and --length together.`);
  }
  checkNew(output);
  const { outputs, error } = await runJob(session, { job: "read", board, region, address, length });
  if (outputs.size > 1) makeFolder(output);
  for (const [name, bytes] of outputs) {
    const path = outputs.size > 1 ? join(output, `${name}.bin`) : output;
    writeNew(path, bytes);
    if (!session.options.json) {
      printLines(session, [text`${path}: ${name}, ${byteSize(bytes.length)}`]);
    }
  }
  return error?.exitCode ?? 0;
}
