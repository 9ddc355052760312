/**
 * The peak memory of `images import` with a zip of 500 MB: a whole release for simulated cameras, and
 * beside it what a release does not use (programs for debuggers, as builds have them), stored and
 * packed. And a set of its own whose listed files have 480 MB.
 */
import { join } from "node:path";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { sha256 } from "../../core/common/sha256.ts";
import { sampleRelease } from "../support/images/sample_release.ts";
import type { BenchRow } from "./row.ts";

const MIB = 1024 * 1024;
const FILE = 60 * MIB, COUNT = 8;
const limit = 250;

export async function rows(): Promise<BenchRow[]> {
  const folder = Deno.makeTempDirSync({ prefix: "unbrick-bench-" });
  try {
    const release = join(folder, "firmware_v5.1.0.zip");
    await writeZip(release, function* () {
      for (const [path, bytes] of sampleRelease("5.1.0")) yield [path, () => bytes];
      for (let at = 0; at < COUNT; at++) {
        yield [`firmware_v5.1.0/OPENMV4/firmware${at}.elf`, () => noise(at)];
      }
    });
    const set = join(folder, "set.zip");
    await writeZip(set, listedFiles);
    return [
      {
        name: `images import of a release, zip of ${megabytes(release)} MB: peak memory`,
        value: await peakMiB(release, folder),
        unit: "MiB",
        limit,
      },
      {
        name: `images import of a set with a manifest, zip of ${megabytes(set)} MB: peak memory`,
        value: await peakMiB(set, folder),
        unit: "MiB",
        limit,
      },
      {
        name: "images list: peak memory",
        value: await peakMiB(undefined, folder),
        unit: "MiB",
      },
    ];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

type Entry = [path: string, content: () => Uint8Array];

/** Files that no board uses, listed in a manifest with their hashes. */
export function* listedFiles(): Generator<Entry> {
  const files = Array.from({ length: COUNT }, (_, at) => {
    const bytes = noise(at);
    return {
      ...{ folder: "OPENMV_NEW", role: `part-${at}`, path: `OPENMV_NEW/part${at}.bin` },
      ...{ size: bytes.length, sha256: sha256(bytes), source: "made up", licence: "none" },
      simulationOnly: true,
    };
  });
  const [usedPath, used] = [...sampleRelease("5.1.0")].find(([path]) => /OPENMV4\/f/.test(path))!;
  files.push({
    ...{ folder: "OPENMV4", role: "firmware", path: "OPENMV4/firmware.bin" },
    ...{ size: used.length, sha256: sha256(used), source: usedPath, licence: "none" },
    simulationOnly: true,
  });
  const manifest = JSON.stringify({ schema: 1, name: "large", version: "5.1.0", files });
  yield ["manifest.json", () => new TextEncoder().encode(manifest)];
  yield ["OPENMV4/firmware.bin", () => used];
  for (let at = 0; at < COUNT; at++) yield [files[at].path, () => noise(at)];
}

/** Bytes that cannot be packed; the same for the same seed. */
function noise(seed: number): Uint8Array {
  const words = new Uint32Array(FILE / 4);
  let word = 0x9E3779B9 ^ seed * 0x85EBCA6B;
  for (let at = 0; at < words.length; at++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    words[at] = word;
  }
  return new Uint8Array(words.buffer);
}

export async function writeZip(path: string, entries: () => Iterable<Entry>): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
  });
  for (const [name, content] of entries()) {
    const bytes = content();
    const entry = bytes.length === FILE ? new ZipPassThrough(name) : new ZipDeflate(name);
    zip.add(entry);
    entry.push(bytes, true);
  }
  zip.end();
}

const megabytes = (path: string) => Math.round(Deno.statSync(path).size / 1e6);

/** The most memory that the program had while it ran the command, from the sources. */
async function peakMiB(path: string | undefined, folder: string): Promise<number> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const command = path === undefined ? ["images", "list"] : ["images", "import", path];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, ...command],
    env: { XDG_DATA_HOME: join(folder, "data") },
    stdout: "null",
  }).spawn();
  let peak = 0, ended = false;
  const end = child.status.finally(() => ended = true);
  while (!ended) {
    peak = Math.max(peak, highWater(child.pid));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (!(await end).success) throw new Error(`${command.join(" ")} failed`);
  return peak / 1024;
}

/** VmHWM in KiB; 0 if the process has gone. */
function highWater(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
