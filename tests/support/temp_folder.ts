/** Does the work with a new folder, which is removed afterwards. */
export async function inTempFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = Deno.makeTempDirSync();
  try {
    return await work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
