import {
  type ConfigurationDescriptor,
  DeviceDescriptor,
  type InterfaceDescriptor,
  parseConfiguration,
} from "./descriptors.ts";
import type { UsbSpeed } from "./device.ts";
import { encodeConfiguration, encodeString, encodeUnits } from "./encode.ts";
import { Stall, type UsbDeviceModel } from "./model.ts";
import type { SetupPacket } from "./setup_packet.ts";

const deviceDefaults = {
  bcdUSB: 0x0200,
  bDeviceClass: 0,
  bDeviceSubClass: 0,
  bDeviceProtocol: 0,
  bMaxPacketSize0: 64,
  bcdDevice: 0,
  iManufacturer: 0,
  iProduct: 0,
  iSerialNumber: 0,
  bNumConfigurations: 1,
};

const interfaceDefaults: InterfaceDescriptor = {
  bInterfaceNumber: 0,
  bAlternateSetting: 0,
  bInterfaceClass: 0,
  bInterfaceSubClass: 0,
  bInterfaceProtocol: 0,
  iInterface: 0,
  endpoints: [],
  extra: new Uint8Array(),
};

/** Standard requests by name (USB 2.0 table 9-4). */
export const StandardRequest = {
  GET_STATUS: 0,
  CLEAR_FEATURE: 1,
  SET_FEATURE: 3,
  SET_ADDRESS: 5,
  GET_DESCRIPTOR: 6,
  SET_DESCRIPTOR: 7,
  GET_CONFIGURATION: 8,
  SET_CONFIGURATION: 9,
  GET_INTERFACE: 10,
  SET_INTERFACE: 11,
} as const;

/** bDescriptorType (table 9-5), a bit of bmAttributes (table 9-10), recipients (table 9-2). */
const DEVICE = 1, CONFIGURATION = 2, STRING = 3;
const SELF_POWERED = 0x40;
const TO_DEVICE = 0, TO_INTERFACE = 1, TO_ENDPOINT = 2;

/** One alternate setting; omitted fields are 0 or empty. */
export type InterfaceDeclaration = Partial<InterfaceDescriptor>;

/** The descriptors of a simulated device. Omitted numbers have the values given here. */
export interface FunctionDeclaration {
  readonly speed: UsbSpeed;
  /** bcdUSB 0x0200, bMaxPacketSize0 64, bNumConfigurations 1, everything else 0. */
  readonly device:
    & Partial<DeviceDescriptor>
    & Pick<DeviceDescriptor, "idVendor" | "idProduct">;
  /** bConfigurationValue 1, bmAttributes 0x80, bMaxPower 50; or all of its raw bytes. */
  readonly configuration:
    | Uint8Array
    | Partial<Omit<ConfigurationDescriptor, "interfaces">> & {
      readonly interfaces: readonly InterfaceDeclaration[];
    };
  /** By string index. Raw bytes are sent unchanged, whatever their length byte says. */
  readonly strings?: Readonly<Record<number, string | Uint8Array>>;
  /** LANGIDs of string 0; default 0x0409. Every LANGID gets the same strings. */
  readonly languages?: readonly number[];
  /** bRequest numbers of standard requests that this device answers with STALL. */
  readonly refuses?: readonly number[];
}

/**
 * Base of device models: answers the standard requests from a declaration and passes everything
 * else (class, vendor, and unknown standard requests, such as GET_DESCRIPTOR of a HID report) to
 * `request`. Like many small devices, it also answers before SET_CONFIGURATION.
 */
export abstract class UsbFunction implements UsbDeviceModel {
  readonly speed: UsbSpeed;
  readonly deviceDescriptor: Uint8Array;
  readonly configurations: readonly Uint8Array[];
  readonly #strings = new Map<number, Uint8Array>();
  readonly #refuses: readonly number[];
  readonly #parsed: ConfigurationDescriptor;
  readonly #alternates = new Map<number, number>();
  #configurationValue = 0;

  constructor(declaration: FunctionDeclaration) {
    this.speed = declaration.speed;
    this.deviceDescriptor = DeviceDescriptor.encode({
      ...deviceDefaults,
      ...declaration.device,
    });
    const configuration = encodeDeclaration(declaration.configuration);
    this.configurations = [configuration];
    const parsed = parseConfiguration(configuration);
    if (!parsed) throw new Error("the configuration descriptor of a model cannot be read");
    this.#parsed = parsed;
    this.#refuses = declaration.refuses ?? [];
    const languages = declaration.languages ?? [0x0409];
    this.#strings.set(0, encodeUnits(languages));
    for (const [index, text] of Object.entries(declaration.strings ?? {})) {
      this.#strings.set(Number(index), typeof text === "string" ? encodeString(text) : text);
    }
  }

