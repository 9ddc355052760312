import assert from "node:assert/strict";
import { join } from "node:path";
import { SimulatedAe3 } from "../boards/openmv_ae3/camera.ts";
import { sampleImages } from "../boards/openmv_ae3/samples.ts";
import {
  MRAM_BASE,
  POINTER_ADDRESS,
  SYSTEM_BASE,
} from "../core/protocols/alif_isp/packets/memory_map.ts";
import { sampleKeys } from "../core/protocols/alif_isp/sample/keys.ts";
import { Command } from "../core/protocols/alif_isp/packets/command.ts";
import { encodeFrame } from "../core/protocols/alif_isp/packets/frame.ts";
import { hex } from "../core/common/format.ts";
import { vendorTools } from "../core/cli/vendor/tools.ts";
import { noPrompts } from "./support/cli/harness.ts";
import type { Console } from "../core/cli/terminal/console.ts";
import type { Context } from "../core/cli/context.ts";
import type { SimulationOptions } from "../core/family/family.ts";
import { SerialLine } from "../core/transport/serial/line.ts";
import { MemorySerialBus } from "../core/transport/serial/memory.ts";
import { VirtualBus } from "../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../core/common/virtual_clock.ts";
import { pemOf } from "./support/images/sample_pem.ts";

/** `unbrick maintenance`, `updateSystemPackage`, `app-write-mram`, `app-gen-toc` and `toc`, word for word. */

const images = sampleImages({
  sizes: { bootloader: 4_656, hp: 8_708, he: 5_000, romfs1: 4_100, romfs0: 9_000, bank: 512 },
  simulationOnly: false,
});

/** A simulated camera with its recovery switch on, and the folder of the SE Tools. */
class Table {
  readonly clock = new VirtualClock();
  readonly folder = Deno.makeTempDirSync();
  readonly camera: SimulatedAe3;
  readonly serial = new MemorySerialBus(this.clock);
  out = "";
  error = "";

  constructor(
    traps: SimulationOptions["traps"] = {},
    condition: "bricked" | "healthy" = "bricked",
  ) {
    const socket = new VirtualBus().socket("1-1");
    this.camera = new SimulatedAe3({
      clock: this.clock,
      socket,
      serial: this.serial.socket(() => socket.portPath),
      images,
      condition,
      traps: { switchOn: true, ...traps },
    });
    Deno.mkdirSync(join(this.folder, "alif"));
    Deno.mkdirSync(join(this.folder, "utils", "key"), { recursive: true });
    Deno.mkdirSync(join(this.folder, "build", "images"), { recursive: true });
    for (const { name, bytes, role } of images.all) {
      const place = /^(system|pointer)/.test(role) ? join("alif", name) : name;
      Deno.writeFileSync(join(this.folder, place), bytes);
    }
  }

  /** Runs a command line; the camera is on its port and has started. */
  async run(...argv: readonly string[]): Promise<number> {
    const console: Console = {
      isTerminal: false,
      canAsk: false,
      columns: 200,
      colour: false,
      unicode: false,
      write: (text) => this.out += text,
      writeError: (text) => this.error += text,
    };
    const refuse = () => Promise.reject(new Error("not expected"));
    const context: Context = {
      version: "1.2.3",
      os: "linux",
      clock: this.clock,
      signal: new AbortController().signal,
      families: [],
      prompts: noPrompts,
      openConsole: () => console,
      openUsbBus: refuse,
      openSerialBus: () => Promise.resolve(this.serial),
      usbLibrary: refuse,
      bundledImages: () => undefined,
      loadFamily: refuse,
      workingFolder: this.folder,
    };
    this.out = this.error = "";
    const tool = vendorTools.find(({ name }) => name === argv[0])!;
    return await this.clock.run(async () => {
      if (!this.#isPlugged) {
        this.#isPlugged = true;
        await this.camera.perform({ id: "plug", text: "" });
        await this.clock.sleep(1_000);
      }
      return await tool.run(argv.slice(1), context);
    });
  }

