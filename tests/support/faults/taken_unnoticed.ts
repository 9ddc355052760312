import type { RunEvent } from "../../../core/plan/events.ts";
import type { Stranger } from "./stranger.ts";

/**
 * Detects that a run takes another camera for its own, after that camera has taken its place.
 */
export class TakenUnnoticed {
  #isTaken = false;
  #isAdmitted = false;

  /**
   * @param hadFoundFirst true if the run had already found the first camera; otherwise the other camera is
   * simply the one that it found
   */
  constructor(private readonly stranger: Stranger, private readonly hadFoundFirst: boolean) {}

  /**
   * The run itself says that the ids do not show which camera it works on, or it had no other
   * camera.
   */
  get isAdmitted(): boolean {
    return this.#isAdmitted || !this.hadFoundFirst;
  }

  /** The run took the other camera for the first one, and does not say that it cannot know. */
  get isUnnoticed(): boolean {
    return this.#isTaken && !this.isAdmitted;
  }

  see(event: RunEvent): void {
    if (event.type === "connected" && event.detected.port === this.stranger.port) {
      this.#isTaken = true;
    }
    const isAlive = event.type === "proof" && event.proof.evidence === "alive";
    if (isAlive && this.stranger.hasHands && this.stranger.isAsked) this.#isTaken = true;
    if (event.type === "note" && /no serial number proves/.test(String(event.text))) {
      this.#isAdmitted = true;
    }
  }
}
