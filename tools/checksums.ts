import { createHash } from "node:crypto";

/** Returns the SHA-256 of a file in hexadecimal digits; reads the file in pieces. */
export async function sha256(file: URL): Promise<string> {
  const hash = createHash("sha256");
  using opened = await Deno.open(file);
  for await (const piece of opened.readable) hash.update(piece);
  return hash.digest("hex");
}

/**
 * Writes SHA256SUMS for the files in a folder (without its subfolders), sorted by name, in the
 * format that `sha256sum --check` reads.
 */
export async function writeChecksums(folder: URL): Promise<void> {
  const names = [...Deno.readDirSync(folder)]
    .filter(({ isFile, name }) => isFile && name !== "SHA256SUMS").map(({ name }) => name).sort();
  const lines: string[] = [];
  for (const name of names) lines.push(`${await sha256(new URL(name, folder))}  ${name}\n`);
  await Deno.writeTextFile(new URL("SHA256SUMS", folder), lines.join(""));
}

/** Returns the SHA-256 of each file that a SHA256SUMS lists, by name. */
export function readChecksums(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(lines.map((line) => {
    const [, sum, name] = /^([0-9a-f]{64}) [ *](\S.*)$/.exec(line) ?? [];
    if (!name) throw new Error(`not a line of SHA256SUMS: ${line}`);
    return [name, sum];
  }));
}
