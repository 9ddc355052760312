import { text } from "../../../core/common/text.ts";
import { bounded } from "../../native/bounded.ts";

/** The part of CoreFoundation and IOKit that lists serial ports. Never tried on a Mac. */

const frameworks = "/System/Library/Frameworks";

const foundationSymbols = {
  CFStringCreateWithCString: { parameters: ["pointer", "buffer", "u32"], result: "pointer" },
  CFStringGetCString: { parameters: ["pointer", "buffer", "isize", "u32"], result: "u8" },
  CFNumberGetValue: { parameters: ["pointer", "isize", "buffer"], result: "u8" },
  CFGetTypeID: { parameters: ["pointer"], result: "usize" },
  CFStringGetTypeID: { parameters: [], result: "usize" },
  CFNumberGetTypeID: { parameters: [], result: "usize" },
  CFRelease: { parameters: ["pointer"], result: "void" },
} as const;

const ioKitSymbols = {
  IOServiceMatching: { parameters: ["buffer"], result: "pointer" },
  IOServiceGetMatchingServices: {
    parameters: ["u32", "pointer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  IOIteratorNext: { parameters: ["u32"], result: "u32", nonblocking: true },
  IOObjectRelease: { parameters: ["u32"], result: "i32" },
  IORegistryEntrySearchCFProperty: {
    parameters: ["u32", "buffer", "pointer", "pointer", "u32"],
    result: "pointer",
    nonblocking: true,
  },
} as const;

/** CFStringEncoding, CFNumberType. */
const kCFStringEncodingUTF8 = 0x08000100;
const kCFNumberSInt64Type = 4n;
/** kIORegistryIterateRecursively | kIORegistryIterateParents */
const UPWARDS = 1 | 2;
const TEXT_MAX = 1024;

/** One service of the registry: its properties, or those of its parents. */
export interface Service {
  text(property: string): Promise<string | undefined>;
  number(property: string): Promise<number | undefined>;
}

/** The I/O registry of macOS, which lists connected devices. */
export interface Registry {
  /** Calls `visit` with each service of a class, which is valid until `visit` returns. */
  each(className: string, visit: (service: Service) => Promise<void>): Promise<void>;
}

const SERIAL_PORTS = text`the serial ports`;
/** How long a call to the registry may take, ms. */
const CALL_MS = 2_000;

/**
 * Loads CoreFoundation and IOKit, which every macOS has.
 * @param signal ends all waits for calls that do not return
 */
export function openRegistry(signal?: AbortSignal): Registry {
  const within = <T>(call: string, work: Promise<T>) =>
    bounded(work, { call, ms: CALL_MS, subject: SERIAL_PORTS, signal });
  const cf = Deno.dlopen(`${frameworks}/CoreFoundation.framework/CoreFoundation`, foundationSymbols)
    .symbols;
  const io = Deno.dlopen(`${frameworks}/IOKit.framework/IOKit`, ioKitSymbols).symbols;
  const cString = (text: string) => new TextEncoder().encode(text + "\0");

  async function property<T>(
    service: number,
    name: string,
    type: bigint,
    read: (value: Deno.PointerObject) => T | undefined,
  ): Promise<T | undefined> {
    const key = cf.CFStringCreateWithCString(null, cString(name), kCFStringEncodingUTF8);
    const plane = cString("IOService");
    const searching = io.IORegistryEntrySearchCFProperty(service, plane, key, null, UPWARDS);
    const value = await within("IORegistryEntrySearchCFProperty", searching);
    cf.CFRelease(key);
    if (!value) return undefined;
    try {
      return cf.CFGetTypeID(value) === type ? read(value) : undefined;
    } finally {
      cf.CFRelease(value);
    }
  }

  const text = (service: number, name: string) =>
    property(service, name, cf.CFStringGetTypeID(), (value) => {
      const buffer = new Uint8Array(TEXT_MAX);
      if (!cf.CFStringGetCString(value, buffer, BigInt(TEXT_MAX), kCFStringEncodingUTF8)) return;
      return new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
    });
  const number = (service: number, name: string) =>
    property(service, name, cf.CFNumberGetTypeID(), (value) => {
      const out = new BigInt64Array(1);
      return cf.CFNumberGetValue(value, kCFNumberSInt64Type, out) ? Number(out[0]) : undefined;
    });

  return {
    async each(className, visit) {
      const iterator = new Uint32Array(1);
      // IOKit releases the matching dictionary.
      const matching = io.IOServiceMatching(cString(className));
      const getting = io.IOServiceGetMatchingServices(0, matching, iterator);
      if (await within("IOServiceGetMatchingServices", getting) !== 0) return;
      const next = () => within("IOIteratorNext", io.IOIteratorNext(iterator[0]));
      for (let one = await next(); one; one = await next()) {
        await visit({ text: (name) => text(one, name), number: (name) => number(one, name) });
        io.IOObjectRelease(one);
      }
      io.IOObjectRelease(iterator[0]);
    },
  };
}
