/** Returns the text of a file; undefined if it does not exist. */
export async function readIfThere(file: URL): Promise<string | undefined> {
  return await Deno.readTextFile(file).catch(() => undefined);
}

export async function exists(file: URL): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}

/** Writes a file so that no reader ever gets half of it, and a file in use stays complete. */
export async function replaceFile(file: URL, bytes: Uint8Array, mode?: number): Promise<void> {
  await Deno.mkdir(new URL(".", file), { recursive: true });
  const partial = new URL(`${file.href}.${Deno.pid}`);
  await Deno.writeFile(partial, bytes, { mode });
  await Deno.rename(partial, file);
}
