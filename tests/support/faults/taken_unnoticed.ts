import type { RunEvent } from "../../../core/plan/events.ts";
import type { Stranger } from "./stranger.ts";

/** Looks whether a run takes another camera for its own, from the moment that this has its place. */
export class TakenUnnoticed {
  #isTaken = false;
  #isTold = false;

  /** @param hadMet the run had met the first one before; else the other is simply the one that it met */
  constructor(private readonly stranger: Stranger, private readonly hadMet: boolean) {}

  /** The run itself says that ids do not tell which camera it works on, or had no other. */
  get isTold(): boolean {
    return this.#isTold || !this.hadMet;
  }

  /** It took the other camera for the first one, and does not say that it cannot know. */
  get isUnnoticed(): boolean {
    return this.#isTaken && !this.isTold;
  }

  see(event: RunEvent): void {
    if (event.type === "connected" && event.detected.port === this.stranger.port) {
      this.#isTaken = true;
    }
    const isAlive = event.type === "proof" && event.proof.evidence === "alive";
    if (isAlive && this.stranger.hasHands && this.stranger.isAsked) this.#isTaken = true;
    if (event.type === "note" && /no serial number proves/.test(String(event.text))) {
      this.#isTold = true;
    }
  }
}
