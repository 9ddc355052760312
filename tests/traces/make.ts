/**
 * Makes the traces in this folder: `deno run -A tests/traces/make.ts` runs a command line of each family
 * against its simulated camera; `… make.ts FILE NAME` adds a real one, after removing what a replay can
 * make again. Look through it with `unbrick trace show` before you commit it: serial numbers stay.
 */
import { gzipSync } from "node:zlib";
import { withoutWrittenPayload } from "../../core/trace/rewrite_trace.ts";
import { familyLines, tracedRun } from "../support/trace/traced_runs.ts";

const here = new URL("./", import.meta.url);

function write(name: string, bytes: Uint8Array): void {
  const packed = gzipSync(withoutWrittenPayload(bytes), { level: 9 });
  Deno.writeFileSync(new URL(`${name}.pcapng.gz`, here), packed);
  console.log(`${name}.pcapng.gz: ${packed.length} bytes`);
}

const [file, name] = Deno.args;
if (file !== undefined) write(name, Deno.readFileSync(file));
else {
  for (const { family, line } of familyLines) {
    const { code, out, bytes } = await tracedRun(line);
    if (code !== 0) throw new Error(out);
    write(family, bytes);
  }
}
