/** A file of the system inside, as Windows programs name it: Wine shows all of it as drive Z. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}
