import { byteCount, byteSize } from "../common/format.ts";
import { text, type Words } from "../common/text.ts";
import type { Image } from "../image/image.ts";
import { sha256 } from "../common/sha256.ts";
import type { Consent } from "./operator.ts";
import { readBackProof, readBackProofIfEqual } from "./memory_proof.ts";
import type { OnRead } from "./read_back.ts";
import { imageTarget, type Step, type Target } from "./step.ts";
import type { StepContext } from "./step_context.ts";
import { writeProgress } from "./write_progress.ts";

/** Options of one pass over a memory. */
export interface MemoryRun {
  readonly signal: AbortSignal;
  onProgress(progress: { readonly done: number }): void;
  /** Receives what the device sends of its memory, as it came. */
  readonly onRead?: OnRead;
}

/** A memory that is written and compared by address. */
export interface RangeMemory {
  writeRange(address: number, bytes: Uint8Array, run: MemoryRun): Promise<unknown>;
  /** Reads back and hands over what came. @throws UnbrickError `verify-failed` at the first difference */
  verifyRange(address: number, bytes: Uint8Array, run: MemoryRun): Promise<void>;
}

/** What a step writes, and where. */
export interface MemoryWrite {
  readonly id: string;
  readonly title: Words;
  /** Name for people: "firmware". */
  readonly region: Words;
  readonly address: number;
  /** An image, or zeros that erase something. */
  readonly content: Image | Uint8Array;
  /** Expected milliseconds to write and to read back. */
  readonly weight: number;
  readonly consent?: Consent;
  /** Runs `work` with the memory of the camera. */
  use<T>(context: StepContext, work: (memory: RangeMemory) => Promise<T>): Promise<T>;
}

/**
 * Returns a step that writes an image or zeros, unless the camera already contains them, and reads
 * them back.
 */
export function writeStep(options: MemoryWrite): Step {
  const { id, title, weight, region, address, content, consent, use } = options;
  const { bytes, target, claim } = content instanceof Uint8Array
    ? zeros(region, content, address)
    : { bytes: content.bytes, target: imageTarget(region, content, address), claim: undefined };
  const run = (context: StepContext, phase: "compared" | "written" | "verified"): MemoryRun => {
    const report = writeProgress(context, bytes.length)[phase];
    return { signal: context.signal, onProgress: ({ done }) => report(done) };
  };
  const read = (context: StepContext, phase: "compared" | "verified") => (onRead: OnRead) =>
    use(
      context,
      (memory) => memory.verifyRange(address, bytes, { ...run(context, phase), onRead }),
    );
  return {
    id,
    title,
    weight,
    effect: content instanceof Uint8Array ? "erases" : "writes",
    targets: [target],
    ...(consent && { consent }),
    isDone: (context) => readBackProofIfEqual(context, [target], read(context, "compared"), claim),
    async run(context) {
      await use(context, (memory) => memory.writeRange(address, bytes, run(context, "written")));
    },
    prove: (context) => readBackProof(context, [target], read(context, "verified"), claim),
  };
}

function zeros(region: Words, bytes: Uint8Array, address: number) {
  const length = bytes.length;
  const target: Target = { region, address, length, sha256: sha256(bytes) };
  const claim = text`The ${region} contains only zeros, as intended: ${byteSize(length)}
    (${byteCount(length)}).`;
  return { bytes, claim, target };
}
