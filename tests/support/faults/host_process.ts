import type { Clock } from "../../../core/common/clock.ts";
import type { Operator } from "../../../core/plan/operator.ts";
import type { SerialBus, SerialPort } from "../../../core/transport/serial/port.ts";
import type { UsbBus } from "../../../core/transport/usb/device.ts";

/**
 * The process that a run lives in. When it is killed, what it waits for never comes, what it still
 * does reaches nobody, and the operating system closes what it held open.
 */
export class HostProcess {
  #isDead = false;
  #die: () => void = () => {};
  readonly #death = new Promise<undefined>((resolve) => this.#die = () => resolve(undefined));
  readonly #ports = new Set<SerialPort>();

  readonly clock: Clock;
  readonly usb: UsbBus;
  readonly serial: SerialBus;
  readonly operator: Operator;

  constructor(
    private readonly host: {
      readonly clock: Clock;
      readonly usb: UsbBus;
      readonly serial: SerialBus;
      readonly operator: Operator;
    },
  ) {
    const { clock, operator } = host;
    this.clock = {
      now: () => clock.now(),
      date: () => clock.date(),
      sleep: (ms, signal) => this.#alive(() => clock.sleep(ms, signal)),
    };
    this.operator = this.#mortal(operator);
    this.usb = this.#mortal(host.usb, {
      open: async (info) => this.#mortal(await host.usb.open(info)),
    });
    this.serial = this.#mortal(host.serial, {
      open: async (info, settings) => {
        const port = await host.serial.open(info, settings);
        this.#ports.add(port);
        return this.#mortal(port);
      },
    });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  kill(): void {
    this.#isDead = true;
    this.#die();
  }

  /** What `work` resolves to; undefined if the process is killed first. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    return await Promise.race([work(), this.#death]);
  }

  /** What the system does at the end of a process, however it came. */
  async end(): Promise<void> {
    await Promise.all([...this.#ports].map((port) => port.close()));
    await this.host.usb.close();
  }

  /** The result of a call, or nothing ever again. */
  #alive<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isDead) return;
      call().then(
        (value) => this.#isDead || resolve(value),
        (error) => this.#isDead || reject(error),
      );
    });
  }

  /** All methods of `inner`, or those in their place, each ending with the process. */
  #mortal<T extends object>(inner: T, instead: Partial<T> = {}): T {
    return new Proxy(inner, {
      get: (target, name) => {
        const member = Reflect.get(name in instead ? instead : target, name);
        if (typeof member !== "function") return member;
        return (...values: unknown[]) => this.#alive(() => member.apply(target, values));
      },
    });
  }
}
