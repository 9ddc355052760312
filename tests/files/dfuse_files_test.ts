import assert from "node:assert/strict";
import { join } from "node:path";
import { boards as stm32Boards } from "../../boards/openmv_stm32/boards.ts";
import { makeImages } from "../../boards/openmv_stm32/samples.ts";
import { encodeDfuse } from "../../core/image/dfuse_file.ts";
import { DfuSeModel } from "../../core/protocols/dfu/model/dfuse_model.ts";
import { stm32Flash } from "../../core/protocols/dfu/model/stm32_rom_model.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { ran } from "../support/cli/command_rig.ts";
import { realCamera } from "../support/cli/real_camera.ts";
import { families } from "../support/boards/families.ts";

/**
 * DfuSe files from the field (openmv/openmv#185, DiSlord/NanoVNA-D#32, Ralim/IronOS#1070), and ROMs
 * with other transfer sizes (siliconwitchery/web-stm32-updater#3).
 */

const versions = { bootloader: "1.0.3", firmware: "5.0.0" };
const imagesOf = (id: string) =>
  makeImages(stm32Boards.find((one) => one.id === id)!, versions, [0x4400, 0x8400, 0x2200], false);
const h7 = imagesOf("openmv-h7"), m7 = imagesOf("openmv-m7");
const bootloader = h7.get("bootloader")!.bytes, firmware = h7.get("firmware")!.bytes;

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const put = (name: string, bytes: Uint8Array) => {
  Deno.writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

const A = 0x0800_0000;
const element = (address: number, bytes: Uint8Array) => ({ address, bytes });
const target = (bAlternateSetting: number, ...elements: ReturnType<typeof element>[]) => ({
  bAlternateSetting,
  elements,
});
type Target = ReturnType<typeof target>;
const dfuse = (targets: readonly Target[], idProduct = 0xDF11) =>
  encodeDfuse(targets, { idVendor: 0x0483, idProduct });

const padded = new Uint8Array(131_072).fill(0xFF);
padded.set(m7.get("bootloader")!.bytes);
const m7Firmware = m7.get("firmware")!.bytes;

const cases: readonly {
  readonly name: string;
  readonly file: Uint8Array;
  /** The words of the command line besides the file. */
  readonly line?: string;
  readonly board?: string;
  /** The expected message; omitted: the file is written. */
  readonly refused?: RegExp;
}[] = [
  { name: "one element", file: dfuse([target(0, element(A, bootloader))]) },
  {
    name: "made for alternate 1, given to alternate 0",
    file: dfuse([target(1, element(A, bootloader))]),
    refused: /made for the alternate setting 1/,
  },
  {
    name: "two targets",
    file: dfuse([
      target(0, element(A, bootloader)),
      target(1, element(0x5200_201C, new Uint8Array(4))),
    ]),
    refused: /2 targets \(alternate settings 0, 1\)/,
  },
  {
    name: "product id 0000",
    file: dfuse([target(0, element(A, bootloader))], 0),
    refused: /0483:0000.*0483:df11/,
  },
  {
    name: "without -a",
    file: dfuse([target(0, element(A, bootloader))]),
    line: "-d 0483:df11",
    refused: /-a NUMBER/,
  },
  {
    name: "openmv.dfu of the M7: adjoining elements",
    file: dfuse([target(0, element(A, padded), element(A + 0x2_0000, m7Firmware))]),
    board: "openmv-m7",
    line: "-a 0 -s :leave",
    refused:
      /contains bootloader and firmware.*erase the user's files.*bootloader\.bin and firmware\.bin/,
  },
  {
    name: "openmv.dfu of the H7: elements apart",
    file: dfuse([target(0, element(A, bootloader), element(0x0804_0000, firmware))]),
    line: "-a 0 -s :leave",
    refused: /like openmv.dfu with bootloader and firmware/,
  },
  {
    name: "elements in another order",
    file: dfuse([
      target(
        0,
        element(A + 0x4000, bootloader.subarray(0x4000)),
        element(A, bootloader.subarray(0, 0x4000)),
      ),
    ]),
  },
];

for (const { name, file, line = "-d 0483:df11 -a 0", board = "openmv-h7", refused } of cases) {
  Deno.test(`dfu-util, DfuSe file: ${name}`, async () => {
    const { camera, run } = realCamera(board, {
      condition: "bricked",
      images: board === "openmv-h7" ? h7 : m7,
      first: ["fit-jumper", "plug"],
    });
    const before = camera.memory("flash");
    const { code, out, error } = await run(`dfu-util -w ${line} -D ${put("file.dfu", file)}`);
    const after = camera.memory("flash");
    if (refused) {
      assert.notEqual(code, 0);
      assert.match((out + error).replaceAll(/\s+/g, " "), refused);
      assert.deepEqual(after, before);
    } else {
      assert.equal(code, 0, error);
      assert.deepEqual(after.subarray(0, bootloader.length), bootloader);
    }
  });
}

Deno.test("restore: the same files are refused for the same reasons, or written", async () => {
  for (const { name, file, board = "openmv-h7", refused, line } of cases) {
    if (line === "-d 0483:df11") continue; // -a is dfu-util's
    const { camera, run } = realCamera(board, {
      condition: "bricked",
      images: board === "openmv-h7" ? h7 : m7,
      first: ["fit-jumper", "plug"],
    });
    const before = camera.memory("flash");
    const { code, out, error } = await run(
      `restore ${board} --bootloader-only --yes --json --image bootloader=${put("file.dfu", file)}`,
    );
    if (!refused) assert.equal(code, 0, `${name}: ${out}`);
    else {
      assert.ok([12, 13].includes(code), `${name}: ${code} ${out}`);
      assert.deepEqual(camera.memory("flash"), before);
    }
    assert.equal(error, "");
  }
});

Deno.test("a joined openmv.bin is recognised in every role, and by its name", async () => {
  const joined = new Uint8Array(0x4_0000 + firmware.length).fill(0xFF);
  joined.set(bootloader);
  joined.set(firmware, 0x4_0000);
  const file = put("openmv.bin", joined);
  const jobs = { bootloader: "restore h7 --bootloader-only", firmware: "flash h7" };
  for (const [role, job] of Object.entries(jobs)) {
    const { code, error } = await ran(`plan ${job} --image ${role}=${file}`, { families });
    assert.equal(code, 13);
    const words = error.replaceAll(/\s+/g, " ");
    assert.match(
      words,
      /contains bootloader and firmware.*offset 0x40000.*bootloader\.bin and firmware\.bin/,
    );
    assert.match(words, /--image bootloader\.bin --image firmware\.bin/);
  }
  const named = await ran(`plan restore h7 --image ${file}`, { families });
  assert.equal(named.code, 2);
  assert.match(
    named.error.replaceAll(/\s+/g, " "),
    /contains bootloader and firmware.*bootloader\.bin and/,
  );
});

Deno.test("the bootloader.dfu beside firmware.bin in a release is found (forums.openmv.io t/6448)", async () => {
  const release = join(folder, "release/OPENMV4");
  Deno.mkdirSync(release, { recursive: true });
  Deno.writeFileSync(join(release, "firmware.bin"), firmware);
  Deno.writeFileSync(join(release, "bootloader.dfu"), dfuse([target(0, element(A, bootloader))]));
  const { camera, run } = realCamera("openmv-h7", {
    condition: "bricked",
    images: h7,
    first: ["fit-jumper", "plug"],
  });
  const line = `restore h7 --bootloader-only --yes --json --images ${join(folder, "release")}`;
  const { code, out } = await run(line);
  assert.equal(code, 0, out);
  assert.deepEqual(camera.memory("flash").subarray(0, bootloader.length), bootloader);
});

for (const transferSize of [64, 1024, 2048, 4096, 0]) {
  Deno.test(`a ROM with transfers of ${transferSize} bytes`, async () => {
    const clock = new VirtualClock(), usb = new VirtualBus({ wireClock: clock });
    const memory = stm32Flash("STM32H743");
    usb.socket("1-1").attach(
      new DfuSeModel({
        clock,
        device: { idVendor: 0x0483, idProduct: 0xDF11, bcdUSB: 0x0100, bcdDevice: 0x0200 },
        manufacturer: "STMicroelectronics",
        product: "STM32  BOOTLOADER",
        serial: "200364500000",
        alternates: ["@Internal Flash   /0x08000000/16*128Kg"],
        regions: [{ kind: "flash", memory }],
        polls: { address: 0, erase: 0, write: 0 },
        transferSize,
      }),
    );
    const file = put("bootloader.bin", bootloader);
    const line = `dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D ${file}`;
    const { code, error } = await clock.run(() =>
      ran(line, { families, bus: new MemoryBus(usb, clock), context: { clock } })
    );
    const found = memory.read(A, bootloader.length);
    if (transferSize === 0) {
      assert.notEqual(code, 0);
      assert.ok(found.every((byte) => byte === 0xFF));
    } else {
      assert.equal(code, 0, error);
      assert.deepEqual(found, bootloader);
    }
  });
}
