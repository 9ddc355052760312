import type { TrapTable } from "../common/traps.ts";

/** Faults of a simulated camera's memory, for the traps of the families. */

export interface FilesTraps {
  /** The first file of the file system begins at an impossible cluster. */
  readonly filesDamaged: boolean;
}

export interface MemoryTraps extends FilesTraps {
  /** Name of the region that cannot be read; empty: none. */
  readonly unreadable: string;
}

export const filesTraps: TrapTable<FilesTraps> = { filesDamaged: [false] };

export const memoryTraps: TrapTable<MemoryTraps> = { ...filesTraps, unreadable: [""] };
