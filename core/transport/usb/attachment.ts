import { UnbrickError } from "../../common/errors.ts";
import type { UsbDeviceModel } from "./model.ts";
import type { Transfer } from "./transfer.ts";
import { text } from "../../common/text.ts";

/** Carries a transfer to the model and its data back; `isQueued`: it has waited for another one. */
export type Carry = (
  attachment: Attachment,
  transfer: Transfer,
  signal: AbortSignal,
  isQueued: boolean,
) => Promise<Uint8Array>;

/** One stay of a model on the virtual bus, from attach to detach; a host knows it by its address. */
export class Attachment {
  readonly bus = 1;
  readonly #running = new Set<AbortController>();
  /** By endpoint: resolves when the last transfer has ended that was submitted to it. */
  readonly #turns = new Map<number, Promise<unknown>>();
  #gone = false;

  constructor(
    readonly portPath: string,
    readonly address: number,
    readonly model: UsbDeviceModel,
    private readonly carry: Carry,
  ) {}

  /** True after the model was detached: it accepts no more transfers. */
  get gone(): boolean {
    return this.#gone;
  }

  /**
   * Runs one transfer; an OUT transfer resolves to no bytes. Transfers of one endpoint, and control
   * transfers, run one after another. Settles as soon as `controller` aborts, with its reason. A
   * detach aborts it with a `disconnected` error, so each transfer needs a controller of its own.
   * @throws Stall, whatever the model throws, or the reason of the abort.
   */
  submit(transfer: Transfer, controller: AbortController): Promise<Uint8Array> {
    const { signal } = controller;
    if (this.#gone) return Promise.reject(this.disconnected());
    if (signal.aborted) return Promise.reject(signal.reason);
    this.#running.add(controller);
    const endpoint = transfer.kind === "control" ? 0 : transfer.endpoint;
    const before = this.#turns.get(endpoint);
    const running = new Promise<Uint8Array>((resolve, reject) => {
      const onAbort = () => {
        this.#running.delete(controller);
        reject(signal.reason);
      };
      const settle = () => {
        this.#running.delete(controller);
        signal.removeEventListener("abort", onAbort);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      const carried = before
        ? before.then(() => this.#carryQueued(transfer, signal))
        : this.carry(this, transfer, signal, false);
      carried.then((bytes) => {
        settle();
        resolve(bytes);
      }, (error) => {
        settle();
        reject(error);
      });
    });
    const end = () => {
      if (this.#turns.get(endpoint) === turn) this.#turns.delete(endpoint);
    };
    const turn = (before ? Promise.allSettled([before, running]) : running).then(end, end);
    this.#turns.set(endpoint, turn);
    return running;
  }

  /** Carries a transfer that has waited, unless it was given up. */
  async #carryQueued(transfer: Transfer, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    return await this.carry(this, transfer, signal, true);
  }

  /** USB port reset by the host: running transfers end as `disconnected`, the model resets. */
  reset(): void {
    this.#endTransfers();
    this.model.reset?.();
  }

  /** Called by the bus when the model was taken out. */
  leave(): void {
    this.#gone = true;
    this.#endTransfers();
    this.model.detached?.();
  }

  disconnected(): UnbrickError {
    return new UnbrickError(
      "disconnected",
      text`The device on port ${this.portPath} disconnected.`,
      {
        port: this.portPath,
      },
    );
  }

  #endTransfers(): void {
    for (const controller of [...this.#running]) controller.abort(this.disconnected());
  }
}
