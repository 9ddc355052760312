import assert from "node:assert/strict";
import { join } from "node:path";
import { families } from "../boards/families.ts";
import { bundledSet } from "../../../core/image/pack.ts";
import { type Ran, ran, type Surroundings } from "./command_rig.ts";

/** A folder with its own image sets, and command lines that run there. */

const samples = new URL("../../../images/", import.meta.url);

export interface ImageSetsRig extends Disposable {
  readonly folder: string;
  /** Runs a command line, in which `%` stands for the folder. */
  run(line: string): Promise<Ran>;
  /** Runs the words of a command line; a word may contain spaces. */
  words(argv: readonly string[]): Promise<Ran>;
  write(name: string, bytes: Uint8Array): void;
  sets(): string[];
}

export function imageSetsRig(change: Surroundings["context"] = {}): ImageSetsRig {
  const folder = Deno.makeTempDirSync();
  const context = {
    dataFolder: () => join(folder, "data"),
    bundledImages: () => bundledSet((path) => Deno.readFileSync(new URL(path, samples))),
    ...change,
  };
  return {
    folder,
    run: (line) => ran(line.replaceAll("%", folder), { families, context }),
    words: (argv) => ran(argv, { families, context }),
    write: (name, bytes) => Deno.writeFileSync(join(folder, name), bytes),
    sets() {
      try {
        return [...Deno.readDirSync(join(folder, "data/images"))].map(({ name }) => name)
          .filter((name) => name !== ".lock").toSorted();
      } catch {
        return [];
      }
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** Returns the result of a command line that must succeed. */
export async function done(promise: Promise<Ran>): Promise<Ran> {
  const result = await promise;
  assert.equal(result.code, 0, result.out + result.error);
  return result;
}
