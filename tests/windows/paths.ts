/**
 * Returns a file of the system inside as Windows programs name it: Wine shows the whole system as
 * drive Z.
 */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}