  async ok(...argv: readonly string[]): Promise<string> {
    const code = await this.run(...argv);
    assert.equal(code, 0, `${argv.join(" ")}: ${this.error}`);
    return this.out;
  }

  /** @returns what was said on standard error */
  async fails(code: number, ...argv: readonly string[]): Promise<string> {
    assert.equal(await this.run(...argv), code, `${argv.join(" ")}: ${this.out}${this.error}`);
    return this.error;
  }

  get frames(): number {
    return this.camera.line.counters.pieces;
  }

  #isPlugged = false;
}

const both = "bootloader.bin 0x80000000 firmware_pad.toc 0x8057E000";
const bytesOf = (role: string) => images.get(role)!.bytes;
const USAGE = 2, NOT_FOUND = 3, TIMEOUT = 8, DEVICE_STATUS = 11, WRONG_BOARD = 12, BAD_IMAGE = 13;
const PROTECTED = 14, VERIFY_FAILED = 15, CONSENT_NEEDED = 16;

Deno.test("the recovery page, word for word", async () => {
  const table = new Table({ tableGone: true, oldPackage: true });
  assert.match(await table.ok("maintenance", "-opt", "sesbanner"), /SES\s+\w+\s+v1\.103\.1/);
  await table.ok("maintenance");
  const saved = Deno.readTextFileSync(join(table.folder, "isp_config_data.cfg"));
  assert.match(saved, /^comport simulated0\n/);
  const device = JSON.parse(Deno.readTextFileSync(join(table.folder, "utils", "global-cfg.db")));
  assert.equal(device.DEVICE["Part#"], "E3 (AE302F80F55D5AE) - 5.5 MRAM / 13.5 SRAM");
  assert.match(await table.ok("updateSystemPackage"), /runs the package: SES B4 v1\.110\.0/);
  const { camera } = table;
  assert.deepEqual(
    camera.mram.read(SYSTEM_BASE, bytesOf("system-ae").length),
    bytesOf("system-ae"),
  );
  assert.match(
    await table.ok("app-write-mram", "-i", both),
    /8192 bytes written and read back equal/,
  );
  assert.deepEqual(camera.mram.read(0x8000_0000, 4_656), bytesOf("bootloader"));
  assert.deepEqual(camera.mram.read(0x8057_E000, 8_192), bytesOf("toc"));
  assert.match(await table.ok("maintenance", "-opt", "gettoc"), /HP_BOOT .* u VB\n/);
});

