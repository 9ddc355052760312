import { buildLibusbOn } from "../../../tools/libusb.ts";
import { locked } from "../../../tools/native.ts";
import { MissingProgram } from "../../../tools/run.ts";

/** Vendor requests that the devices of fake_backend.c answer. */
export const REQUEST = {
  STORE: 1,
  LOAD: 2,
  REFUSE: 3,
  HOLD: 4,
  OVERFLOW: 5,
  BREAK: 6,
  BREAK_AND_LEAVE: 7,
  LATE: 8,
  HALF: 9,
  NEVER: 10,
  NOT_SUBMITTED: 11,
} as const;

/** Operations that can be made to fail. */
export const ON = { OPEN: 0, CLAIM: 1, RESET: 2, ALTERNATE: 3, INIT: 4 } as const;

const symbols = {
  fake_plug: { parameters: ["i32", "i32", "i32", "buffer", "buffer", "usize"], result: "i32" },
  fake_unplug: { parameters: ["i32"], result: "void" },
  fake_fail: { parameters: ["i32", "i32", "i32"], result: "void" },
  fake_bind_driver: { parameters: ["i32"], result: "void" },
  fake_driver_bound: { parameters: ["i32"], result: "i32" },
  fake_alternate: { parameters: ["i32"], result: "i32" },
  fake_counters: { parameters: ["buffer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Plugs and unplugs the devices of the fake bus. */
export type Fake = Deno.DynamicLibrary<typeof symbols>["symbols"] & {
  /** The shared library: libusb's core with fake_backend.c. */
  readonly file: string;
  /** The numbers of objects that exist inside libusb. */
  alive(): { allocations: number; handles: number; claims: number; transfers: number };
};

/**
 * Builds and opens the fake library. Returns undefined, and prints the reason, if it cannot be
 * built.
 * @param variant `hotplug` reports changes like Linux, `polled` does not, like Windows
 */
export async function openFake(variant: "hotplug" | "polled"): Promise<Fake | undefined> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    console.log("skipped: the fake USB bus is only built on Linux x64");
    return undefined;
  }
  const backend = new URL("./fake_backend.c", import.meta.url);
  const wrapped = ["malloc", "calloc", "realloc", "free"].map((name) => `-Wl,--wrap=${name}`);
  const flags = variant === "polled" ? [...wrapped, "-DWITHOUT_HOTPLUG"] : wrapped;
  try {
    const built = await locked(() => buildLibusbOn(backend, `libusb-fake-${variant}.so`, flags));
    // Test files run at the same time in one process: each copy of the library has its own bus.
    const file = Deno.makeTempFileSync({ suffix: ".so" });
    Deno.copyFileSync(built, file);
    globalThis.addEventListener("unload", () => Deno.removeSync(file));
    const { symbols: hands } = Deno.dlopen(file, symbols);
    return {
      ...hands,
      file,
      alive: () => {
        const out = new BigInt64Array(4);
        hands.fake_counters(out);
        const [allocations, handles, claims, transfers] = [...out].map(Number);
        return { allocations, handles, claims, transfers };
      },
    };
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.log(`skipped: ${error.message}`);
    return undefined;
  }
}

/** Returns a device with a DFU interface of three alternate settings and a HID interface. */
export const deviceDescriptor = Uint8Array.of(
  ...[18, 1, 0x00, 0x01, 0, 0, 0, 64, 0x83, 0x04, 0x11, 0xdf, 0x00, 0x22, 1, 2, 3, 1],
);

const alternate = (number: number) => [9, 4, 0, number, 0, 0xfe, 1, 2, 4 + number];
const dfu = [9, 0x21, 0x0b, 0xff, 0x00, 0x00, 0x08, 0x1a, 0x01];
const hid = [
  ...[9, 4, 1, 0, 2, 3, 0, 0, 0],
  ...[9, 0x21, 0x11, 0x01, 0, 1, 0x22, 0x4c, 0],
  ...[7, 5, 0x81, 3, 64, 0, 1],
  ...[7, 5, 0x01, 3, 64, 0, 4],
];
const body = [...alternate(0), ...alternate(1), ...alternate(2), ...dfu, ...hid];

export const configuration = Uint8Array.of(
  ...[9, 2, 9 + body.length, 0, 2, 1, 0, 0xc0, 0x32],
  ...body,
);
