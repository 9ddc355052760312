import { UnbrickError } from "../../core/common/errors.ts";
import { hex } from "../../core/common/format.ts";
import { firstDifference, isFilledWith } from "../../core/common/bytes.ts";
import type { JobOptions } from "../../core/family/family.ts";
import type { Image } from "../../core/image/image.ts";
import type { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import type { StepContext } from "../../core/plan/step_context.ts";
import { readBackProof, readBackProofIfEqual } from "../../core/plan/memory_proof.ts";
import type { Proof } from "../../core/plan/proof.ts";
import type { OnRead } from "../../core/plan/read_back.ts";
import { imageTarget, type Step, type Target } from "../../core/plan/step.ts";
import type { LoaderKind } from "./loader.ts";
import { BLOCK, PAGE, SECTOR } from "./memory_map.ts";
import { text, type Words } from "../../core/common/text.ts";

/** An image for the flash: where it belongs, and which sector must be written last. */
export interface FlashImage {
  readonly region: Words;
  readonly address: number;
  readonly image: Image;
  /**
   * Address of the sector without which the image does not start. It is written last, and its first
   * page last of all, when everything else has been read back.
   */
  readonly lastSector?: number;
  /**
   * What to do with the last sector before anything else changes: `erase` where a half-written
   * image must not start (the ROM then falls back to serial download); `keep` where the old image
   * must remain startable as long as possible (imxrt-sdp-flashloader.md C9).
   */
  readonly untilThen?: "erase" | "keep";
}

interface Piece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Returns the expected milliseconds to erase, program, send and read back (B11, E1). */
export function writeWeight(length: number): number {
  return Math.ceil(length / SECTOR) * 60 + Math.ceil(length / PAGE) * 0.6 + length / 1000;
}

/** Returns the step that writes an image block by block and proves it by reading it back. */
export function flashImageStep(
  loader: LoaderKind,
  target: FlashImage,
  title: Words,
  { rewrite = false }: Pick<JobOptions, "rewrite"> = {},
): Step {
  const { image } = target;
  const planned = targetOf(target);
  const reading = (context: StepContext) => (onRead: OnRead) =>
    context.use(loader, ({ client }) => readAndCompare(context, client, target, onRead));
  return {
    id: image.role,
    title,
    weight: writeWeight(image.bytes.length),
    effect: "writes",
    targets: [planned],
    isDone: (context) => readBackProofIfEqual(context, [planned], reading(context)),
    run: (context) =>
      context.use(loader, ({ client }) => writeBlocks(context, client, target, rewrite)),
    prove: (context) => readBackProof(context, [planned], reading(context)),
  };
}

/**
 * Reads the image back and compares it.
 * @throws UnbrickError `verify-failed` with the first address that differs.
 */
export async function requireEqual(
  context: StepContext,
  client: MbootClient,
  target: FlashImage,
): Promise<Proof> {
  return await readBackProof(
    context,
    [targetOf(target)],
    (onRead) => readAndCompare(context, client, target, onRead),
  );
}

async function readAndCompare(
  context: StepContext,
  client: MbootClient,
  target: FlashImage,
  onRead: OnRead,
): Promise<void> {
  const total = target.image.bytes.length;
  let done = 0;
  for (const piece of piecesOf(target)) {
    onRead(await compare(client, piece, target.image), piece.address);
    context.progress(done += piece.bytes.length, total);
  }
}

async function writeBlocks(
  context: StepContext,
  client: MbootClient,
  target: FlashImage,
  rewrite: boolean,
): Promise<void> {
  const { image, lastSector, untilThen } = target;
  if (untilThen === "erase" && lastSector !== undefined) {
    await client.eraseRegion(lastSector, SECTOR);
  }
  let done = 0;
  for (const piece of piecesOf(target)) {
    const found = await read(client, piece);
    if (rewrite || !holds(found, piece.bytes)) {
      if (!isFilledWith(found, 0xff)) await erase(client, piece);
      for (const part of piece.address === lastSector ? firstPageLast(piece) : [piece]) {
        await client.writeMemory(part.address, part.bytes, 0, (bytes) => {
          context.progress(done + bytes / 2, image.bytes.length);
        });
        await compare(client, part, image);
      }
    }
    context.progress(done += piece.bytes.length, image.bytes.length);
  }
}

/** A sector can be cut off in its middle; a page comes whole or not at all. */
function firstPageLast({ address, bytes }: Piece): Piece[] {
  const first = { address, bytes: bytes.subarray(0, PAGE) };
  if (bytes.length <= PAGE) return [first];
  return [{ address: address + PAGE, bytes: bytes.subarray(PAGE) }, first];
}

/**
 * Erases the piece's sectors, including the end of the last one, even if it contains something
 * else.
 */
async function erase(client: MbootClient, { address, bytes }: Piece): Promise<void> {
  await client.eraseRegion(address, Math.ceil(bytes.length / SECTOR) * SECTOR);
}

/** Returns what was read. @throws UnbrickError `verify-failed` */
async function compare(client: MbootClient, piece: Piece, image: Image): Promise<Uint8Array> {
  const found = await read(client, piece);
  const at = firstDifference(piece.bytes, found);
  if (at < 0) return found;
  const address = piece.address + at;
  throw new UnbrickError(
    "verify-failed",
    text`The flash at ${hex(address)} contains ${hex(found[at], 2)}, but ${image.name} has
      ${hex(piece.bytes[at], 2)} there.`,
    { address, file: image.name },
  );
}

/** Reads whole pages: the rest of the last page must also be blank before it is programmed. */
async function read(client: MbootClient, { address, bytes }: Piece): Promise<Uint8Array> {
  return await client.readMemory(address, Math.ceil(bytes.length / PAGE) * PAGE);
}

/**
 * Returns blocks of at most 64 KiB, cut at 64 KiB boundaries and around the last sector, which is
 * last.
 */
export function piecesOf({ address, image, lastSector }: FlashImage): Piece[] {
  const end = address + image.bytes.length;
  const piece = (from: number, to: number): Piece => ({
    address: from,
    bytes: image.bytes.subarray(from - address, to - address),
  });
  const pieces: Piece[] = [];
  let last: Piece | undefined;
  for (let at = address; at < end;) {
    let to = Math.min(end, at - at % BLOCK + BLOCK);
    if (lastSector !== undefined && at < lastSector) to = Math.min(to, lastSector);
    else if (lastSector === at - at % SECTOR) to = Math.min(end, lastSector + SECTOR);
    if (at === lastSector) last = piece(at, to);
    else pieces.push(piece(at, to));
    at = to;
  }
  return last ? [...pieces, last] : pieces;
}

function targetOf({ address, image, region }: FlashImage): Target {
  return imageTarget(region, image, address);
}

/** Returns true if `found` begins with `wanted`. */
function holds(found: Uint8Array, wanted: Uint8Array): boolean {
  return firstDifference(wanted, found) < 0;
}
