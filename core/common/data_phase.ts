/** Some of the data, and its way to the device. */
export interface Piece {
  /** Resolves when the device has accepted it. */
  readonly sent: Promise<void>;
  /** Where it ends in the data. */
  readonly end: number;
}

export interface DataPhaseOptions {
  /** Bytes of a piece; the last one may be shorter. */
  readonly size: number;
  /** How many pieces may be under way at once. */
  readonly most: number;
  readonly signal: AbortSignal;
  /**
   * Sends a piece.
   * @param ahead how many are under way before it: its deadline is so much later
   */
  send(piece: Uint8Array, signal: AbortSignal, ahead: number): Promise<void>;
}

/**
 * The data of one command, sent in pieces, in their order, several of them under way at once. When one
 * fails, the others are cancelled, and fail with the same error.
 */
export class DataPhase {
  readonly #underWay: Piece[] = [];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #started = 0;
  #returned = 0;

  constructor(private readonly data: Uint8Array, private readonly options: DataPhaseOptions) {
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
  }

  /** True if every piece was started. */
  get isStarted(): boolean {
    return this.#started >= this.data.length;
  }

  /**
   * Starts as many pieces as may be under way. Call it after the piece that it returned last was sent.
   * @returns the oldest one that is under way; undefined if all were sent
   */
  next(): Piece | undefined {
    this.#underWay.splice(0, this.#returned);
    const { size, most, send } = this.options;
    while (!this.#stop.signal.aborted && !this.isStarted && this.#underWay.length < most) {
      const piece = this.data.subarray(this.#started, this.#started + size);
      this.#started += piece.length;
      const sent = send(piece, this.#signal, this.#underWay.length);
      sent.catch((error) => this.#stop.abort(error));
      this.#underWay.push({ sent, end: this.#started });
    }
    this.#returned = Math.min(1, this.#underWay.length);
    return this.#underWay[0];
  }

  /** Waits for all pieces that were started. @throws the error with which one failed */
  async sent(): Promise<void> {
    for (const { sent } of this.#underWay) await sent;
  }

  /** Waits for all pieces that were started, however they end. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#underWay.map(({ sent }) => sent));
  }
}
