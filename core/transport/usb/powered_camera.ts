import type { Clock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { FlashMemory } from "../../common/flash_memory.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { UsbDeviceModel, UsbSocket } from "./model.ts";
import { text } from "../../common/text.ts";

/**
 * Base of simulated cameras: how cable, power and chip belong together. Power comes through the USB
 * socket, where one device at a time shows itself. What the chip still means to do ends with its power
 * and at a reset. A cable that somebody else than these hands pulls takes the power away, too.
 */
export abstract class PoweredCamera {
  abstract readonly board: { readonly name: string };
  /** Its memories by name: `flash`, `qspi`, … */
  readonly memories: ReadonlyMap<string, FlashMemory> = new Map();
  /** Fitted by hand; a camera without a jumper handles other actions. */
  protected hasJumper = false;
  readonly #clock: Clock;
  readonly #socket: UsbSocket;
  #shown: UsbDeviceModel | undefined;
  /** Power is on while there is one; a reset makes a new one. */
  #life: AbortController | undefined;

  constructor({ clock, socket }: { readonly clock: Clock; readonly socket: UsbSocket }) {
    this.#clock = clock;
    this.#socket = socket;
  }

  /** Total time that its memories were busy erasing and programming, in milliseconds. */
  get busyMs(): number {
    return [...this.memories.values()].reduce((sum, memory) => sum + memory.busyMs, 0);
  }

  /** Returns a copy of a memory. @throws UnbrickError `not-found` if it has none of that name */
  memory(name: string): Uint8Array {
    const memory = this.memories.get(name);
    if (memory) return memory.read(memory.base, memory.size);
    throw new UnbrickError("not-found", `The ${this.board.name} has no memory "${name}".`);
  }

  /** Power has come, or the chip has reset. */
  protected abstract start(): void;

  /** Power has gone; called for the cable that was not in, too. */
  protected powerLost(): void {}

  /** An action of hands that is not the cable; false if the camera has nothing for it. */
  protected handle(id: HardwareAction["id"]): boolean {
    if (id !== "fit-jumper" && id !== "remove-jumper") return false;
    this.hasJumper = id === "fit-jumper";
    return true;
  }

  /** Does what a hand would do. @throws UnbrickError `usage` for what the camera does not have */
  async perform({ id }: HardwareAction): Promise<void> {
    if (id === "unplug" || id === "plug") this.#unplug();
    else if (!this.handle(id)) {
      throw new UnbrickError("usage", text`The ${this.board.name} has nothing for "${id}".`);
    }
    if (id !== "plug") return;
    this.#life = new AbortController();
    this.start();
  }

  /** The chip resets: its device leaves the bus, and what it still meant to do does not happen. */
  protected reset(next: () => void = () => this.start()): void {
    if (!this.#life) return;
    this.show(undefined);
    this.#life.abort();
    this.#life = new AbortController();
    next();
  }

  /** Takes what is on the bus off it and puts a device there. */
  protected show(model: UsbDeviceModel | undefined): void {
    const before = this.#shown;
    this.#shown = undefined;
    if (before) this.#socket.detach();
    if (!model) return;
    this.#shown = model;
    const detached = model.detached?.bind(model);
    model.detached = () => {
      detached?.();
      if (this.#shown === model) this.#losePower();
    };
    this.#socket.attach(model);
  }

  protected isShown(model: UsbDeviceModel): boolean {
    return this.#shown === model;
  }

  /** Does it in `ms` milliseconds, unless the power goes or the chip resets before. */
  protected later(ms: number, act: () => void): void {
    if (this.#life) this.#clock.sleep(ms, this.#life.signal).then(act, () => {});
  }

  #unplug(): void {
    this.show(undefined);
    this.#losePower();
  }

  #losePower(): void {
    this.#shown = undefined;
    this.#life?.abort();
    this.#life = undefined;
    this.powerLost();
  }
}
