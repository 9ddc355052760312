/** A transfer's place in the order of its endpoint. */
export interface Turn {
  /** Resolves when the transfers before it have passed; undefined if there are none. */
  readonly come?: Promise<void>;
  /** Lets the next transfer begin; may be called twice. */
  pass(): void;
}

/** Lets the transfers of an endpoint begin in the order in which they were asked for. */
export class Turns {
  readonly #last = new Map<number, Promise<void>>();

  take(endpoint: number): Turn {
    const come = this.#last.get(endpoint);
    const { promise, resolve } = Promise.withResolvers<void>();
    const passed = come ? come.then(() => promise) : promise;
    this.#last.set(endpoint, passed);
    passed.then(() => {
      if (this.#last.get(endpoint) === passed) this.#last.delete(endpoint);
    });
    return { come, pass: resolve };
  }
}
