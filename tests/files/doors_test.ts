import assert from "node:assert/strict";
import { join } from "node:path";
import { families } from "../support/boards/families.ts";
import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages } from "../../boards/openmv_stm32/samples.ts";
import { unmarkedImages } from "../../boards/openmv_rt1062/samples.ts";
import { realCamera } from "../support/cli/real_camera.ts";
import { ran } from "../support/cli/command_rig.ts";

/**
 * Tests one rule everywhere: an image that cannot belong to a place on this camera is refused
 * before a byte is written, for restore, flash, imports and the command lines of other tools.
 */

const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
const imagesOf = (id: string) => {
  const board = stm32Boards.find((one) => one.id === id)!;
  return makeImages(board, versions, [0x4400, 0x4400, 0x2200], false);
};
const h7 = imagesOf("openmv-h7"), h7Plus = imagesOf("openmv-h7-plus");
const of = (images: typeof h7, role: string) => images.get(role)!.bytes;
const text = (value: string) => new TextEncoder().encode(value);

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const put = (name: string, bytes: Uint8Array) => {
  Deno.writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

/**
 * Files that can be mistaken for an image. None of them may be written to an H7, except to the
 * place that it names.
 */
const strangers = {
  "a web page": text("\n<!DOCTYPE html>" + "x".repeat(4000)),
  "14 bytes of text": text("hello, camera\n"),
  "JSON": text('{"message":"Not Found"}'),
  "a RAR archive": Uint8Array.from(
    { length: 4000 },
    (_, at) => text("Rar!\x1a\x07\x01\0")[at] ?? 0,
  ),
  "the H7 Plus's bootloader": of(h7Plus, "bootloader"),
  "the H7 Plus's firmware": of(h7Plus, "firmware"),
  "the RT1062's bootloader": of(unmarkedImages(), "bootloader"),
  "the RT1062's firmware": of(unmarkedImages(), "firmware"),
  "random bytes": Uint8Array.from({ length: 9000 }, (_, at) => at * 167 >> 3),
} as const;

type Role = "bootloader" | "firmware" | "romfs0" | "filesystem";
const roles: readonly Role[] = ["bootloader", "firmware", "romfs0", "filesystem"];

/** A board's own images do not belong in each other's places. */
function strangersFor(role: Role): [string, Uint8Array][] {
  const own = (["bootloader", "firmware", "romfs0"] as const).filter((one) => one !== role)
    .map((one): [string, Uint8Array] => [`its own ${one}`, of(h7, one)]);
  return [...Object.entries(strangers), ...own];
}

const inRom = ["fit-jumper", "plug"] as const;

/**
 * The command lines that write a file to the place of a role on an H7, with the condition of the
 * camera before.
 */
const doors: readonly {
  readonly name: string;
  readonly roles: Partial<Record<Role, string>>;
  readonly first: Parameters<typeof realCamera>[1] & object;
}[] = [
  {
    name: "restore",
    roles: { bootloader: "restore h7 --bootloader-only --yes --json --image bootloader=%" },
    first: { condition: "bricked", first: inRom },
  },
  {
    name: "flash",
    roles: {
      firmware: "flash h7 --yes --image firmware=%",
      romfs0: `flash h7 --yes --image firmware=${put("firmware.bin", of(h7, "firmware"))} ` +
        "--image romfs0=%",
    },
    first: { condition: "healthy", first: ["plug"] },
  },
  {
    name: "dfu-util, ROM",
    roles: {
      bootloader: "dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D %",
      filesystem: "dfu-util -w -d ,0483:df11 -a 0 -s 0x08020000 -D %",
      firmware: "dfu-util -w -d ,0483:df11 -a 0 -s 0x08040000 -D %",
      romfs0: "dfu-util -w -d ,0483:df11 -a 0 -s 0x081E0000 -D %",
    },
    first: { condition: "bricked", first: inRom },
  },
  {
    name: "dfu-util, OpenMV's bootloader",
    roles: {
      filesystem: "dfu-util -w -d ,37c5:9204 -a FILESYSTEM -D %",
      firmware: "dfu-util -w -d ,37c5:9204 -a 2 -D %",
      romfs0: "dfu-util -w -d ,37c5:9204 -a ROMFS0 -D %",
    },
    first: { condition: "healthy", first: ["plug"], traps: { forced: true } },
  },
];

for (const { name, roles: lines, first } of doors) {
  for (const role of roles) {
    const line = lines[role];
    if (line === undefined) continue;
    Deno.test(`${name}: only a ${role} can be written to the place of the ${role}`, async () => {
      for (const [what, bytes] of strangersFor(role)) {
        const { camera, run } = realCamera("openmv-h7", first);
        const before = camera.memory("flash");
        const file = put("stranger.bin", bytes);
        const { code, out, error } = await run(line.replace("%", file));
        const words = out + error;
        assert.ok([12, 13, 16, 65].includes(code), `${what}: exit ${code}, ${words}`);
        assert.match(words.replaceAll(/\s+/g, " "), /stranger\.bin/, what);
        assert.deepEqual(camera.memory("flash"), before, `${what} was written`);
      }
    });

    Deno.test(`${name}: the ${role} itself is written there`, async () => {
      const { camera, run } = realCamera("openmv-h7", { ...first, images: h7 });
      const bytes = role === "filesystem" ? new Uint8Array(4096) : of(h7, role);
      const { code, out, error } = await run(line.replace("%", put("right.bin", bytes)));
      assert.equal(code, 0, out + error);
      assert.ok(camera.memory("flash").length > 0);
    });
  }
}

Deno.test("import: a set with a file that does not belong to its place is not kept", async () => {
  for (const role of ["bootloader", "firmware", "romfs0"] as const) {
    for (const [what, bytes] of strangersFor(role)) {
      const release = Deno.makeTempDirSync({ dir: folder });
      const place = join(release, "OPENMV4");
      Deno.mkdirSync(place);
      for (const { role: own, name, bytes: right } of h7.all) {
        Deno.writeFileSync(join(place, name), own === role ? bytes : right);
      }
      const { code, error } = await ran(`images import ${release}`, {
        families,
        context: { dataFolder: () => join(release, "data") },
      });
      assert.ok([12, 13].includes(code), `${what} as ${role}: exit ${code} ${error}`);
    }
  }
});

Deno.test("dfu-util: :force skips the check, and the message names it", async () => {
  const { camera, run } = realCamera("openmv-h7", { condition: "bricked", first: inRom });
  const file = put("stranger.bin", of(h7Plus, "bootloader"));
  const line = `dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D ${file}`;
  const { code, error } = await run(line);
  assert.equal(code, 65);
  assert.match(error.replaceAll(/\s+/g, " "), /made for the OpenMV Cam H7 Plus.*:force/);
  const forced = await run(line.replace("0x08000000", "0x08000000:force"));
  assert.equal(forced.code, 0, forced.error);
  const { bytes } = h7Plus.get("bootloader")!;
  assert.deepEqual(camera.memory("flash").subarray(0, bytes.length), bytes);
});

Deno.test("dfu-util reads the flash to find out which of the boards with an H743 it is", async () => {
  const file = put("plus.bin", of(h7Plus, "bootloader"));
  const line = `dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D ${file}`;
  const other = await realCamera("openmv-h7", { condition: "bricked", first: inRom }).run(line);
  assert.equal(other.code, 65);
  assert.match(other.out, /The firmware in flash is for the OpenMV Cam H7/);
  const own = await realCamera("openmv-h7-plus", { condition: "bricked", first: inRom }).run(line);
  assert.equal(own.code, 0, own.error);
  // With nothing left in flash, it may be each of them.
  const blank = await realCamera("openmv-h7", { condition: "blank", first: ["plug"] }).run(line);
  assert.equal(blank.code, 0, blank.error);
});

Deno.test("dfu-util: a padded bootloader is cut, the files stay, and both digests are shown", async () => {
  const { camera, run } = realCamera("openmv-h7", {
    condition: "bricked",
    images: h7,
    first: inRom,
  });
  const padded = new Uint8Array(262_144).fill(0xFF);
  padded.set(of(h7, "bootloader"));
  const before = camera.memory("flash").slice(0x20000);
  const { code, out, error } = await run(
    `dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D ${put("padded.bin", padded)}`,
  );
  assert.equal(code, 0, error);
  assert.match(out, /The file has 262144 bytes \(SHA-256 [0-9a-f]{64}\)\./);
  assert.match(out, /131072 bytes are written \(SHA-256 [0-9a-f]{64}\)\./);
  assert.deepEqual(camera.memory("flash").slice(0x20000), before);
  assert.deepEqual(camera.memory("flash").slice(0, 0x20000), padded.slice(0, 0x20000));
});

Deno.test("blhost write-memory: writes to the RT1062's flash are checked, writes to RAM are not", async () => {
  const rt1062 = unmarkedImages();
  const files: readonly [string, Uint8Array][] = [
    ["0x60001000", strangers["a web page"]],
    ["0x60001000", of(h7, "bootloader")],
    ["0x60001000", of(rt1062, "firmware")],
    ["0x60040000", of(rt1062, "bootloader")],
    ["0x60040000", of(h7, "firmware")],
    ["0x60800000", strangers["JSON"]],
    ["0x60400000", of(rt1062, "firmware")],
    ["0x60000000", of(rt1062, "firmware")],
    ["0x60041000", of(rt1062, "firmware")],
  ];
  const openUsbBus = () => Promise.reject(new Error("the bus is not opened"));
  for (const [address, bytes] of files) {
    const file = put("stranger.bin", bytes);
    const line = `blhost -- write-memory ${address} ${file}`;
    const { code, error } = await ran(line, { families, context: { openUsbBus } });
    assert.ok([12, 13].includes(code), `${address}: ${code} ${error}`);
    assert.match(error.replaceAll(/\s+/g, " "), /--allow unchecked-image/);
    for (
      const passes of [
        line.replace("--", "--allow unchecked-image --"),
        line.replace(address, "0x2000"),
      ]
    ) {
      const { error } = await ran(passes, { families, context: { openUsbBus } });
      assert.match(error, /the bus is not opened/);
    }
  }
});

Deno.test("app-write-mram: images for the AE3 are checked before the port is opened", async () => {
  const openSerialBus = () => Promise.reject(new Error("the port is not opened"));
  const page = put(
    "page.bin",
    Uint8Array.from({ length: 4096 }, (_, at) => text("<html>")[at] ?? 32),
  );
  const noise = put("noise.bin", Uint8Array.from({ length: 4096 }, (_, at) => at * 7 >> 2));
  for (const address of ["0x80000000", "0x80020000", "0x80320000", "0x80321000", "0x8047E000"]) {
    for (const file of [page, noise]) {
      const argv = ["app-write-mram", "-i", `${file} ${address}`];
      const { code, error } = await ran(argv, { families, context: { openSerialBus } });
      // An image without a sign that it is for the M55-HE needs a consent, which a command line gives in this way.
      assert.equal(code, 13, `${file} at ${address}: ${error}`);
      assert.match(error.replaceAll(/\s+/g, " "), /--allow unchecked-image/);
      const allowed = [...argv, "--allow", "unchecked-image"];
      const passes = await ran(allowed, { families, context: { openSerialBus } });
      assert.match(passes.error, /the port is not opened/, address);
    }
  }
});
