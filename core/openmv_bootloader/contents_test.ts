import assert from "node:assert/strict";
import { UnbrickError } from "../common/errors.ts";
import type { Board } from "../family/board.ts";
import { boardImages } from "../image/board_images.ts";
import type { Image } from "../image/image.ts";
import type { Consent } from "../plan/operator.ts";
import type { PutBack } from "../plan/put_back_steps.ts";
import {
  checkContents,
  compareSteps,
  neededPartitions,
  type PartitionContent,
  type PartitionedCamera,
  writeSteps,
} from "./contents.ts";
import { planPutBack } from "./put_back.ts";

const board = { id: "toy", name: "Toy Camera", roles: [] } as unknown as Board;
const risky: Consent = { id: "risky", text: "It is risky." };
let refused = "";

function content(role: string, more: Partial<PartitionContent> = {}): PartitionContent {
  const check = ({ name }: Image) => {
    if (name === refused) throw new UnbrickError("bad-image", `${name} is wrong.`);
  };
  return { role, partition: role.toUpperCase(), region: `the ${role}`, check, ...more };
}

const at = (name: string, start: number, memory = "flash") => ({
  name,
  memory,
  start,
  end: start + 0x2000,
  writable: true,
});

const camera: PartitionedCamera = {
  board,
  partitions: [
    at("BOOTLOADER", 0),
    at("FIRMWARE", 0x2000),
    at("ROMFS0", 0, "qspi"),
    at("FILESYSTEM", 0x4000),
  ],
  boot: [content("bootloader")],
  contents: [
    content("firmware", {
      isNeeded: true,
      consent: ({ name }) => name === "odd" ? risky : undefined,
    }),
    content("romfs0"),
  ],
  filesystem: "FILESYSTEM",
  writeMs: ({ name }, length) => length + name.length,
  readMs: (length) => length * 2,
};

const image = (role: string, name = role, length = 100) =>
  ({ role, name, bytes: new Uint8Array(length), sha256: name }) as Image;
const images = (...all: readonly Image[]) => boardImages("here", all);
const all = images(image("bootloader"), image("firmware"), image("romfs0"));

const idsOf = (steps: readonly { id: string }[]) => steps.map(({ id }) => id);

Deno.test("a flash writes every given image in the camera's order, after an empty file system", () => {
  const steps = writeSteps(camera, all, {});
  assert.deepEqual(idsOf(steps), ["firmware", "romfs0"]);
  const [firmware, romfs] = steps;
  assert.equal(String(firmware.title), "Write the the firmware");
  assert.equal(firmware.weight, 100 + "FIRMWARE".length);
  assert.deepEqual(firmware.targets, [
    { region: "the firmware", image: "firmware", address: 0x2000, length: 100, sha256: "firmware" },
  ]);
  assert.equal(romfs.targets?.[0].address, 0);
  const erasing = writeSteps(camera, all, { eraseFilesystem: true });
  assert.deepEqual(idsOf(erasing), ["erase-filesystem", "firmware", "romfs0"]);
  assert.equal(erasing[0].weight, 4096 + "FILESYSTEM".length);
  assert.equal(erasing[0].effect, "erases");
  assert.equal(erasing[0].targets?.[0].length, 4096);
});

Deno.test("only what a flash needs must be there; --only needs its own image", () => {
  assert.deepEqual(idsOf(writeSteps(camera, images(image("firmware")), {})), ["firmware"]);
  const only = (which: "firmware" | "romfs", ...given: Image[]) =>
    idsOf(writeSteps(camera, images(...given), { only: which } as never));
  assert.deepEqual(only("romfs", image("firmware"), image("romfs0")), ["romfs0"]);
  const two = { ...camera, contents: [...camera.contents, content("romfs1")] };
  two.partitions = [...camera.partitions, at("ROMFS1", 0x2000, "qspi")];
  const first = writeSteps(two, images(image("romfs0")), { only: "romfs" } as never);
  assert.deepEqual(idsOf(first), ["romfs0"], "a second one may be missing");
  assert.deepEqual(only("firmware", image("firmware"), image("romfs0")), ["firmware"]);
  assert.throws(() => writeSteps(camera, images(image("romfs0")), {}), { kind: "not-found" });
  assert.throws(() => only("romfs", image("firmware")), { kind: "not-found" });
  assert.throws(() => only("firmware", image("romfs0")), { kind: "not-found" });
});

