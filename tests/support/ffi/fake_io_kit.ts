import assert from "node:assert/strict";
import type { FakeLibrary } from "./fake_library.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A service of the registry; what it does not have itself, the ones above it may have. */
export interface FakeService {
  readonly className: string;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly above?: FakeService;
}

const UTF8 = 0x08000100, SINT64 = 4n;
/** kIORegistryIterateRecursively | kIORegistryIterateParents */
const UPWARDS = 3;
const frameworks = "/System/Library/Frameworks";

/** Types of CoreFoundation; their numbers differ from run to run. */
const TYPES = { string: 7n, number: 22n, boolean: 21n } as const;

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));

/** Returns the CoreFoundation and IOKit of a Mac with these services. */
export function fakeRegistry(services: readonly FakeService[]) {
  /** What exists and must be released, by its pointer or number. */
  const objects = new Map<bigint, unknown>();
  let made = 0x1000n;
  const make = (value: unknown) => {
    objects.set(++made, value);
    return Deno.UnsafePointer.create(made);
  };
  const valueOf = (pointer: Deno.PointerValue) => {
    const address = Deno.UnsafePointer.value(pointer);
    assert.ok(objects.has(address), "released or never made");
    return objects.get(address);
  };
  const release = (address: bigint) => assert.ok(objects.delete(address), "released twice");
  const find = (service: FakeService | undefined, name: string): unknown =>
    service && (service.properties[name] ?? find(service.above, name));

  const foundation: FakeLibrary = {
    thread: { error: 0 },
    calls: [],
    functions: {
      CFStringCreateWithCString: (_: null, text: Bytes, encoding: number) => {
        assert.equal(encoding, UTF8);
        return make(textOf(text));
      },
      CFStringGetCString(value: Deno.PointerValue, out: Bytes, size: bigint, encoding: number) {
        const bytes = new TextEncoder().encode(`${valueOf(value)}\0`);
        assert.deepEqual([encoding, Number(size)], [UTF8, out.length]);
        if (bytes.length > out.length) return 0;
        out.set(bytes);
        return 1;
      },
      CFNumberGetValue(value: Deno.PointerValue, type: bigint, out: BigInt64Array) {
        assert.equal(type, SINT64);
        const number = valueOf(value) as number;
        out[0] = BigInt(Math.trunc(number));
        return Number(Number.isInteger(number)); // false if it loses something
      },
      CFGetTypeID: (value: Deno.PointerValue) => TYPES[typeof valueOf(value) as keyof typeof TYPES],
      CFStringGetTypeID: () => TYPES.string,
      CFNumberGetTypeID: () => TYPES.number,
      CFRelease: (value: Deno.PointerValue) => release(Deno.UnsafePointer.value(value)),
    },
  };
  const ioKit: FakeLibrary = {
    thread: { error: 0 },
    calls: [],
    functions: {
      IOServiceMatching: (name: Bytes) => make(textOf(name)),
      IOServiceGetMatchingServices(port: number, matching: Deno.PointerValue, out: Uint32Array) {
        const name = valueOf(matching);
        release(Deno.UnsafePointer.value(matching));
        const found = services.filter(({ className }) => className === name);
        out[0] = Number(Deno.UnsafePointer.value(make([...found])));
        return port;
      },
      IOIteratorNext: (iterator: number) => {
        const one = (objects.get(BigInt(iterator)) as FakeService[]).shift();
        return one ? Number(Deno.UnsafePointer.value(make(one))) : 0;
      },
      IOObjectRelease: (object: number) => {
        release(BigInt(object));
        return 0;
      },
      IORegistryEntrySearchCFProperty(
        service: number,
        plane: Bytes,
        name: Deno.PointerValue,
        _allocator: null,
        options: number,
      ) {
        assert.deepEqual([textOf(plane), options], ["IOService", UPWARDS]);
        const found = find(objects.get(BigInt(service)) as FakeService, `${valueOf(name)}`);
        return found === undefined ? null : make(found);
      },
    },
  };
  const libraries = {
    [`${frameworks}/CoreFoundation.framework/CoreFoundation`]: foundation,
    [`${frameworks}/IOKit.framework/IOKit`]: ioKit,
  };
  return { libraries, ioKit, unreleased: () => objects.size };
}
