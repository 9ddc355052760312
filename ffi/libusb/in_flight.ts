/** Tracks running work, so that what it uses is not released before it has ended. */
export class InFlight {
  readonly #running = new Set<Promise<unknown>>();

  track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** Resolves when everything has ended, well or not; what is added meanwhile as well. */
  async settled(): Promise<void> {
    while (!this.isIdle) await Promise.allSettled(this.#running);
  }
}
