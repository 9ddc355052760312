import { join } from "node:path";
import { UnbrickError } from "../../common/errors.ts";
import { byteSize } from "../../common/format.ts";
import { checkNew, makeFolder, writeNew } from "../pages/output_file.ts";
import { printLines, type Session } from "../session.ts";
import { type JobRequest, runJob } from "./job.ts";
import { text } from "../../common/text.ts";

/** `read`: what is in the camera goes into a file, or into a folder when there are several parts. */
export async function read(
  session: Session,
  request: Omit<JobRequest, "job"> & { readonly output?: string },
): Promise<number> {
  const { output, ...rest } = request;
  if (output === undefined) {
    throw new UnbrickError("usage", text`read needs a file to write to: -o FILE.`);
  }
  if ((request.address === undefined) !== (request.length === undefined)) {
    throw new UnbrickError("usage", text`--address and --length belong together.`);
  }
  checkNew(output);
  const { outputs, error } = await runJob(session, { ...rest, job: "read" });
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