Deno.test("what would harm the camera is refused before a byte goes out", async () => {
  const table = new Table();
  await table.ok("maintenance", "-opt", "devenquiry");
  Deno.writeFileSync(join(table.folder, "odd.bin"), new Uint8Array(100).fill(1));
  const other = bytesOf("bootloader").slice();
  other[4_200] ^= 1;
  Deno.writeFileSync(join(table.folder, "other.bin"), other);
  const before = table.frames;
  const refuse = async (code: number, reason: RegExp, ...argv: string[]) =>
    assert.match(await table.fails(code, "app-write-mram", ...argv), reason);
  await refuse(USAGE, /system area/, "-i", "firmware_pad.toc 0x80580000");
  await refuse(USAGE, /must be multiples of 16/, "-i", "firmware_pad.toc 0x80580004");
  await refuse(USAGE, /outside of the memory/, "-i", "bootloader.bin 0x90000000");
  await refuse(USAGE, /outside of the memory/, "-i", "bootloader.bin 0x7FFFFFF0");
  await refuse(USAGE, /overlap/, "-i", "bootloader.bin 0x80400000 bootloader.bin 0x80400010");
  await refuse(USAGE, /multiple of 16: add -p/, "-i", "odd.bin 0x80000000");
  await refuse(USAGE, /pairs/, "-i", "bootloader.bin");
  await refuse(USAGE, /no address/, "-i", "bootloader.bin here");
  await refuse(NOT_FOUND, /no file/, "-i", "none.bin 0x80000000");
  // What a camera starts with is not written in parts, and nothing is erased by writing nothing.
  const part = new Uint8Array(4_096).fill(1);
  Deno.writeFileSync(join(table.folder, "part.bin"), part);
  Deno.writeFileSync(join(table.folder, "large.bin"), new Uint8Array(0x2_0010).fill(1));
  await refuse(USAGE, /only a whole bootloader/, "-i", "part.bin 0x80000010");
  await refuse(USAGE, /only a whole bootloader/, "-i", "part.bin 0x8001FFF0");
  await refuse(USAGE, /only a whole bootloader/, "-i", "large.bin 0x80000000");
  for (const address of ["0x8057D010", "0x8057E000", "0x8057E010", "0x8057F000"]) {
    await refuse(USAGE, /only a whole table of contents/, "-i", `part.bin ${address}`);
  }
  for (const [name, byte] of [["zeros.bin", 0], ["ones.bin", 0xFF]] as const) {
    Deno.writeFileSync(join(table.folder, name), new Uint8Array(0x55_E000).fill(byte));
    await refuse(USAGE, /would be an erase/, "-i", `${name} 0x80020000`);
  }
  await refuse(USAGE, /writes a table alone/, "-S", "-i", both);
  await refuse(USAGE, /"0x80000000" belongs to no option/, "-i", "bootloader.bin", "0x80000000");
  for (const erase of ["APP", "0x80000000 0x580000", "0x8057FFF0 16"]) {
    await refuse(USAGE, /nothing is erased/, "-e", erase);
    await refuse(USAGE, /nothing is erased/, "-i", both, "-e", erase);
    await refuse(USAGE, /nothing is erased/, `--erase=${erase}`);
  }
  await refuse(
    BAD_IMAGE,
    /does not describe other\.bin/,
    "-i",
    "other.bin 0x80000000 firmware_pad.toc 0x8057E000",
  );
  assert.match(await table.fails(USAGE, "updateSystemPackage", "-na"), /never sent without/);
  assert.match(await table.fails(USAGE, "maintenance", "-b", "115200"), /begins at 55000/);
  assert.match(await table.fails(USAGE, "maintenance", "-opt", "burnfuses"), /there is sesbanner/);
  assert.match(await table.fails(USAGE, "maintenance", "sesbanner"), /belongs to no option/);
  assert.equal(table.frames, before);
});

Deno.test("a bootloader or a table alone must fit what is in the camera", async () => {
  const table = new Table({}, "healthy");
  const other = bytesOf("bootloader").slice();
  other[4_200] ^= 1;
  Deno.writeFileSync(join(table.folder, "other.bin"), other);
  const reason = await table.fails(BAD_IMAGE, "app-write-mram", "-i", "other.bin 0x80000000");
  assert.match(reason, /table of contents in the camera does not describe other\.bin/);
  await table.ok("app-write-mram", "-i", "bootloader.bin 0x80000000");
  await table.ok("app-write-mram", "-i", "firmware_pad.toc 0x8057E000");
  const bricked = new Table();
  const misfit = await bricked.fails(
    BAD_IMAGE,
    "app-write-mram",
    "-i",
    "firmware_pad.toc 0x8057E000",
  );
  assert.match(misfit, /does not describe the bootloader in the camera/);
});

Deno.test("a chip that cannot be read gets bootloader and table, and no exit code 0", async () => {
  const table = new Table({ noReadBack: true, tableGone: true });
  const alone = await table.fails(USAGE, "app-write-mram", "-i", "bootloader.bin 0x80000000");
  assert.match(alone, /name bootloader and table of contents together/);
  const unproven = await table.fails(PROTECTED, "app-write-mram", "-i", both);
  assert.match(unproven, /not proven.*bootloader\.bin, firmware_pad\.toc/s);
  assert.match(unproven, /unbrick verify openmv-ae3/);
  assert.deepEqual(table.camera.mram.read(0x8000_0000, 4_656), bytesOf("bootloader"));
  assert.deepEqual(table.camera.mram.read(0x8057_E000, 8_192), bytesOf("toc"));
  assert.match(await table.ok("maintenance", "-opt", "gettoc"), /HP_BOOT .* u VB\n/);
});

