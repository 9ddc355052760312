import { UnbrickError } from "../../../common/errors.ts";
import { byteCount, hex } from "../../../common/format.ts";
import { LOADER_ADDRESS } from "../packets/external_loader.ts";
import { PhaseId, type PhaseRecord } from "../packets/phase.ts";
import type { SerialBootSession } from "./session.ts";
import { text } from "../../../common/text.ts";

/** Address to which OpenBootloader maps the external flash. */
const NOR_ADDRESS = 0x7000_0000;

/** The content of one partition of the external flash. */
export interface FlashPart {
  /** Phase id: 0x04 or 0x05. */
  readonly id: number;
  /** Offset in the flash, bytes. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Everything that OpenBootloader requests. */
export interface ProgramJob {
  /** The one block of the layout (see layout_download.ts). */
  readonly layout: Uint8Array;
  readonly loader: Uint8Array;
  readonly parts: readonly FlashPart[];
}

export interface ProgramOptions {
  /** Called with the bytes sent so far, over all parts. */
  onProgress?(done: number, total: number): void;
}

/** Times measured while writing. */
export interface ProgramReport {
  /**
   * Longest time for a block at the start of a sector, milliseconds. An erase takes longer than 20
   * ms: below that, probably nothing was written (stm32n6-serial-boot.md B.8).
   */
  readonly longestEraseMs: number;
}

/** Bytes that the flash loader erases in one operation (B.7). */
const ERASE_UNIT = 0x1_0000;
/** The loader waits up to 5000 ms for each of its commands, and an erase takes up to 2000 (B.7). */
const ERASE_MS = 15_000, WRITE_MS = 6_000, RAM_MS = 5_000;
/** Most consecutive GetPhase requests without anything new to send. */
const MAX_QUESTIONS = 4;

/**
 * Sends OpenBootloader a layout, the flash loader and the partitions, in the order that it requests
 * (stm32n6-serial-boot.md B.6). A complete transfer is not a proof: OpenBootloader always answers
 * OK. Nothing can be repeated in one session; after any failure, unplug the camera.
 * @throws UnbrickError `protocol` (an earlier session is unfinished, layout refused, or an
 * impossible phase), `timeout` (it hangs), and errors of the transport.
 */
export async function programFlash(
  session: SerialBootSession,
  job: ProgramJob,
  options: ProgramOptions = {},
): Promise<ProgramReport> {
  if (job.layout.length > session.blockSize) {
    throw new UnbrickError(
      "protocol",
      text`The camera accepts blocks of ${byteCount(session.blockSize)}, too small for a layout.`,
      { blockSize: session.blockSize },
    );
  }
  const total = job.layout.length + job.loader.length +
    job.parts.reduce((sum, part) => sum + part.bytes.length, 0);
  const sentPhases = new Set<number>();
  let before = 0, longestEraseMs = 0, questions = 0;

  let record = await session.getPhase();
  if (record.phase !== PhaseId.LAYOUT) throw midSession(record);
  for (; record.phase !== PhaseId.END; record = await session.getPhase()) {
    if (sentPhases.has(record.phase)) {
      if (++questions > MAX_QUESTIONS) throw unexpected(record);
      continue;
    }
    questions = 0;
    const content = contentOf(record, job);
    await send(record.phase, content);
    sentPhases.add(record.phase);
    before += content.length;
  }
  checkAllSent(sentPhases, job);
  return { longestEraseMs };

  async function send(id: number, bytes: Uint8Array): Promise<void> {
    const isFlash = id === PhaseId.APPLICATION || id === PhaseId.EXTENSION;
    const what = text`accept phase ${hex(id, 2)}`;
    const isErase = (offset: number) => isFlash && offset % ERASE_UNIT === 0;
    // Phase 0x05 has no alternate setting of its own; a download goes to the phase, not to the
    // alternate setting (B.5).
    const alternate = id === PhaseId.EXTENSION ? PhaseId.APPLICATION : id;
    await session.download(alternate, bytes, {
      what,
      deadline: (offset) => isErase(offset) ? ERASE_MS : isFlash ? WRITE_MS : RAM_MS,
      onBlock(sent, ms) {
        const offset = (Math.ceil(sent / session.blockSize) - 1) * session.blockSize;
        if (isErase(offset)) longestEraseMs = Math.max(longestEraseMs, ms);
        options.onProgress?.(before + sent, total);
      },
    });
    await session.complete(bytes.length, text`end phase ${hex(id, 2)}`);
  }
}

/** Returns what the phase requests; its address must be the expected one. */
function contentOf(record: PhaseRecord, job: ProgramJob): Uint8Array {
  if (record.phase === PhaseId.LAYOUT) return job.layout;
  const part = job.parts.find(({ id }) => id === record.phase);
  const expected = part ? NOR_ADDRESS + part.offset : LOADER_ADDRESS;
  if (!part && record.phase !== PhaseId.LOADER) throw unexpected(record);
  if (record.address !== expected) {
    throw new UnbrickError(
      "protocol",
      text`The camera would write phase ${hex(record.phase, 2)} at ${hex(record.address)} instead
        of ${hex(expected)}.`,
      { phase: record.phase, address: record.address, expected },
    );
  }
  return part?.bytes ?? job.loader;
}

function checkAllSent(sent: ReadonlySet<number>, job: ProgramJob): void {
  const wanted = [PhaseId.LOADER, ...job.parts.map(({ id }) => id)];
  const missing = wanted.filter((id) => !sent.has(id));
  if (missing.length === 0) return;
  const rejected = sent.size === 1;
  throw new UnbrickError(
    "protocol",
    rejected
      ? text`The camera refused the layout.`
      : text`The camera ended without asking for phase ${
        missing.map((id) => hex(id, 2)).join(", ")
      }.`,
    { missing: missing.map((id) => hex(id, 2)).join(","), layoutRefused: rejected },
  );
}

function midSession({ phase }: PhaseRecord): UnbrickError {
  return new UnbrickError(
    "protocol",
    text`OpenBootloader is in the middle of an earlier session (phase ${hex(phase, 2)}). It
      accepts nothing more until you unplug the camera.`,
    { phase, midSession: true },
  );
}

function unexpected({ phase }: PhaseRecord): UnbrickError {
  return new UnbrickError(
    "protocol",
    text`The camera asked for phase ${hex(phase, 2)}, which was not expected there.`,
    { phase },
  );
}
