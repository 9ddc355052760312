import assert from "node:assert/strict";
import { families } from "../support/boards/families.ts";
import { readTrace } from "../../core/trace/read_trace.ts";
import { ran } from "../support/cli/command_rig.ts";
import { realCamera } from "../support/cli/real_camera.ts";

/** Traces of what is no job: the lines of other tools, and what only looks. */

const path = Deno.makeTempFileSync({ suffix: ".pcapng" });
addEventListener("unload", () => Deno.removeSync(path));

const board = families.flatMap(({ boards }) => boards).find(({ id }) => id === "openmv-h7")!;
const first = board.recoveryActions.map(({ id }) => id);

Deno.test("the line of another tool: UNBRICK_TRACE and --trace record it, and it can be replayed", async () => {
  const read = `${path}.bin`, other = `${path}.other`;
  const line = "-w -d ,0483:df11 -a 0 -s 0x08000000:2048 -U".split(" ");
  const upload = async (...options: string[]) => {
    const { run } = realCamera(board.id, { first, context: { traceFile: () => path } });
    const result = await run(["dfu-util", ...options, ...line, read]);
    assert.equal(result.code, 0, result.error);
    const bytes = Deno.readFileSync(read);
    Deno.removeSync(read);
    return bytes;
  };
  try {
    const bytes = await upload();
    const entries = readTrace(Deno.readFileSync(path), path);
    assert.ok(entries.some((one) => one.type === "transfer" && one.received.length === 1024));
    assert.deepEqual(await upload("--trace", other), bytes);
    const replayed = await ran(["replay", other], { families });
    assert.equal(replayed.code, 0, replayed.out + replayed.error);
    assert.deepEqual(Deno.readFileSync(read), bytes);
  } finally {
    for (const file of [read, other]) if (exists(file)) Deno.removeSync(file);
  }
});

Deno.test("devices --trace: no job to replay; a line that touches no device makes no trace", async () => {
  const { run } = realCamera(board.id, { first });
  const other = `${path}.devices`;
  try {
    assert.equal((await run(["devices", "--trace", other])).code, 0);
    const replayed = await ran(["replay", other], { families });
    assert.equal(replayed.code, 2, replayed.out + replayed.error);
    assert.match(replayed.error, /no job to run again/);
  } finally {
    Deno.removeSync(other);
  }
  await ran("boards", { families, context: { traceFile: () => other } });
  assert.ok(!exists(other));
});

function exists(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
}
