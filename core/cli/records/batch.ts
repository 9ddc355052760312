import type { KeyObject } from "node:crypto";
import { builtin } from "../../common/builtin.ts";
import type { ErrorKind } from "../../common/errors.ts";
import type { Job } from "../../family/board.ts";
import type { Milliseconds } from "../../common/clock.ts";
import { type PublicKey, publicKeyOf } from "../../image/signature.ts";
import type { Outcome } from "../../plan/events.ts";
import type { RunReport } from "../../plan/report.ts";

/** Every camera of a station, in the order in which their runs ended; the file `batch.json`. */
export interface Batch {
  readonly schema: 1;
  readonly cameras: readonly BatchCamera[];
  /** The last record of the chain; omitted if there is none yet. */
  readonly last?: BatchEnd;
  /** Omitted if it was written without a key. */
  readonly signature?: {
    /** First 16 hexadecimal digits of the SHA-256 of the public key (SubjectPublicKeyInfo, DER). */
    readonly key: string;
    /** Ed25519 over the lines `unbrick records`, number and hash of the last record; base64. */
    readonly value: string;
  };
}

/** The number and the SHA-256 of the last record: with it, all records before are known. */
export interface BatchEnd {
  /** @asType integer */
  readonly number: number;
  readonly sha256: string;
}

/** A camera of a batch: what its record says, and where the record is. */
export interface BatchCamera {
  /** Place in the chain, from 1. @asType integer */
  readonly number: number;
  /** File name of the record. */
  readonly record: string;
  /** Of the record. */
  readonly sha256: string;
  /** When its run began: ISO 8601, UTC. */
  readonly startedAt: string;
  readonly ms: Milliseconds;
  readonly job: Job;
  /** True if the camera was a simulated one. */
  readonly simulated: boolean;
  readonly port?: string;
  readonly operator?: string;
  readonly board?: { readonly id: string; readonly name: string };
  /** The serial number in each mode that the camera showed. */
  readonly serials: readonly { readonly mode: string; readonly serial?: string }[];
  /** The images of the run. */
  readonly versions: readonly { readonly role: string; readonly version?: string }[];
  readonly outcome: Outcome;
  /** False if the program ended before the run did. */
  readonly finished: boolean;
  /** @asType integer */
  readonly exitCode?: number;
  readonly error?: ErrorKind;
  /** The check of the running camera: its fault, `passed`, or `not-made`. */
  readonly check: "passed" | "not-made" | ErrorKind;
}

/** Returns a camera of a batch as its record describes it. */
export function cameraOf(
  report: RunReport,
  place: Pick<BatchCamera, "number" | "record" | "sha256">,
): BatchCamera {
  const { startedAt, ms, job, simulated, operator, board, devices, images } = report;
  const { outcome, finished, exitCode, error, station, check } = report;
  return {
    ...place,
    startedAt,
    ms,
    job,
    simulated,
    port: station?.port,
    operator,
    board,
    serials: devices.map(({ mode, serial }) => ({ mode, serial })),
    versions: images.map(({ role, version }) => ({ role, version })),
    outcome,
    finished,
    exitCode,
    error: error?.kind,
    check: check ? check.error?.kind ?? "passed" : "not-made",
  };
}

const statement = ({ number, sha256 }: BatchEnd) =>
  new TextEncoder().encode(`unbrick records\n${number}\n${sha256}\n`);

/** Returns the batch with its signature, or without one if there is no key. */
export function signedBatch(
  { signature: _, ...batch }: Batch,
  key: KeyObject | undefined,
): Batch {
  if (!key || !batch.last) return batch;
  const value = builtin.crypto.sign(null, statement(batch.last), key).toString("base64");
  return { ...batch, signature: { key: publicKeyOf(key).id, value } };
}

/** Returns true if this key has signed the last record of the batch. */
export function isSignedBy({ last, signature }: Batch, { key }: PublicKey): boolean {
  if (!last || typeof signature?.value !== "string") return false;
  const { verify } = builtin.crypto;
  return verify(null, statement(last), key, bytesIn(signature.value));
}

/** Returns the bytes of a base64 text; none if it is not one. */
function bytesIn(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return new Uint8Array();
  }
}
