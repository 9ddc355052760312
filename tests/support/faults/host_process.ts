import type { Clock } from "../../../core/common/clock.ts";
import type { Operator } from "../../../core/plan/operator.ts";
import type { SerialBus, SerialPort } from "../../../core/transport/serial/port.ts";
import type { UsbBus } from "../../../core/transport/usb/device.ts";

/**
 * The process of a run. When it is killed, what it waits for never arrives, what it still does has
 * no effect, and the operating system closes everything that it had open.
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

  /** Returns the result of `work`; undefined if the process is killed first. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    return await Promise.race([work(), this.#death]);
  }

  /** Does what the system does at the end of any process. */
  async end(): Promise<void> {
    await Promise.all([...this.#ports].map((port) => port.close()));
    await this.host.usb.close();
  }

  /** Returns the result of a call; it never returns if the process was killed. */
  #alive<T>(call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isDead) return;
      call().then(
        (value) => this.#isDead || resolve(value),
        (error) => this.#isDead || reject(error),
      );
    });
  }

  /** Returns all methods of `inner`, or their replacements, each of which ends with the process. */
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
