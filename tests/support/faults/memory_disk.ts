import { UnbrickError } from "../../../core/common/errors.ts";
import type { BackupDisk } from "../../../core/cli/backup/disk.ts";

/** A disk that outlives the process of a run. */
export class MemoryDisk implements BackupDisk {
  readonly parts = new Map<string, Uint8Array>();
  /** FILE.zip, then those that were set aside. */
  readonly aside: Uint8Array[] = [];
  #zip: Uint8Array | undefined;

  part(name: string): Uint8Array | undefined {
    return this.parts.get(name);
  }

  putPart(name: string, bytes: Uint8Array): void {
    this.parts.set(name, bytes.slice());
  }

  dropParts(names: readonly string[]): void {
    names.forEach((name) => this.parts.delete(name));
  }

  hasFolder(): boolean {
    return this.parts.size > 0;
  }

  dropFolder(): void {
    this.parts.clear();
  }

  zip(): Uint8Array | undefined {
    return this.#zip;
  }

  putZip(bytes: Uint8Array): void {
    this.#zip = bytes.slice();
  }

  setZipAside(): void {
    this.aside.push(this.#zip!);
    this.#zip = undefined;
  }

  requireNew(): void {
    if (this.#zip) throw new UnbrickError("usage", "It exists.");
  }
}