  /** Answers a request that is not a standard one of chapter 9. @throws Stall to refuse it. */
  protected abstract request(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void>;

  /** Called after SET_CONFIGURATION; 0 is "not configured". */
  protected configured?(bConfigurationValue: number): void;

  /** Called after SET_INTERFACE to a setting that exists. */
  protected alternateSet?(bInterfaceNumber: number, bAlternateSetting: number): void;

  /** Returns the alternate setting of an interface. */
  protected alternate(bInterfaceNumber: number): number {
    return this.#alternates.get(bInterfaceNumber) ?? 0;
  }

  async control(
    setup: SetupPacket,
    data: Uint8Array,
    signal: AbortSignal,
  ): Promise<Uint8Array | void> {
    if ((setup.bmRequestType & 0x60) === 0) {
      if (this.#refuses.includes(setup.bRequest)) throw new Stall();
      const answer = this.#standard(setup);
      if (answer) return answer.subarray(0, setup.wLength);
    }
    const answer = await this.request(setup, data, signal);
    return answer?.subarray(0, setup.wLength);
  }

  reset(): void {
    this.#configure(0);
  }

  /** Returns the answer (no bytes for OUT), undefined for an unknown request. */
  #standard({ bmRequestType, bRequest, wValue, wIndex }: SetupPacket): Uint8Array | undefined {
    const recipient = bmRequestType & 0x1f;
    switch (bRequest) {
      case StandardRequest.GET_DESCRIPTOR:
        return recipient === TO_DEVICE ? this.#descriptor(wValue >> 8, wValue & 0xff) : undefined;
      case StandardRequest.GET_STATUS:
        return Uint8Array.of(recipient === TO_DEVICE && this.#isSelfPowered ? 1 : 0, 0);
      case StandardRequest.SET_ADDRESS:
        return new Uint8Array();
      case StandardRequest.CLEAR_FEATURE:
        return recipient === TO_ENDPOINT ? new Uint8Array() : undefined;
      case StandardRequest.GET_CONFIGURATION:
        return Uint8Array.of(this.#configurationValue);
      case StandardRequest.SET_CONFIGURATION:
        if (wValue !== 0 && wValue !== this.#parsed.bConfigurationValue) throw new Stall();
        this.#configure(wValue);
        return new Uint8Array();
      case StandardRequest.GET_INTERFACE:
        this.#findAlternate(recipient, wIndex, this.alternate(wIndex));
        return Uint8Array.of(this.alternate(wIndex));
      case StandardRequest.SET_INTERFACE:
        this.#findAlternate(recipient, wIndex, wValue);
        this.#alternates.set(wIndex, wValue);
        this.alternateSet?.(wIndex, wValue);
        return new Uint8Array();
    }
  }

  get #isSelfPowered(): boolean {
    return (this.#parsed.bmAttributes & SELF_POWERED) !== 0;
  }

  #configure(value: number): void {
    this.#configurationValue = value;
    this.#alternates.clear();
    this.configured?.(value);
  }

  #descriptor(type: number, index: number): Uint8Array {
    const found = type === DEVICE
      ? this.deviceDescriptor
      : type === CONFIGURATION
      ? this.configurations[index]
      : type === STRING
      ? this.#strings.get(index)
      : undefined;
    if (!found) throw new Stall();
    return found;
  }

  #findAlternate(recipient: number, interfaceNumber: number, alternate: number): void {
    const exists = this.#parsed.interfaces.some((setting) =>
      setting.bInterfaceNumber === interfaceNumber && setting.bAlternateSetting === alternate
    );
    if (recipient !== TO_INTERFACE || !exists) throw new Stall();
  }
}

function encodeDeclaration(declaration: FunctionDeclaration["configuration"]): Uint8Array {
  if (declaration instanceof Uint8Array) return declaration;
  return encodeConfiguration({
    bConfigurationValue: 1,
    bmAttributes: 0x80,
    bMaxPower: 50,
    extra: new Uint8Array(),
    ...declaration,
    interfaces: declaration.interfaces.map((setting) => ({ ...interfaceDefaults, ...setting })),
  });
}
