import assert from "node:assert/strict";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import { boardImages, withImages } from "../../core/image/board_images.ts";
import type { BoardImages } from "../../core/image/image.ts";
import { rootHash } from "../../core/protocols/alif_isp/model/sample/sign.ts";
import { readStoc } from "../../core/protocols/alif_isp/packets/stoc.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { SimulatedAe3 } from "./camera.ts";
import { factorySystem } from "./factory_system.ts";
import { factoryVersions, sampleImages } from "./samples.ts";
import { type Ae3Traps, ae3Traps } from "./traps.ts";
import { trapsOf } from "../../core/common/traps.ts";

/** What a simulated AE3 contains at the start (memory map: alif-isp.md D). */

const SYSTEM = 0x8058_0000, POINTER = 0x805F_FFF0;
const sizes = { bootloader: 8_240, hp: 4_224, he: 4_224, romfs1: 128, romfs0: 128, bank: 128 };
const images = sampleImages({ sizes });
const development = sampleImages({ sizes, root: "development" });

const camera = (options: Partial<SimulationOptions> = {}) =>
  new SimulatedAe3({
    clock: new VirtualClock(),
    socket: new VirtualBus().socket("1-1"),
    condition: "healthy",
    images,
    ...options,
  });

/** Where each image is, and whether in the flash beside the chip. */
const places = {
  "bootloader": ["mram", 0x8000_0000],
  "firmware-hp": ["mram", 0x8002_0000],
  "firmware-he": ["mram", 0x8032_0000],
  "romfs1": ["mram", 0x8047_E000],
  "toc": ["mram", 0x8057_E000],
  "romfs0": ["ospi", 0x80_0000],
  "system-ae": ["mram", SYSTEM],
  "pointer": ["mram", POINTER],
} as const;

function held(one: SimulatedAe3, set: BoardImages): string[] {
  return Object.entries(places).filter(([role, [memory, address]]) =>
    one.memories.get(memory)!.holds(address, set.get(role)!.bytes)
  ).map(([role]) => role);
}

const isFilled = (bytes: Uint8Array, value: number) => bytes.every((byte) => byte === value);

Deno.test("a healthy camera has every image in its place, and a user's files", () => {
  const healthy = camera();
  assert.deepEqual(held(healthy, images), Object.keys(places));
  // The boot sector of a FAT volume ends so.
  assert.equal(healthy.ospi.read(510, 2).toHex(), "55aa");
  // Without images it has those of the factory.
  const socket = new VirtualBus().socket("1-1");
  const factory = new SimulatedAe3({ clock: new VirtualClock(), socket, condition: "healthy" });
  const set = sampleImages({ versions: factoryVersions });
  const roles = Object.keys(places).filter((role) => !/^(system|pointer)/.test(role));
  assert.deepEqual(held(factory, set).filter((role) => roles.includes(role)), roles);
});

Deno.test("a set without an image leaves its place as it was", () => {
  const set = boardImages("some", images.all.filter(({ role }) => role !== "romfs1"));
  const { mram } = camera({ images: set });
  assert.ok(isFilled(mram.read(0x8047_E000, 128), 0));
});

Deno.test("a blank camera has only the enclave's firmware; MRAM is 0 and flash 0xFF where nothing was written", () => {
  const blank = camera({ condition: "blank" });
  assert.deepEqual(held(blank, images), ["system-ae", "pointer"]);
  assert.ok(isFilled(blank.mram.read(0x8000_0000, 0x58_0000), 0));
  assert.ok(blank.ospi.isBlank(0, 0x200_0000));
});

Deno.test("a bricked camera has lost the first 4096 bytes of its bootloader; a trap takes the table", () => {
  const { bytes } = images.get("bootloader")!;
  const bricked = camera({ condition: "bricked" });
  const roles = Object.keys(places).filter((role) => role !== "bootloader");
  assert.deepEqual(held(bricked, images), roles);
  assert.ok(isFilled(bricked.partition("BOOT", 4096), 0));
  assert.deepEqual(
    bricked.partition("BOOT", bytes.length).subarray(4096),
    bytes.subarray(4096),
  );
  const gone = camera({ traps: { tableGone: true } });
  assert.deepEqual(held(gone, images), Object.keys(places).filter((role) => role !== "toc"));
  assert.ok(isFilled(gone.partition("TOC"), 0));
});

