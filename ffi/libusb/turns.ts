/** A transfer's place in the order of its endpoint. */
export interface Turn {
  /** Resolves when the transfers before it have passed; undefined if there are none. */
  readonly come?: Promise<void>;
  /** Resolves when the transfers before it have ended; undefined if there are none. */
  readonly last?: Promise<void>;
  /** Lets the next transfer begin; may be called twice. */
  pass(): void;
  /** Lets the next transfer end. */
  end(): void;
}

/** Lets the transfers of an endpoint begin, and end, in the order in which they were asked for. */
export class Turns {
  readonly #passed = new Chains();
  readonly #ended = new Chains();

  take(endpoint: number): Turn {
    const passed = this.#passed.add(endpoint), ended = this.#ended.add(endpoint);
    return { come: passed.before, last: ended.before, pass: passed.resolve, end: ended.resolve };
  }
}

/** For each endpoint, a chain of events of which each happens after the one before. */
class Chains {
  readonly #last = new Map<number, Promise<void>>();

  add(endpoint: number): { readonly before?: Promise<void>; resolve(): void } {
    const before = this.#last.get(endpoint);
    const { promise, resolve } = Promise.withResolvers<void>();
    const happened = before ? before.then(() => promise) : promise;
    this.#last.set(endpoint, happened);
    happened.then(() => {
      if (this.#last.get(endpoint) === happened) this.#last.delete(endpoint);
    });
    return { before, resolve };
  }
}