Deno.test("an image that its check refuses, or that needs a consent", () => {
  const odd = images(image("firmware", "odd"));
  assert.deepEqual(writeSteps(camera, odd, {})[0].consent, risky);
  assert.equal(writeSteps(camera, all, {})[0].consent, undefined);
  assert.deepEqual(checkContents(camera, odd), [risky]);
  assert.deepEqual(checkContents(camera, all), []);
  try {
    refused = "bootloader";
    assert.throws(() => checkContents(camera, all), /bootloader is wrong/);
    refused = "romfs0";
    assert.throws(() => writeSteps(camera, all, {}), { kind: "bad-image" });
    assert.throws(() => compareSteps(camera, all), { kind: "bad-image" });
  } finally {
    refused = "";
  }
});

Deno.test("a ROMFS may be kept: only its step asks, and its partition is then not needed", () => {
  const keeping = (options: Parameters<typeof writeSteps>[2]) =>
    writeSteps(camera, all, options).map(({ keeping }) => keeping !== undefined);
  assert.deepEqual(keeping({ romfs: "auto" }), [false, true]);
  assert.deepEqual(keeping({}), [false, false]);
  assert.equal(String(writeSteps(camera, all, { romfs: "keep" })[1].title), "Keep the the romfs0");
  const needed = (options: Parameters<typeof neededPartitions>[2], given = all) =>
    neededPartitions(camera, given, options);
  assert.deepEqual(needed({}), ["FIRMWARE", "ROMFS0"]);
  assert.deepEqual(needed({ romfs: "keep" }), ["FIRMWARE"]);
  assert.deepEqual(needed({ romfs: "auto", eraseFilesystem: true }), [
    "FIRMWARE",
    "ROMFS0",
    "FILESYSTEM",
  ]);
  assert.deepEqual(needed({ only: "romfs" } as never), ["ROMFS0"]);
  assert.deepEqual(needed({}, images(image("firmware"))), ["FIRMWARE"]);
});

Deno.test("a verify compares every given image, the bootloader too", async () => {
  const compared: unknown[] = [];
  const steps = compareSteps(camera, all, async (_context, { name }, bytes) => {
    compared.push([name, bytes.length]);
  });
  assert.deepEqual(idsOf(steps), ["verify-bootloader", "verify-firmware", "verify-romfs0"]);
  assert.deepEqual(steps.map(({ weight, effect }) => [weight, effect]), [
    [200, "none"],
    [200, "none"],
    [200, "none"],
  ]);
  const context = { readBack: (_: unknown, read: (on: () => void) => unknown) => read(() => {}) };
  await assert.rejects(Promise.resolve(steps[1].prove!(context as never)));
  assert.deepEqual(compared, [["FIRMWARE", 100]]);
  assert.deepEqual(idsOf(compareSteps(camera, images(image("romfs0")))), ["verify-romfs0"]);
  assert.throws(() => compareSteps(camera, images()), /here contains no image for the Toy Camera/);
});

const region = (name: string, address: number, more: object = {}) => ({
  name,
  memory: "flash",
  address,
  size: 0x2000,
  ...more,
});
const regions = [
  region("bootloader", 0),
  region("firmware", 0x2000),
  region("romfs0", 0, { memory: "qspi" }),
  region("filesystem", 0x4000),
];
const saved = images(...regions.map(({ name }) => image(name, name, 0x2000)));

