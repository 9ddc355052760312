import { indexesOf } from "../../../core/image/search.ts";
import { simulationMark } from "../../../core/image/simulation_mark.ts";

const samples = new URL("../../../images/", import.meta.url);

/**
 * Returns the images for simulated cameras in the layout of a firmware release of that version: by
 * path, `firmware_v5.1.0/OPENMV4/firmware.bin`, without a manifest.
 */
export function sampleRelease(version: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const { name, isDirectory } of Deno.readDirSync(samples)) {
    if (!isDirectory) continue;
    for (const file of Deno.readDirSync(new URL(`${name}/`, samples))) {
      const bytes = Deno.readFileSync(new URL(`${name}/${file.name}`, samples));
      files.set(`firmware_v${version}/${name}/${file.name}`, bytes);
    }
  }
  return files;
}

/** Returns the firmware and ROMFS of a release, not marked as made for simulated cameras. */
export function realFirmware(version: string): Map<string, Uint8Array> {
  const parts = [...sampleRelease(version)].filter(([path]) => /N6\/(firmware|romfs)/.test(path));
  return new Map(
    parts.map(([path, bytes]) => {
      const real = bytes.slice();
      for (const at of indexesOf(bytes, simulationMark)) real.fill(0x2e, at, at + 23);
      return [path, real];
    }),
  );
}
