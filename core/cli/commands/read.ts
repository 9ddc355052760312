import { join } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { checkNew, makeFolder, writeNew } from "../pages/output_file.ts";
import { printLines, type Session } from "../session.ts";
import { type JobRequest, runJob } from "./job.ts";
import { text } from "../../common/text.ts";

export async function readCamera(
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