Deno.test("padding fills up what is sent, and leaves the file as it is", async () => {
  const table = new Table({}, "healthy");
  Deno.writeFileSync(join(table.folder, "odd.bin"), new Uint8Array(100).fill(7));
  await table.ok("app-write-mram", "-p", "-i", "odd.bin 0x80400000");
  assert.deepEqual(
    table.camera.mram.read(0x8040_0000, 112),
    new Uint8Array(112).fill(7, 0, 100),
  );
  assert.equal(Deno.statSync(join(table.folder, "odd.bin")).size, 100);
});

Deno.test("a dead enclave is told by every tool, and comes back with -opt recovery", async () => {
  const table = new Table({ enclaveDead: true });
  assert.match(
    await table.fails(DEVICE_STATUS, "maintenance", "-opt", "sesbanner"),
    /in Recovery mode/,
  );
  assert.match(
    await table.fails(DEVICE_STATUS, "updateSystemPackage"),
    /Please use Recovery option/,
  );
  assert.match(await table.fails(DEVICE_STATUS, "app-write-mram", "-i", both), /RECOVERY MODE/);
  assert.match(await table.ok("maintenance", "-opt", "recovery"), /runs it: SES B4/);
  assert.deepEqual(table.camera.mram.read(POINTER_ADDRESS, 16), bytesOf("pointer"));
  assert.match(await table.fails(USAGE, "maintenance", "-opt", "recovery"), /not in Recovery mode/);
});

Deno.test("a rejected block is a failure, and so is memory that loses a line", async () => {
  const lost = new Table({ lostLine: 0x8000_0200, tableGone: true });
  assert.match(await lost.fails(15, "app-write-mram", "-i", both), /differs from what was written/);
  const secured = new Table({ lifeCycle: 5 });
  assert.match(await secured.fails(14, "app-write-mram", "-i", both), /life-cycle state SE/);
  const mute = new Table({ mute: true }, "healthy");
  assert.match(await mute.fails(TIMEOUT, "maintenance", "-opt", "sesbanner"), /did not respond/);
});

Deno.test("whichever block is refused, or not answered: no tool ends with the exit code 0", async () => {
  const { BURN_MRAM, DOWNLOAD_DATA, DOWNLOAD_DONE, VERIFY_IMAGE, MRAM_WRITE } = Command;
  const refusals: readonly [
    argv: string[],
    commands: readonly number[],
    traps: SimulationOptions["traps"],
  ][] = [
    [["app-write-mram", "-i", both], [BURN_MRAM, DOWNLOAD_DATA, DOWNLOAD_DONE], {
      tableGone: true,
    }],
    [
      ["updateSystemPackage"],
      [VERIFY_IMAGE, BURN_MRAM, DOWNLOAD_DATA, DOWNLOAD_DONE],
      { oldPackage: true },
    ],
    [["maintenance", "-opt", "recovery"], [MRAM_WRITE], { enclaveDead: true }],
  ];
  const answers = [encodeFrame(Command.NAK, Uint8Array.of(0xEF)), new Uint8Array()];
  for (const [argv, commands, traps] of refusals) {
    for (const command of commands) {
      for (const answer of answers) {
        const table = new Table(traps);
        let refused = 0;
        table.camera.line.interpose({
          bytes(direction, bytes, pass) {
            if (direction !== "to-device" || bytes[1] !== command) return pass(bytes);
            refused++;
            table.camera.line.inject(answer);
          },
        });
        const code = await table.run(...argv);
        const expected = answer.length > 0 ? DEVICE_STATUS : TIMEOUT;
        assert.equal(code, expected, `${argv[0]}, ${hex(command, 2)}: ${table.error}`);
        assert.ok(refused > 0);
      }
    }
  }
});

