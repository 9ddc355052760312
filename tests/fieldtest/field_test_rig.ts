import { families as allFamilies } from "../support/boards/families.ts";
import type { FieldTestRecord } from "../../core/cli/fieldtest/record.ts";
import type { BoardFamily, SimulatedBoard } from "../../core/family/family.ts";
import { inMemory } from "../../core/image/byte_source.ts";
import { zipFiles } from "../../core/image/zip.ts";
import { type Ran, ran, type Surroundings } from "../support/cli/command_rig.ts";
import { bundledImages } from "../support/trace/traced_runs.ts";

/** Field tests of simulated cameras on virtual time. */

export interface FieldTestRun extends Pick<Ran, "code" | "out" | "error"> {
  readonly record: FieldTestRecord & {
    readonly facts: readonly { readonly id: string; readonly verdict: string }[];
  };
  readonly page: string;
  /** All files of the zip. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The simulated cameras, in the order in which they were made. */
  readonly cameras: readonly SimulatedBoard[];
}

/** Runs `fieldtest` with its zip at `path`. */
export async function fieldTest(
  line: string,
  path: string,
  surroundings: Surroundings = {},
): Promise<FieldTestRun> {
  const cameras: SimulatedBoard[] = [];
  const { code, out, error } = await ran(
    ["fieldtest", ...line.split(" "), "--simulate", "-o", path],
    {
      families: allFamilies.map((family) => keeping(family, cameras)),
      ...surroundings,
      context: { bundledImages, ...surroundings.context },
    },
  );
  const files = filesIn(path);
  const words = (name: string) => new TextDecoder().decode(files.get(name));
  const record = JSON.parse(words("fieldtest.json"));
  return { code, out, error, record, page: words("page.html"), files, cameras };
}

export function filesIn(path: string): Map<string, Uint8Array> {
  const zip = zipFiles(inMemory(Deno.readFileSync(path)), path, path, { maximumRatio: 10_000 });
  return new Map(zip.paths.map((name) => [name, zip.read(name)]));
}

/** The family, whose simulated cameras are also kept. */
function keeping(family: BoardFamily, cameras: SimulatedBoard[]): BoardFamily {
  return {
    ...family,
    simulate(...all) {
      const camera = family.simulate(...all);
      cameras.push(camera);
      return camera;
    },
  };
}
