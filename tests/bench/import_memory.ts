/**
 * The peak memory of what reads a release of 500 MB: a whole release for simulated cameras, and beside
 * it what a release does not use (programs for debuggers, as builds have them), stored and packed, as a
 * zip and as a folder. And a set of its own whose listed files have 480 MB, and a file of 500 MB that no
 * board takes.
 */
import { dirname, join } from "node:path";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { exitCodes } from "../../core/common/errors.ts";
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
    await writeZip(release, largeRelease);
    const unpacked = join(folder, "unpacked");
    writeFiles(unpacked, largeRelease);
    const set = join(folder, "set.zip");
    await writeZip(set, listedFiles);
    const large = join(folder, "firmware.bin");
    Deno.writeFileSync(large, new Uint8Array());
    Deno.truncateSync(large, 500e6);
    const simulated = ["restore", "openmv-h7", "--simulate", "--fast", "--yes"];
    const size = megabytes(release);
    const lines: [name: string, line: readonly string[], code?: number][] = [
      [`images import of a release, zip of ${size} MB`, ["images", "import", release]],
      [`images import of a set with a manifest, zip of ${megabytes(set)} MB`, [
        ...["images", "import", set],
      ]],
      ["images import of the release, unpacked", ["images", "import", unpacked]],
      [`restore --images, zip of ${size} MB`, [...simulated, "--images", release]],
      ["restore --images, unpacked", [...simulated, "--images", unpacked]],
      ["restore --image firmware=, 500 MB: refused", [
        ...[...simulated, "--image", `firmware=${large}`],
      ], exitCodes["bad-image"]],
      ["images list", ["images", "list"]],
    ];
    const rows: BenchRow[] = [];
    for (const [name, line, code] of lines) {
      const value = await peakMiB(line, folder, code);
      rows.push({ name: `${name}: peak memory`, value, unit: "MiB", limit });
    }
    return rows;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

type Entry = [path: string, content: () => Uint8Array];

function* largeRelease(): Generator<Entry> {
  for (const [path, bytes] of sampleRelease("5.1.0")) yield [path, () => bytes];
  for (let at = 0; at < COUNT; at++) {
    yield [`firmware_v5.1.0/OPENMV4/firmware${at}.elf`, () => noise(at)];
  }
}

/** Files that no board uses, listed in a manifest with their hashes. */
function* listedFiles(): Generator<Entry> {
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

async function writeZip(path: string, entries: () => Iterable<Entry>): Promise<void> {
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

function writeFiles(folder: string, entries: () => Iterable<Entry>): void {
  for (const [name, content] of entries()) {
    Deno.mkdirSync(dirname(join(folder, name)), { recursive: true });
    Deno.writeFileSync(join(folder, name), content());
  }
}

const megabytes = (path: string) => Math.round(Deno.statSync(path).size / 1e6);

/** The most memory that the program had while it ran the command, from the sources. */
async function peakMiB(line: readonly string[], folder: string, code = 0): Promise<number> {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", main, ...line],
    env: { XDG_DATA_HOME: join(folder, "data"), UNBRICK_NO_RECORDER: "1" },
    ...{ stdout: "null", stderr: "null" },
  }).spawn();
  let peak = 0, isRunning = true;
  const end = child.status.finally(() => isRunning = false);
  while (isRunning) {
    peak = Math.max(peak, highWater(child.pid));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const ended = await end;
  if (ended.code !== code) throw new Error(`${line.join(" ")}: exit code ${ended.code}`);
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