Deno.test("a dead enclave has 64 damaged bytes in both copies of its firmware, behind the certificates", () => {
  const { bytes } = images.get("system-ae")!;
  const { entries } = readStoc(bytes) as Extract<ReturnType<typeof readStoc>, { part: string }>;
  const expected = bytes.slice();
  // Two key certificates and a content certificate: 840, 840 and 880 bytes (alif-isp.md C.7).
  for (const { objectAddress } of entries.slice(0, 2)) {
    expected.fill(0xA5, objectAddress - SYSTEM + 2560, objectAddress - SYSTEM + 2560 + 64);
  }
  const dead = camera({ traps: { enclaveDead: true } });
  assert.deepEqual(dead.mram.read(SYSTEM, bytes.length), expected);
  assert.notDeepEqual(expected, bytes);
});

const traps = (values: SimulationOptions["traps"] = {}): Ae3Traps => trapsOf(ae3Traps, values);
const versionsOf = (system: Uint8Array) => {
  const table = readStoc(system);
  assert.ok("entries" in table, "the checksum covers the table");
  return table.entries.map(({ version }) => version);
};
const PACKED = { "1.110.0": 0x016E_0000, "1.103.1": 0x0167_0100 };

Deno.test("the enclave contains the package for the camera's part and root key", () => {
  for (const [variant, role] of [["AE", "system-ae"], ["LE", "system-le"]] as const) {
    const system = factorySystem(images, traps({ variant }));
    assert.deepEqual(system.bytes, images.get(role)!.bytes);
    assert.deepEqual(system.pointer.toHex(), "00000000000000000000000000005800");
    assert.deepEqual(system.root, rootHash("production"));
    assert.equal(system.packages.length, 2);
  }
  const developed = factorySystem(development, traps({ root: "development" }));
  assert.deepEqual(developed.bytes, development.get("system-ae-dev")!.bytes);
  assert.deepEqual(developed.root, rootHash("development"));
  const unprovisioned = factorySystem(development, traps({ root: "none" }));
  assert.deepEqual(unprovisioned.root, new Uint8Array(16));
  assert.deepEqual(unprovisioned.bytes, development.get("system-ae-dev")!.bytes);
});

Deno.test("without a usable package for its root key, the enclave contains a made-up one of the version of the factory", () => {
  const damaged = images.get("system-ae")!;
  const broken = { ...damaged, bytes: damaged.bytes.with(600, damaged.bytes[600] ^ 1) };
  for (const set of [undefined, development, withImages(images, [broken])]) {
    const { bytes, root, packages } = factorySystem(set, traps());
    assert.deepEqual(versionsOf(bytes).slice(0, 2), Array(2).fill(PACKED["1.110.0"]));
    assert.deepEqual(root, rootHash("production"));
    assert.equal(packages.length, set === development ? 2 : 0);
  }
});

Deno.test("an old enclave has version 1.103.1, in a package that its chip accepts", () => {
  const madeUp = factorySystem(images, traps({ oldPackage: true }));
  assert.deepEqual(versionsOf(madeUp.bytes).slice(0, 2), Array(2).fill(PACKED["1.103.1"]));

  // Nobody can sign an old genuine package, so only the version in its table is changed.
  const genuine = boardImages(
    "as if genuine",
    development.all.map((one) => ({ ...one, role: one.role.replace("-dev", "") })),
  );
  const { bytes } = genuine.get("system-ae")!;
  const system = factorySystem(genuine, traps({ oldPackage: true }));
  assert.deepEqual(system.root, rootHash("development"), "the root key of the package");
  assert.deepEqual(versionsOf(system.bytes).slice(0, 2), Array(2).fill(PACKED["1.103.1"]));
  assert.deepEqual(system.bytes.subarray(148), bytes.subarray(148));
  assert.equal(versionsOf(system.bytes)[2], versionsOf(bytes)[2]);
  assert.deepEqual(versionsOf(bytes).slice(0, 2), Array(2).fill(PACKED["1.110.0"]));
  assert.deepEqual(factorySystem(genuine, traps()).bytes, bytes);
});
