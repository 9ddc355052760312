import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./safety/mutant.ts";

/** What a copy of the checkout needs no copy of. */
const left = [".git", ".cache", "dist", ".stryker-tmp"];

/** A copy of the checkout in which one mutant at a time is put in. */
export class Scratch {
  private constructor(readonly folder: string) {}

  /** Copies the files of a checkout, as they are now. */
  static make(root: string): Scratch {
    const folder = Deno.makeTempDirSync({ prefix: "unbrick-mutants-" });
    for (const { name } of Deno.readDirSync(root)) {
      if (!left.includes(name)) {
        cpSync(join(root, name), join(folder, name), { recursive: true });
      }
    }
    return new Scratch(folder);
  }

  /** Runs `work` with the mutant in its file. */
  async with<T>(mutant: Mutant, work: () => Promise<T>): Promise<T> {
    const path = join(this.folder, mutant.file);
    const source = Deno.readTextFileSync(path);
    Deno.writeTextFileSync(path, patched(source, mutant));
    try {
      return await work();
    } finally {
      Deno.writeTextFileSync(path, source);
    }
  }

  remove(): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** Returns the source with the mutant. @throws Error if its old text is not there exactly once */
export function patched(source: string, { id, file, old, new: text }: Mutant): string {
  const [before, after, ...more] = source.split(old);
  if (after === undefined) throw new Error(`${id}: its old text is gone from ${file}`);
  if (more.length > 0) throw new Error(`${id}: its old text occurs several times in ${file}`);
  return before + text + after;
}
