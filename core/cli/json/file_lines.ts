import type { Words } from "../../common/text.ts";
import type { Outcome } from "../../plan/events.ts";

/** What `backup`, `files` and `check` print. */
export type FileLine = BackupLine | PictureLine | FileSystemLine | FoundFileLine;

interface Place {
  readonly name: Words;
  readonly memory: string;
  /** @asType integer */
  readonly address: number;
  /** In bytes. @asType integer */
  readonly size: number;
}

/** A finished backup. */
export interface BackupLine {
  readonly type: "backup";
  readonly file: string;
  /** @asType integer */
  readonly bytes: number;
  readonly regions: readonly Place[];
  readonly missing: readonly (Place & { readonly reason: string })[];
}

/** The picture of a check is in its file. */
export interface PictureLine {
  readonly type: "picture";
  readonly file: string;
  /** @asType integer */
  readonly bytes: number;
}

/** A file system in what was read from a camera. */
export interface FileSystemLine {
  readonly type: "file-system";
  readonly kind: string;
  readonly memory: string;
  /** @asType integer */
  readonly address: number;
  /** In bytes. @asType integer */
  readonly size: number;
  readonly damage: readonly string[];
}

/** A file in the file system of the line before. */
export interface FoundFileLine {
  readonly type: "file";
  readonly path: string;
  /** In bytes. @asType integer */
  readonly size: number;
  readonly damage: string | null;
  readonly copiedTo: string | null;
}

/** What `runs` prints: the runs that are kept on this computer, and a file made of one. */
export type KeptRunLine =
  | {
    readonly type: "run";
    /** 1 is the last run. @asType integer */
    readonly number: number;
    readonly startedAt: string;
    /** The command line. */
    readonly line: string;
    /** Omitted if the run was cut off. @asType integer */
    readonly exitCode?: number;
    readonly outcome?: Outcome;
    /** @asType integer */
    readonly bytes: number;
    readonly path: string;
  }
  | {
    readonly type: "run-exported";
    readonly run: string | number;
    readonly file: string;
    /** @asType integer */
    readonly bytes: number;
  };
