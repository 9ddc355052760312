import { families } from "../boards/families.ts";
import { bundledSet } from "../../../core/image/pack.ts";
import type { Context } from "../../../core/cli/context.ts";
import { readTrace, type TraceEntry } from "../../../core/trace/read_trace.ts";
import { type Ran, ran } from "../cli/command_rig.ts";

/** Command lines of every family with a trace, against its simulated camera on virtual time. */

export interface FamilyLine {
  readonly family: string;
  /** Without `--trace`. */
  readonly line: string;
}

const simulated = "--simulate --fast --yes";

export const familyLines: readonly FamilyLine[] = [
  { family: "openmv_stm32", line: `restore openmv-h7 ${simulated}` },
  { family: "openmv_n6", line: `restore openmv-n6 ${simulated}` },
  {
    family: "openmv_rt1062",
    line: `restore openmv-rt1062 ${simulated} --allow-fuse boot-source --condition blank`,
  },
  { family: "openmv_ae3", line: `restore openmv-ae3 ${simulated} --bootloader-only` },
  { family: "arduino", line: `flash arduino-giga ${simulated}` },
];

const images = new URL("../../../images/", import.meta.url);

/** The images that the executable would contain. */
export const bundledImages: Context["bundledImages"] = () =>
  bundledSet((path) => Deno.readFileSync(new URL(path, images)));

/** Runs a line with `--trace`. */
export async function tracedRun(
  line: string,
): Promise<
  Pick<Ran, "code" | "out"> & {
    readonly bytes: Uint8Array;
    readonly entries: readonly TraceEntry[];
  }
> {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/t.pcapng`;
    const { code, out } = await ran([...line.split(" "), "--trace", path], {
      families,
      context: { bundledImages },
    });
    const bytes = Deno.readFileSync(path);
    return { code, out, bytes, entries: readTrace(bytes, path) };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
