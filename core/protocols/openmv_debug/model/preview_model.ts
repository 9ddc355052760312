import type { Clock } from "../../../common/clock.ts";
import { FrameHead, PixelFormat } from "../packets/frame.ts";

/** A picture as the preview takes it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array;
}

/** What happens to pictures on the way. */
export interface PreviewFaults {
  /** A bit of each picture is wrong. */
  readonly pictureDamaged: boolean;
  /** Each picture calls itself almost 4 GiB long. */
  readonly pictureHuge: boolean;
  /** No picture is published. */
  readonly pictureWithheld: boolean;
}

/** The alignment of an M7 (openmv-runtime.md 1.4). */
const OFFSET = 32;
const HUGE = 0xFFFF_FF00;
/** After a lock, the next one is refused for so long, milliseconds (1.4). */
const RELOCK_MS = 10;

/**
 * The preview of a camera: one picture, which waits until the host has fetched it. Meanwhile others are
 * dropped (openmv-runtime.md 1.5).
 */
export class Preview {
  isEnabled = false;
  #picture: Picture | undefined;
  #isLocked = false;
  #lockedAt = -Infinity;
  /** The camera published last, and the host has not looked since. */
  #waitsForHost = false;

  constructor(private readonly clock: Clock, private readonly faults: PreviewFaults) {}

  get isReady(): boolean {
    return this.#picture !== undefined;
  }

  publish(picture: Picture): void {
    const { pictureDamaged, pictureWithheld } = this.faults;
    if (pictureWithheld || !this.isEnabled || this.#isLocked || this.#waitsForHost) return;
    const jpeg = picture.jpeg.slice();
    if (pictureDamaged) jpeg[jpeg.length >> 1] ^= 1;
    this.#picture = { ...picture, jpeg };
    this.#waitsForHost = true;
  }

  /** @returns the picture, or undefined if there is none or the host has it already */
  lock(): Picture | undefined {
    if (this.#isLocked) return undefined;
    this.#waitsForHost = false;
    this.#isLocked = this.#picture !== undefined;
    return this.#picture;
  }

  /** The picture that the host has locked. */
  get locked(): Picture | undefined {
    return this.#isLocked ? this.#picture : undefined;
  }

  /** As `lock`, in protocol V2: too early after another lock it fails, too. */
  lockV2(): boolean {
    const now = this.clock.now();
    if (now - this.#lockedAt < RELOCK_MS) return false;
    this.#lockedAt = now;
    return this.#picture !== undefined && this.lock() !== undefined;
  }

  /** Lets go of the picture and drops it, if it is locked. */
  unlock(): void {
    if (this.#isLocked) this.clear();
  }

  /** Turning the preview off unlocks it; the picture stays (openmv-runtime.md 1.5). */
  disable(): void {
    this.isEnabled = false;
    this.#isLocked = false;
  }

  /** A script ends, or V2 turns the preview on or off: nothing is left of it. */
  clear(): void {
    this.#picture = undefined;
    this.#isLocked = false;
    this.#waitsForHost = false;
  }

  /** Returns width, height and bytes as V1 tells them. */
  sizeOf({ width, height, jpeg }: Picture): [number, number, number] {
    return [width, height, this.faults.pictureHuge ? HUGE : jpeg.length];
  }

  /** Bytes of the whole frame in protocol V2; 0 if there is none. */
  get frameSize(): number {
    if (this.faults.pictureHuge && this.isReady) return HUGE;
    return this.frame.length;
  }

  /** The whole frame in protocol V2; empty if there is none. */
  get frame(): Uint8Array {
    if (!this.#picture) return new Uint8Array();
    const { width, height, jpeg } = this.#picture;
    const frame = new Uint8Array(OFFSET + jpeg.length);
    const head = { width, height, format: PixelFormat.JPEG, size: jpeg.length, offset: OFFSET };
    frame.set(FrameHead.encode(head));
    frame.set(jpeg, OFFSET);
    return frame;
  }
}
