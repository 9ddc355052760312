const samples = new URL("../../../images/", import.meta.url);

/**
 * The images for simulated cameras, laid out as a firmware release of that version has them: by path,
 * `firmware_v5.1.0/OPENMV4/firmware.bin`, without a manifest.
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
