import type { Clock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { FlashMemory } from "../../common/flash_memory.ts";
import type { HardwareAction } from "../../plan/hardware_action.ts";
import type { UsbDeviceModel, UsbSocket } from "./model.ts";
import { text } from "../../common/text.ts";

/**
 * Base of simulated cameras: connects cable, power and chip. Power comes through the USB socket,
 * where one device at a time appears. Losing power or a reset cancels what the chip had scheduled.
 * Power also ends when someone else unplugs the cable.
 */
export abstract class PoweredCamera {
  abstract readonly board: { readonly name: string };
  /** Its memories by name: `flash`, `qspi`, …; undefined: none. */
  abstract readonly memories?: ReadonlyMap<string, FlashMemory>;
  /** Fitted by hand; a camera without a jumper overrides `handle`. */
  protected hasJumper = false;
  readonly #clock: Clock;
  readonly #socket: UsbSocket;
  #shown: UsbDeviceModel | undefined;
  /** Set while power is on; a reset replaces it. */
  #life: AbortController | undefined;

  constructor({ clock, socket }: { readonly clock: Clock; readonly socket: UsbSocket }) {
    this.#clock = clock;
    this.#socket = socket;
  }

  /** Total time that its memories were busy erasing and programming, in milliseconds. */
  get busyMs(): number {
    return [...this.memories?.values() ?? []].reduce((sum, memory) => sum + memory.busyMs, 0);
  }

  /** Returns a copy of a memory. @throws UnbrickError `not-found` if it has none of that name */
  memory(name: string): Uint8Array {
    const memory = this.memories?.get(name);
    if (memory) return memory.read(memory.base, memory.size);
    throw new UnbrickError("not-found", `The ${this.board.name} has no memory "${name}".`);
  }

  /** Called when the power comes on, or after a reset. */
  protected abstract start(): void;

  /** Called when the power goes off, and also for a cable that was already unplugged. */
  protected powerLost(): void {}

  /** Does an action other than the cable's; returns false if the camera does not have it. */
  protected handle(id: HardwareAction["id"]): boolean {
    if (id !== "fit-jumper" && id !== "remove-jumper") return false;
    this.hasJumper = id === "fit-jumper";
    return true;
  }

  /** Does an action by hand. @throws UnbrickError `usage` if the camera does not have it */
  async perform({ id }: HardwareAction): Promise<void> {
    if (id === "unplug" || id === "plug") this.#unplug();
    else if (!this.handle(id)) {
      throw new UnbrickError("usage", text`The ${this.board.name} cannot do the step "${id}".`);
    }
    if (id !== "plug") return;
    this.#life = new AbortController();
    this.start();
  }

  /** Resets the chip: its device leaves the bus, and everything scheduled is cancelled. */
  protected reset(next: () => void = () => this.start()): void {
    if (!this.#life) return;
    this.show(undefined);
    this.#life.abort();
    this.#life = new AbortController();
    next();
  }

  /** Replaces the device on the bus. */
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

  /** Runs `act` after `ms` milliseconds, unless the power goes off or the chip resets first. */
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