Deno.test("a ROM that acknowledges lines and keeps none is no success", async () => {
  const table = new Table({ oldPackage: true });
  const { mram, line } = table.camera;
  mram.load(POINTER_ADDRESS, new Uint8Array(16));
  const pointerOffset = POINTER_ADDRESS - MRAM_BASE;
  line.interpose({
    bytes(direction, bytes, pass) {
      const isLine = direction === "to-device" && bytes[1] === Command.MRAM_WRITE;
      if (!isLine || new DataView(bytes.buffer).getUint32(2, true) === pointerOffset) {
        return pass(bytes);
      }
      line.inject(encodeFrame(Command.ACK));
    },
  });
  const reason = await table.fails(VERIFY_FAILED, "maintenance", "-opt", "recovery");
  assert.match(reason, /runs version 1\.103\.1 after the package with version 1\.110\.0/);
});

Deno.test("hard maintenance reaches a mute device that is reset meanwhile", async () => {
  const table = new Table({ mute: true }, "healthy");
  await table.fails(TIMEOUT, "maintenance");
  table.clock.sleep(20_000).then(() => table.camera.enclave.reset());
  assert.match(await table.ok("maintenance", "-opt", "hardmaint"), /is in maintenance mode/);
});

Deno.test("a package for another part or root key is refused", async () => {
  const table = new Table({ part: "AE302F80F55D5LE", variant: "AE", root: "production" });
  const wrong = join(table.folder, "alif", "SP-AE302F80F55D5LE-rev-b4.bin");
  Deno.writeFileSync(wrong, bytesOf("system-ae"));
  Deno.writeFileSync(`${wrong}.sign`, bytesOf("system-ae-sign"));
  // The camera's own package is of its bridge's part, so that its ROM answers.
  assert.match(
    await table.fails(WRONG_BOARD, "maintenance", "-opt", "recovery"),
    /made for the part/,
  );
});

Deno.test("several adapters must be chosen from, a wrong port is told", async () => {
  const table = new Table();
  assert.match(await table.ok("maintenance", "-opt", "getrevision"), /Part {6}AE302F80F55D5AE/);
  const cable = table.serial.socket(() => "1-9");
  cable.attach({ vendorId: 0x1A86, productId: 0x55D3 }, new SerialLine({ clock: table.clock }));
  // The port that was written down is still there.
  await table.ok("maintenance", "-opt", "getrevision");
  const several = await table.fails(CONSENT_NEEDED, "maintenance", "-d", "-opt", "getrevision");
  assert.match(several, /simulated0, simulated1\): choose one with --port/);
  await table.ok("maintenance", "-d", "-c", "simulated0", "-opt", "getrevision");
  // As `/dev/serial/by-id/…` leads to a port, and as `com3` is COM3.
  const list = () => Promise.resolve([{ path: "COM3" }, { path: Deno.realPathSync("/dev/null") }]);
  table.serial.list = list;
  for (const name of ["com3", "/dev/./null"]) {
    assert.match(
      await table.fails(NOT_FOUND, "maintenance", "-c", name),
      /no serial port (COM3|\/dev\/null)\./,
    );
  }
  assert.match(await table.fails(NOT_FOUND, "maintenance", "-c", "COM99"), /no serial port COM99/);
});

Deno.test("toc explains a table and says whether it fits", async () => {
  const table = new Table();
  const path = join(table.folder, "firmware_pad.toc");
  const text = await table.ok("toc", path);
  assert.match(text, /HP_BOOT: image, version 1\.0\.0, 4656 bytes, for M55-HP, boot/);
  assert.match(text, /is at 0x80000000/);
  assert.equal(text.match(/signature right/g)?.length, 4);
  assert.match(text, /It describes .*bootloader\.bin/);
  const other = bytesOf("bootloader").slice();
  other[4_200] ^= 1;
  Deno.writeFileSync(join(table.folder, "other.bin"), other);
  const misfit = await table.fails(
    BAD_IMAGE,
    "toc",
    path,
    "--bootloader",
    join(table.folder, "other.bin"),
  );
  assert.match(misfit, /does not describe/);
  assert.match(await table.fails(USAGE, "toc"), /One file is needed/);
  Deno.writeFileSync(join(table.folder, "short.toc"), bytesOf("toc").subarray(0x1110));
  assert.match(await table.ok("toc", join(table.folder, "short.toc")), /3824 bytes at 0x8057F110/);
});

