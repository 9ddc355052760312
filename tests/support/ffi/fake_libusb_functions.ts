import assert from "node:assert/strict";
import { i32, u32, u64 } from "../../../core/common/struct.ts";
import { TRANSFER } from "../../../ffi/libusb/layout.ts";
import type { FakeLibrary } from "./fake_library.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A device on the fake's bus. */
export interface FakeUsbDevice {
  readonly bus: number;
  readonly address: number;
  readonly ports: readonly number[];
  /** enum libusb_speed */
  readonly speed?: number;
  /** 18 bytes; undefined: it cannot be read. */
  readonly descriptor?: Uint8Array;
}

export const CONTEXT = 0xC0n, HANDLE = 0x4Dn;

/** Returns a device descriptor of this vendor and product, without configurations. */
export function descriptorOf(idVendor: number, idProduct: number): Uint8Array {
  const bytes = Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  new DataView(bytes.buffer).setUint16(8, idVendor, true);
  new DataView(bytes.buffer).setUint16(10, idProduct, true);
  return bytes;
}

/** Memory that C code uses; it must not be moved or freed while its address is in use. */
const kept = new Set<Bytes>();
function addressOf(bytes: Bytes): bigint {
  kept.add(bytes);
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

/**
 * A libusb of any system, to try what a real one does rarely: calls that fail, hang or answer late.
 * A transfer ends when `end` is called, or at once.
 */
export class FakeLibusb implements FakeLibrary {
  readonly thread = { error: 0 };
  readonly calls: string[] = [];
  readonly devices: FakeUsbDevice[] = [];
  /** Where libusb's objects of the devices begin; others are other objects of the same devices. */
  firstDevice = 0xD0n;
  /** Results of functions instead of success. */
  readonly codes: Record<string, number> = {};
  /** The result of these is given by `answer`. */
  readonly held = new Set<string>();
  hasHotplug = true;
  /** What a transfer ends with as soon as it is submitted; undefined: it is held. */
  outcome?: { readonly status: number; readonly length: number } = { status: 0, length: 0 };
  /** The transfers that exist, and those that are submitted. */
  readonly transfers = new Set<Bytes>();
  readonly submitted = new Set<Bytes>();
  #answers: [string, (code?: number) => void][] = [];
  #endRound?: () => void;
  #isWoken = false;

  /** Lets a call that is held return. */
  answer(name: string): void {
    const at = this.#answers.findIndex(([held]) => held === name);
    assert.ok(at >= 0, `${name} is not held`);
    this.#answers.splice(at, 1)[0][1]();
  }

  /** The system gives back transfers with this libusb_transfer_status. */
  end(status: number, length = 0, transfers = [...this.submitted]): void {
    for (const transfer of transfers) {
      i32.write(transfer, 16, status, "status");
      i32.write(transfer, 24, length, "actual_length");
      this.submitted.delete(transfer);
    }
    this.#wake();
  }

  /** The names of the calls since the last time, without those that wait for events. */
  named(): string[] {
    const names = this.calls.splice(0).map((call) => call.replace(/^libusb_|\(.*/g, ""));
    return names.filter((name) => !/events|event_handler|auto_detach/.test(name));
  }

  #wake(): void {
    this.#isWoken = true;
    this.#endRound?.();
  }

  #transferAt(pointer: Deno.PointerValue): Bytes {
    const address = Deno.UnsafePointer.value(pointer);
    const transfer = [...this.transfers].find((one) => addressOf(one) === address);
    assert.ok(transfer, "no such transfer");
    return transfer;
  }

  readonly functions = this.#controlled({
    libusb_get_version: () => {
      const version = new Uint8Array(24);
      new Uint16Array(version.buffer).set([1, 0, 30, 12345]);
      return Deno.UnsafePointer.create(addressOf(version));
    },
    libusb_has_capability: (capability: number) => Number(capability === 1 && this.hasHotplug),
    libusb_init: (out: BigUint64Array) => {
      out[0] = CONTEXT;
      return 0;
    },
    libusb_exit: () => {},
    libusb_get_device_list: (_context: unknown, out: BigUint64Array) => {
      const list = BigUint64Array.from([
        ...this.devices.map((_, at) => this.firstDevice + BigInt(at)),
        0n,
      ]);
      out[0] = addressOf(new Uint8Array(list.buffer));
      return BigInt(this.devices.length);
    },
    libusb_free_device_list: (_list: unknown, unreferenced: number) => {
      assert.equal(unreferenced, 1);
    },
    libusb_ref_device: (device: unknown) => device,
    libusb_unref_device: () => {},
    libusb_get_bus_number: (device: Deno.PointerValue) => this.#deviceAt(device).bus,
    libusb_get_device_address: (device: Deno.PointerValue) => this.#deviceAt(device).address,
    libusb_get_port_numbers: (device: Deno.PointerValue, out: Bytes, size: number) => {
      const { ports } = this.#deviceAt(device);
      assert.equal(out.length, size);
      if (ports.length > size) return -8;
      out.set(ports);
      return ports.length;
    },
    libusb_get_device_speed: (device: Deno.PointerValue) => this.#deviceAt(device).speed ?? 0,
    libusb_get_device_descriptor: (device: Deno.PointerValue, out: Bytes) => {
      const { descriptor } = this.#deviceAt(device);
      if (!descriptor) return -1;
      out.set(descriptor);
      return 0;
    },
    libusb_open: (_device: unknown, out: BigUint64Array) => {
      out[0] = HANDLE;
      return 0;
    },
    libusb_close: () => {},
    libusb_set_auto_detach_kernel_driver: () => 0,
    libusb_claim_interface: () => 0,
    libusb_release_interface: () => 0,
    libusb_set_interface_alt_setting: () => 0,
    libusb_reset_device: () => 0,
    libusb_alloc_transfer: (packets: number) => {
      assert.equal(packets, 0);
      const transfer = new Uint8Array(TRANSFER.size);
      this.transfers.add(transfer);
      return Deno.UnsafePointer.create(addressOf(transfer));
    },
    libusb_free_transfer: (pointer: Deno.PointerValue) => {
      const transfer = this.#transferAt(pointer);
      assert.ok(!this.submitted.has(transfer), "the system still has it");
      this.transfers.delete(transfer);
    },
    libusb_submit_transfer: (pointer: Deno.PointerValue) => {
      this.submitted.add(this.#transferAt(pointer));
      if (this.outcome) this.end(this.outcome.status, this.outcome.length);
      return 0;
    },
    libusb_cancel_transfer: (pointer: Deno.PointerValue) => {
      const transfer = this.#transferAt(pointer);
      if (!this.submitted.has(transfer)) return -5;
      this.end(3, 0, [transfer]);
      return 0;
    },
    libusb_handle_events_timeout_completed: (_context: unknown, wait: Deno.PointerObject) => {
      const time = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(wait, 16).slice(0));
      const ms = Number(u64.read(time, 0)) * 1000 + u32.read(time, 8) / 1000;
      if (this.#isWoken) {
        this.#isWoken = false;
        return Promise.resolve(0);
      }
      return new Promise<number>((resolve) => {
        const timer = setTimeout(() => this.#endRound!(), ms);
        this.#endRound = () => {
          clearTimeout(timer);
          this.#endRound = undefined;
          this.#isWoken = false;
          resolve(0);
        };
      });
    },
    libusb_interrupt_event_handler: () => this.#wake(),
  });

  #deviceAt(pointer: Deno.PointerValue): FakeUsbDevice {
    return this.devices[Number(Deno.UnsafePointer.value(pointer) - this.firstDevice)];
  }

  #controlled(functions: FakeLibrary["functions"]): FakeLibrary["functions"] {
    const entries = Object.entries(functions).map(([name, run]) => {
      return [name, (...given: unknown[]) => {
        const code = this.codes[name];
        const answer = () => code === undefined ? run(...given) : code;
        if (!this.held.has(name)) return answer();
        return new Promise((resolve) => this.#answers.push([name, () => resolve(answer())]));
      }];
    });
    return Object.fromEntries(entries);
  }
}
