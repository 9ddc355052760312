import { families } from "../../../boards/mod.ts";
import { type Board, type Job, jobSupport } from "../../../core/family/board.ts";
import type { BoardFamily, JobOptions, Plan } from "../../../core/family/family.ts";
import type { BoardImages } from "../../../core/image/image.ts";
import { bundledSet } from "../../../core/image/pack.ts";
import { MemoryStore } from "./backup_store.ts";

/** The plans of all boards, with the bundled images. */

const bundle = new URL("../../../images/", import.meta.url);
const pack = bundledSet((path) => Deno.readFileSync(new URL(path, bundle)));

export type Variant = readonly [Job, JobOptions];

/** Each job with the options that change its steps. */
export const variants: readonly Variant[] = [
  ["restore", { romfs: "auto", check: true }],
  ["restore", { bootloaderOnly: true, check: true }],
  ["restore", { eraseFilesystem: true, backup: new MemoryStore() }],
  ["restore", { allow: ["unlock-erases-all"], backup: new MemoryStore() }],
  ["restore", { rewrite: true }],
  ["flash", { romfs: "auto", check: true }],
  ["flash", { eraseFilesystem: true, romfs: "keep" }],
  ["flash", { only: "romfs", backup: new MemoryStore() }],
  ["flash", { only: "firmware", rewrite: true }],
  ["verify", {}],
  ["read", {}],
  ["backup", { backup: new MemoryStore() }],
  ["check", { picture: true }],
];

export interface KnownBoard {
  readonly family: BoardFamily;
  readonly board: Board;
}

export function boardsOf(family: BoardFamily): readonly KnownBoard[] {
  return family.boards.map((board) => ({ family, board }));
}

export function supports({ board }: KnownBoard, job: Job): boolean {
  return jobSupport(board, job) === true;
}

/** The boards of all families that support a job. */
export function supporting(job: Job): readonly KnownBoard[] {
  return families.flatMap(boardsOf).filter((one) => supports(one, job));
}

const bundled = new Map<Board, BoardImages>();

export function bundledImages(board: Board): BoardImages {
  const images = bundled.get(board) ?? pack.imagesFor(board);
  bundled.set(board, images);
  return images;
}

/** Makes a plan, with the bundled images if no others are given. */
export function planOf(
  { family, board }: KnownBoard,
  job: Job,
  options: JobOptions,
  images = bundledImages(board),
): Plan {
  return family.plan(job, board, images, options);
}