Deno.test("toc refuses a table whose certificates or configuration are damaged", async () => {
  const table = new Table();
  const toc = bytesOf("toc");
  const damaged = join(table.folder, "damaged.toc");
  const fails = async (offset: number) => {
    const bytes = toc.slice();
    bytes[offset] ^= 1;
    Deno.writeFileSync(damaged, bytes);
    return await table.fails(BAD_IMAGE, "toc", damaged);
  };
  // Each offset is of the layout in alif-isp.md C.7.
  const certificates = { HP_BOOT: 0x1110, HP_APP: 0x1480, HE_APP: 0x17F0, DEVICE: 0x1B60 };
  for (const [name, start] of Object.entries(certificates)) {
    for (const inside of [20, 424, 433, 600]) {
      assert.match(
        await fails(start + inside),
        new RegExp(`signature of its entry ${name} is wrong`),
      );
    }
    assert.match(table.out, new RegExp(`${name}: [^]*?signature WRONG`));
  }
  for (const at of [0x1ED0, 0x1ED0 + 119]) {
    assert.match(await fails(at), /entry DEVICE is not what its certificate vouches for/);
  }
});

Deno.test("app-gen-toc makes a table that the camera starts", async () => {
  const table = new Table({ tableGone: true });
  const { folder } = table;
  const names = ["firmware_M55_HP.bin", "firmware_M55_HE.bin", "bootloader.bin"];
  for (const name of names) {
    Deno.copyFileSync(join(folder, name), join(folder, "build/images", name));
  }
  const entry = (binary: string, mramAddress: string, cpu_id: string, flag: string) => ({
    disabled: false,
    binary,
    mramAddress,
    version: "1.0.0",
    cpu_id,
    flags: [flag],
    signed: false,
  });
  const config = {
    DEVICE: { binary: "app-device-config-ae3.json", version: "0.5.00", signed: false },
    HP_BOOT: entry("bootloader.bin", "0x80000000", "M55_HP", "boot"),
    HP_APP: entry("firmware_M55_HP.bin", "0x80020000", "M55_HP", "deferred"),
    HE_APP: entry("firmware_M55_HE.bin", "0x80320000", "M55_HE", "deferred"),
  };
  const json = join(folder, "cfg.json");
  Deno.writeTextFileSync(json, JSON.stringify(config));
  const line = ["app-gen-toc", "-f", json, "--pad", join(folder, "own_pad.toc")];
  assert.match(await table.fails(NOT_FOUND, ...line), /the device configuration is missing/);
  Deno.writeFileSync(join(folder, "build/images/app-device-config-ae3.bin"), new Uint8Array(120));
  assert.match(await table.fails(NOT_FOUND, ...line), /no signing key/);
  Deno.writeTextFileSync(join(folder, "utils/key/OEMSBContent.pem"), pemOf(sampleKeys.development));
  await table.ok(...line);
  assert.equal(Deno.statSync(join(folder, "build/AppTocPackage.bin")).size, 3_824);
  await table.ok("app-write-mram", "-i", "bootloader.bin 0x80000000 own_pad.toc 0x8057E000");
  assert.match(await table.ok("maintenance", "-opt", "gettoc"), /HP_BOOT .* u VB\n/);
  assert.match(
    await table.fails(NOT_FOUND, ...line, "-o", "nowhere/own.bin"),
    /own\.bin cannot be written/,
  );
  const refused: readonly [object, RegExp][] = [
    [{ flags: ["encrypt"] }, /"encrypt" is not offered/],
    [{ flags: ["toString"] }, /no flag "toString"/],
    [{ version: "-1.0.0" }, /"-1\.0\.0" is no version/],
    [{ version: ".." }, /"\.\." is no version/],
  ];
  for (const [change, said] of refused) {
    Deno.writeTextFileSync(json, JSON.stringify({ HP_BOOT: { ...config.HP_BOOT, ...change } }));
    assert.match(await table.fails(USAGE, ...line), said);
  }
});
