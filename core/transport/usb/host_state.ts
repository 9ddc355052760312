import { abortError, type Clock } from "../../common/clock.ts";
import { UnbrickError } from "../../common/errors.ts";
import type { Attachment } from "./attachment.ts";
import {
  type ConfigurationDescriptor,
  parseConfiguration,
  parseDeviceDescriptor,
} from "./descriptors.ts";
import type { TransferOptions, UsbDeviceInfo } from "./device.ts";
import { StandardRequest } from "./function.ts";
import { Stall } from "./model.ts";
import type { Transfer } from "./transfer.ts";

/** Deadline of the requests that the operating system itself sends (Linux: 5 s). */
const SYSTEM_TIMEOUT_MS = 5000;
const NEVER = new AbortController().signal;

/**
 * What the operating system stores for an attached device: descriptors, configuration, alternate
 * settings and claims. One for each attachment, no matter how many programs use it.
 */
export class HostState {
  readonly info: UsbDeviceInfo;
  /** Claimed interfaces and the handle that claimed each. */
  readonly claims = new Map<number, unknown>();
  readonly #alternates = new Map<number, number>();

  private constructor(private readonly attachment: Attachment) {
    const { model, address, bus, portPath } = attachment;
    const descriptor = parseDeviceDescriptor(model.deviceDescriptor);
    if (!descriptor) throw new Error(`the model on ${portPath} has no device descriptor`);
    const configurations = model.configurations.map(parseConfiguration)
      .filter((one): one is ConfigurationDescriptor => one !== undefined);
    this.info = { bus, address, portPath, speed: model.speed, descriptor, configurations };
  }

  static readonly #states = new WeakMap<Attachment, Promise<HostState>>();

  /** Enumerates a device once: reads its descriptors and sets its first configuration. */
  static of(attachment: Attachment, clock: Clock): Promise<HostState> {
    let state = HostState.#states.get(attachment);
    if (!state) {
      const made = new HostState(attachment);
      state = made.configure(clock).then(() => made, () => made);
      HostState.#states.set(attachment, state);
    }
    return state;
  }

  /** Returns true if the active configuration has this alternate setting. */
  has(interfaceNumber: number, alternateSetting = 0): boolean {
    return this.info.configurations[0]?.interfaces.some((setting) =>
      setting.bInterfaceNumber === interfaceNumber && setting.bAlternateSetting === alternateSetting
    ) ?? false;
  }

  /** Returns the interface whose current alternate setting has this endpoint. */
  interfaceOf(endpoint: number): number | undefined {
    return this.info.configurations[0]?.interfaces.find((setting) =>
      setting.bAlternateSetting === (this.#alternates.get(setting.bInterfaceNumber) ?? 0) &&
      setting.endpoints.some(({ bEndpointAddress }) => bEndpointAddress === endpoint)
    )?.bInterfaceNumber;
  }

  /**
   * Sends SET_CONFIGURATION and sets the alternate settings that are not 0, as after a port reset.
   */
  async configure(clock: Clock): Promise<void> {
    const value = this.info.configurations[0]?.bConfigurationValue ?? 0;
    await this.#send(clock, 0x00, StandardRequest.SET_CONFIGURATION, value, 0);
    for (const [interfaceNumber, alternate] of this.#alternates) {
      if (alternate !== 0) await this.setAlternate(clock, interfaceNumber, alternate);
    }
  }

  async setAlternate(clock: Clock, interfaceNumber: number, alternate: number): Promise<void> {
    const { SET_INTERFACE } = StandardRequest;
    await this.#send(clock, 0x01, SET_INTERFACE, alternate, interfaceNumber);
    this.#alternates.set(interfaceNumber, alternate);
  }

  /** Releases an interface; as on Linux, its alternate setting becomes 0 again. */
  async release(clock: Clock, interfaceNumber: number): Promise<void> {
    this.claims.delete(interfaceNumber);
    if ((this.#alternates.get(interfaceNumber) ?? 0) === 0 || this.attachment.gone) return;
    await this.setAlternate(clock, interfaceNumber, 0).catch(() => {});
  }

  async #send(
    clock: Clock,
    bmRequestType: number,
    bRequest: number,
    wValue: number,
    wIndex: number,
  ): Promise<void> {
    const setup = { bmRequestType, bRequest, wValue, wIndex, wLength: 0 };
    await submit(this.attachment, clock, { kind: "control", setup, data: new Uint8Array() }, {
      timeoutMs: SYSTEM_TIMEOUT_MS,
      signal: NEVER,
    });
  }
}

/**
 * Runs one transfer with a deadline.
 * @param running contains meanwhile what ends it
 * @throws UnbrickError `disconnected`, `timeout`, `stalled`, or the reason of the signal.
 */
export async function submit(
  attachment: Attachment,
  clock: Clock,
  transfer: Transfer,
  options: TransferOptions,
  running?: Set<AbortController>,
): Promise<Uint8Array> {
  const { timeoutMs, signal } = options;
  const controller = new AbortController();
  running?.add(controller);
  const finished = new AbortController();
  const onAbort = () => controller.abort(abortError(signal));
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  clock.sleep(timeoutMs, finished.signal).then(
    () => controller.abort(timeoutError(timeoutMs)),
    () => {}, // finished in time
  );
  try {
    return await attachment.submit(transfer, controller);
  } catch (error) {
    if (!(error instanceof Stall)) throw error;
    throw new UnbrickError("stalled", "The device refused a request (STALL).", named(transfer), {
      cause: error,
    });
  } finally {
    running?.delete(controller);
    finished.abort(FINISHED);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Shared: creating an error for each transfer would cost more than the transfer. */
const FINISHED = new UnbrickError("cancelled", "The transfer has ended.");

function timeoutError(milliseconds: number): UnbrickError {
  const message = `The device did not answer a transfer within ${milliseconds} ms.`;
  return new UnbrickError("timeout", message, { milliseconds });
}

function named(transfer: Transfer): Record<string, number> {
  if (transfer.kind !== "control") return { endpoint: transfer.endpoint };
  const { bmRequestType, bRequest, wValue, wIndex } = transfer.setup;
  return { bmRequestType, bRequest, wValue, wIndex };
}