function plan(
  wanted: readonly ReturnType<typeof region>[] = regions,
  { isNamed = false, given = saved, canWriteBootloader }: {
    isNamed?: boolean;
    given?: ReturnType<typeof images>;
    canWriteBootloader?: boolean;
  } = {},
) {
  const putBack = { regions: wanted, camera: [], isNamed } as unknown as PutBack;
  const more = canWriteBootloader === undefined ? undefined : { canWriteBootloader };
  const { writes, needs, leftOut, bootloader } = planPutBack(camera, given, putBack, more);
  return {
    ids: idsOf(writes),
    writes,
    needs,
    leftOut: leftOut.map(({ name, reason }) => `${name}: ${reason}`),
    bootloader,
  };
}

Deno.test("a backup goes back to its partitions, a firmware last; the bootloader only where a family can", () => {
  const { ids, writes, needs, leftOut, bootloader } = plan();
  assert.deepEqual(ids, ["romfs0", "put-back-filesystem", "firmware"]);
  assert.deepEqual(needs, ["FIRMWARE", "ROMFS0", "FILESYSTEM"]);
  assert.deepEqual(leftOut, ["bootloader: Only the command restore writes it."]);
  assert.equal(bootloader, undefined);
  assert.deepEqual(writes.map(({ title }) => String(title)), [
    "Write the the romfs0",
    "Write the filesystem",
    "Write the the firmware",
  ]);
  assert.equal(writes[1].weight, 0x2000 + "FILESYSTEM".length);
  assert.deepEqual(writes[2].targets?.map(({ address }) => address), [0x2000]);
  const own = plan(regions, { canWriteBootloader: true });
  assert.equal(own.bootloader?.name, "bootloader");
  assert.deepEqual(own.leftOut, []);
  assert.deepEqual(plan([regions[0]], { canWriteBootloader: true }).ids, []);
});

Deno.test("a region goes back only where the camera has it today", () => {
  const changes = [{ name: "other" }, { memory: "qspi" }, { address: 0x2001 }, { size: 0x1000 }];
  for (const change of changes) {
    const moved = { ...regions[1], ...change };
    const { ids, leftOut } = plan([moved, regions[3]]);
    assert.deepEqual(ids, ["put-back-filesystem"], JSON.stringify(change));
    assert.equal(leftOut.length, 1);
    assert.match(leftOut[0], /Today's layout of the Toy Camera has no such region/);
  }
  const half = [{ ...regions[3], name: "firmware" }, regions[3]];
  assert.deepEqual(plan(half).ids, ["put-back-filesystem"], "another region is there");
  const missing = plan(regions, { given: images(image("firmware", "firmware", 0x2000)) });
  assert.deepEqual(missing.ids, ["firmware"]);
  assert.equal(missing.leftOut.length, 3);
});

Deno.test("a program that its check refuses is left out, unless it was named; files are not checked", () => {
  try {
    refused = "firmware";
    assert.deepEqual(plan().ids, ["romfs0", "put-back-filesystem"]);
    assert.ok(plan().leftOut.includes("firmware: firmware is wrong."));
    assert.throws(() => plan(regions, { isNamed: true }), { kind: "bad-image" });
    refused = "romfs0";
    assert.deepEqual(plan().ids, ["romfs0", "put-back-filesystem", "firmware"]);
  } finally {
    refused = "";
  }
});

Deno.test("nothing left: the first reason is told", () => {
  assert.throws(() => plan([regions[0]]), (error) => {
    assert.ok(error instanceof UnbrickError && error.kind === "not-found");
    assert.match(error.message, /bootloader is left out: Only the command restore writes it/);
    return true;
  });
  assert.throws(() => plan([]), /The backup contains no region/);
  const odd = images(image("firmware", "odd", 0x2000));
  assert.deepEqual(plan([regions[1]], { given: odd }).writes[0].consent, risky);
});
