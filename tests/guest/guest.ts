import { systemClock } from "../../core/common/clock.ts";
import { UnbrickError } from "../../core/common/errors.ts";
import type { Attachment } from "../../core/transport/usb/attachment.ts";
import { listen, type UsbIpListener } from "../support/usbip/listen.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import type { Machine, Outcome, RunOptions } from "./machine.ts";

/** The ports of the guest's first virtual host controller: socket `1-1` is its port 0. */
const PORTS = 8;
const speeds = { low: 1, full: 2, high: 3, super: 5, unknown: 0 } as const;

/**
 * The guest as a case uses it, with a virtual bus outside: each model that is plugged in there
 * appears in the guest at once, on bus 1 and on the port of its socket.
 */
export class Guest {
  readonly bus = new VirtualBus();
  /** Defects of models. A case with a defect fails. */
  readonly errors: string[] = [];
  /** If false, models are only offered, and the guest must attach them itself. */
  attaches = true;
  readonly #server: UsbIpListener;
  readonly #seen = new WeakSet<Attachment>();

  constructor(readonly machine: Machine) {
    const onError = (error: unknown) => this.errors.push(String(error));
    this.#server = listen(this.bus, { port: 0, onError });
    this.bus.onChange(() => this.#attachNew());
  }

  /** The port of the USB/IP server, for the guest's own tools. */
  get usbipPort(): number {
    return this.#server.port;
  }

  /** Runs a shell command in the guest. */
  run(command: string, options?: RunOptions): Promise<Outcome> {
    return this.machine.run(command, options);
  }

  /** Starts a shell command and passes on its lines as they arrive. */
  start(
    command: string,
    onLine: (line: string) => void,
    options?: RunOptions,
  ): Promise<Outcome> {
    return this.machine.start(command, onLine, options);
  }

  /**
   * Repeats a command until it succeeds.
   * @throws UnbrickError `timeout` with its last output.
   */
  async until(what: string, command: string, deadlineMs = 15_000): Promise<Outcome> {
    const end = systemClock.now() + deadlineMs;
    for (;;) {
      const outcome = await this.run(command);
      if (outcome.code === 0) return outcome;
      if (systemClock.now() > end) {
        const said = outcome.stdout + outcome.stderr;
        throw new UnbrickError(
          "timeout",
          `Waited ${deadlineMs} ms for ${what}; last seen: ${said}`,
        );
      }
      await systemClock.sleep(50);
    }
  }

  /** Waits until the guest's kernel has configured the device on a port: `1-1`. */
  async enumerated(portPath: string): Promise<void> {
    const configuration = `/sys/bus/usb/devices/${portPath}/bConfigurationValue`;
    await this.until(`${portPath} to be enumerated`, `test -n "$(cat ${configuration})"`);
  }

  /** Unplugs everything and waits until the guest has noticed. */
  async close(): Promise<void> {
    for (const { portPath } of this.bus.attachments) this.bus.socket(portPath).detach();
    await this.until("all devices to leave", "! ls -d /sys/bus/usb/devices/1-[1-9]* 2>/dev/null");
    await this.#server.close();
  }

  #attachNew(): void {
    for (const attachment of this.attaches ? this.bus.attachments : []) {
      if (this.#seen.has(attachment)) continue;
      this.#seen.add(attachment);
      this.#attach(attachment).catch((error) => void this.errors.push(String(error)));
    }
  }

  async #attach({ portPath, bus, address, model }: Attachment): Promise<void> {
    const port = Number(portPath.split("-")[1]) - 1;
    if (!(port >= 0 && port < PORTS)) throw new Error(`the guest has no port ${portPath}`);
    const devid = bus << 16 | address;
    const device = { busid: portPath, port, devid, speed: speeds[model.speed] };
    await this.machine.attach(this.#server.port, device);
  }
}
