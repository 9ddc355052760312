import assert from "node:assert/strict";
import { join } from "node:path";
import {
  MRAM_BASE,
  POINTER_ADDRESS,
  SYSTEM_BASE,
} from "../core/protocols/alif_isp/packets/memory_map.ts";
import { Command } from "../core/protocols/alif_isp/packets/command.ts";
import { encodeFrame } from "../core/protocols/alif_isp/packets/frame.ts";
import { hex } from "../core/common/format.ts";
import type { SimulationOptions } from "../core/family/family.ts";
import {
  BAD_IMAGE,
  NOT_FOUND,
  SeToolsFolder,
  toolImages,
  USAGE,
  WRONG_BOARD,
} from "./support/cli/se_tools_rig.ts";
import { SerialLine } from "../core/transport/serial/line.ts";
import { WriteRequest } from "../core/protocols/alif_isp/packets/requests.ts";

/**
 * Tests the documented lines of `unbrick maintenance`, `updateSystemPackage` and `app-write-mram`.
 */

const both = "bootloader.bin 0x80000000 firmware_pad.toc 0x8057E000";
const bytesOf = (role: string) => toolImages.get(role)!.bytes;
const TIMEOUT = 8, DEVICE_STATUS = 11, PROTECTED = 14, VERIFY_FAILED = 15, CONSENT_NEEDED = 16;

Deno.test("the commands of the recovery page work unchanged", async () => {
  const tools = new SeToolsFolder({ tableGone: true, oldPackage: true });
  assert.match(await tools.ok("maintenance", "-opt", "sesbanner"), /SES\s+\w+\s+v1\.103\.1/);
  await tools.ok("maintenance");
  const saved = Deno.readTextFileSync(join(tools.folder, "isp_config_data.cfg"));
  assert.match(saved, /^comport simulated0\n/);
  const device = JSON.parse(Deno.readTextFileSync(join(tools.folder, "utils", "global-cfg.db")));
  assert.equal(device.DEVICE["Part#"], "E3 (AE302F80F55D5AE) - 5.5 MRAM / 13.5 SRAM");
  assert.match(await tools.ok("updateSystemPackage"), /runs the package: SES B4 v1\.110\.0/);
  const { camera } = tools;
  assert.deepEqual(
    camera.mram.read(SYSTEM_BASE, bytesOf("system-ae").length),
    bytesOf("system-ae"),
  );
  assert.match(
    await tools.ok("app-write-mram", "-i", both),
    /8192 bytes written and read back equal/,
  );
  assert.deepEqual(camera.mram.read(0x8000_0000, 4_656), bytesOf("bootloader"));
  assert.deepEqual(camera.mram.read(0x8057_E000, 8_192), bytesOf("toc"));
  assert.match(await tools.ok("maintenance", "-opt", "gettoc"), /HP_BOOT .* u VB\n/);
});

Deno.test("commands that would harm the camera are refused before a byte is sent", async () => {
  const tools = new SeToolsFolder();
  await tools.ok("maintenance", "-opt", "devenquiry");
  Deno.writeFileSync(join(tools.folder, "odd.bin"), new Uint8Array(100).fill(1));
  const other = bytesOf("bootloader").slice();
  other[4_200] ^= 1;
  Deno.writeFileSync(join(tools.folder, "other.bin"), other);
  const before = tools.frames;
  const refuse = async (code: number, reason: RegExp, ...argv: string[]) =>
    assert.match(await tools.fails(code, "app-write-mram", ...argv), reason);
  await refuse(USAGE, /system area/, "-i", "firmware_pad.toc 0x80580000");
  await refuse(USAGE, /must be multiples of 16/, "-i", "firmware_pad.toc 0x80580004");
  await refuse(USAGE, /outside the memory/, "-i", "bootloader.bin 0x90000000");
  await refuse(USAGE, /outside the memory/, "-i", "bootloader.bin 0x7FFFFFF0");
  await refuse(USAGE, /overlap/, "-i", "bootloader.bin 0x80400000 bootloader.bin 0x80400010");
  await refuse(USAGE, /multiple of 16: add -p/, "-i", "odd.bin 0x80000000");
  await refuse(USAGE, /pairs/, "-i", "bootloader.bin");
  await refuse(USAGE, /no address/, "-i", "bootloader.bin here");
  await refuse(NOT_FOUND, /no file/, "-i", "none.bin 0x80000000");
  // A bootloader or table is never written in part, and an empty image erases nothing.
  const part = new Uint8Array(4_096).fill(1);
  Deno.writeFileSync(join(tools.folder, "part.bin"), part);
  Deno.writeFileSync(join(tools.folder, "large.bin"), new Uint8Array(0x2_0010).fill(1));
  await refuse(USAGE, /only a whole bootloader/, "-i", "part.bin 0x80000010");
  await refuse(USAGE, /only a whole bootloader/, "-i", "part.bin 0x8001FFF0");
  await refuse(USAGE, /only a whole bootloader/, "-i", "large.bin 0x80000000");
  for (const address of ["0x8057D010", "0x8057E000", "0x8057E010", "0x8057F000"]) {
    await refuse(USAGE, /only a whole table of contents/, "-i", `part.bin ${address}`);
  }
  for (const [name, byte] of [["zeros.bin", 0], ["ones.bin", 0xFF]] as const) {
    Deno.writeFileSync(join(tools.folder, name), new Uint8Array(0x55_E000).fill(byte));
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
  assert.match(await tools.fails(USAGE, "updateSystemPackage", "-na"), /never sent without/);
  assert.match(await tools.fails(USAGE, "maintenance", "-b", "115200"), /begins at 55000/);
  assert.match(await tools.fails(USAGE, "maintenance", "-opt", "burnfuses"), /there is sesbanner/);
  assert.match(await tools.fails(USAGE, "maintenance", "sesbanner"), /belongs to no option/);
  assert.equal(tools.frames, before);
});

Deno.test("a bootloader or a table alone must fit the contents of the camera", async () => {
  const tools = new SeToolsFolder({}, "healthy");
  const other = bytesOf("bootloader").slice();
  other[4_200] ^= 1;
  Deno.writeFileSync(join(tools.folder, "other.bin"), other);
  const reason = await tools.fails(BAD_IMAGE, "app-write-mram", "-i", "other.bin 0x80000000");
  assert.match(reason, /table of contents in the camera does not describe other\.bin/);
  await tools.ok("app-write-mram", "-i", "bootloader.bin 0x80000000");
  await tools.ok("app-write-mram", "-i", "firmware_pad.toc 0x8057E000");
  const bricked = new SeToolsFolder();
  const misfit = await bricked.fails(
    BAD_IMAGE,
    "app-write-mram",
    "-i",
    "firmware_pad.toc 0x8057E000",
  );
  assert.match(misfit, /does not describe the bootloader in the camera/);
});

Deno.test("for a chip that cannot be read, bootloader and table are written, but the exit code is not 0", async () => {
  const tools = new SeToolsFolder({ noReadBack: true, tableGone: true });
  const alone = await tools.fails(USAGE, "app-write-mram", "-i", "bootloader.bin 0x80000000");
  assert.match(alone, /name bootloader and table of contents together/);
  const unproven = await tools.fails(PROTECTED, "app-write-mram", "-i", both);
  assert.match(unproven, /not proven.*bootloader\.bin, firmware_pad\.toc/s);
  assert.match(unproven, /unbrick verify openmv-ae3/);
  assert.deepEqual(tools.camera.mram.read(0x8000_0000, 4_656), bytesOf("bootloader"));
  assert.deepEqual(tools.camera.mram.read(0x8057_E000, 8_192), bytesOf("toc"));
  assert.match(await tools.ok("maintenance", "-opt", "gettoc"), /HP_BOOT .* u VB\n/);
});

Deno.test("padding extends the sent data and leaves the file unchanged", async () => {
  const tools = new SeToolsFolder({}, "healthy");
  Deno.writeFileSync(join(tools.folder, "odd.bin"), new Uint8Array(100).fill(7));
  await tools.ok("app-write-mram", "-p", "-i", "odd.bin 0x80400000");
  assert.deepEqual(
    tools.camera.mram.read(0x8040_0000, 112),
    new Uint8Array(112).fill(7, 0, 100),
  );
  assert.equal(Deno.statSync(join(tools.folder, "odd.bin")).size, 100);
});

Deno.test("every tool reports a dead enclave, and -opt recovery restores it", async () => {
  const tools = new SeToolsFolder({ enclaveDead: true });
  assert.match(
    await tools.fails(DEVICE_STATUS, "maintenance", "-opt", "sesbanner"),
    /in Recovery mode/,
  );
  assert.match(
    await tools.fails(DEVICE_STATUS, "updateSystemPackage"),
    /Please use Recovery option/,
  );
  assert.match(await tools.fails(DEVICE_STATUS, "app-write-mram", "-i", both), /RECOVERY MODE/);
  assert.match(await tools.ok("maintenance", "-opt", "recovery"), /runs it: SES B4/);
  assert.deepEqual(tools.camera.mram.read(POINTER_ADDRESS, 16), bytesOf("pointer"));
  assert.match(await tools.fails(USAGE, "maintenance", "-opt", "recovery"), /not in Recovery mode/);
});

Deno.test("a rejected block and memory that loses a line are failures", async () => {
  const lost = new SeToolsFolder({ lostLine: 0x8000_0200, tableGone: true });
  assert.match(await lost.fails(15, "app-write-mram", "-i", both), /differs from what was written/);
  const secured = new SeToolsFolder({ lifeCycle: 5 });
  assert.match(await secured.fails(14, "app-write-mram", "-i", both), /life-cycle state SE/);
  const mute = new SeToolsFolder({ mute: true }, "healthy");
  assert.match(await mute.fails(TIMEOUT, "maintenance", "-opt", "sesbanner"), /did not respond/);
});

Deno.test("no tool ends with exit code 0 if any block is refused or not answered", async () => {
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
        const tools = new SeToolsFolder(traps);
        let refused = 0;
        tools.camera.line.interpose({
          bytes(direction, bytes, pass) {
            if (direction !== "to-device" || bytes[1] !== command) return pass(bytes);
            refused++;
            tools.camera.line.inject(answer);
          },
        });
        const code = await tools.run(...argv);
        const expected = answer.length > 0 ? DEVICE_STATUS : TIMEOUT;
        assert.equal(code, expected, `${argv[0]}, ${hex(command, 2)}: ${tools.error}`);
        assert.ok(refused > 0);
      }
    }
  }
});

Deno.test("a ROM that acknowledges lines without keeping them is a failure", async () => {
  const tools = new SeToolsFolder({ oldPackage: true });
  const { mram, line } = tools.camera;
  mram.load(POINTER_ADDRESS, new Uint8Array(16));
  const pointerOffset = POINTER_ADDRESS - MRAM_BASE;
  line.interpose({
    bytes(direction, bytes, pass) {
      const isLine = direction === "to-device" && bytes[1] === Command.MRAM_WRITE;
      if (!isLine || WriteRequest.decode(bytes, 2).offset === pointerOffset) {
        return pass(bytes);
      }
      line.inject(encodeFrame(Command.ACK));
    },
  });
  const reason = await tools.fails(VERIFY_FAILED, "maintenance", "-opt", "recovery");
  assert.match(reason, /runs version 1\.103\.1 after the package with version 1\.110\.0/);
});

Deno.test("hard maintenance reaches a mute device that is reset in the meantime", async () => {
  const tools = new SeToolsFolder({ mute: true }, "healthy");
  await tools.fails(TIMEOUT, "maintenance");
  tools.clock.sleep(20_000).then(() => tools.camera.enclave.reset());
  assert.match(await tools.ok("maintenance", "-opt", "hardmaint"), /is in maintenance mode/);
});

Deno.test("a package for another part or root key is refused", async () => {
  const tools = new SeToolsFolder({ part: "AE302F80F55D5LE", variant: "AE", root: "production" });
  const wrong = join(tools.folder, "alif", "SP-AE302F80F55D5LE-rev-b4.bin");
  Deno.writeFileSync(wrong, bytesOf("system-ae"));
  Deno.writeFileSync(`${wrong}.sign`, bytesOf("system-ae-sign"));
  // The camera's own package is for its bridge's part, so that its ROM answers.
  assert.match(
    await tools.fails(WRONG_BOARD, "maintenance", "-opt", "recovery"),
    /it is for the part/,
  );
});

Deno.test("with several adapters one must be chosen, and a wrong port is reported", async () => {
  const tools = new SeToolsFolder();
  assert.match(await tools.ok("maintenance", "-opt", "getrevision"), /Part {6}AE302F80F55D5AE/);
  const cable = tools.serial.socket(() => "1-9");
  cable.attach({ vendorId: 0x1A86, productId: 0x55D3 }, new SerialLine({ clock: tools.clock }));
  // The port that was saved still exists.
  await tools.ok("maintenance", "-opt", "getrevision");
  const several = await tools.fails(CONSENT_NEEDED, "maintenance", "-d", "-opt", "getrevision");
  assert.match(several, /simulated0, simulated1\): choose one with --port/);
  await tools.ok("maintenance", "-d", "-c", "simulated0", "-opt", "getrevision");
  // As `/dev/serial/by-id/…` links to a port, and as `com3` is COM3.
  const links = Deno.build.os === "windows" ? [] : [Deno.realPathSync("/dev/null")];
  tools.serial.list = () => Promise.resolve(["COM3", ...links].map((path) => ({ path })));
  for (const name of ["com3", ...links.map(() => "/dev/./null")]) {
    assert.match(
      await tools.fails(NOT_FOUND, "maintenance", "-c", name),
      /no serial port (COM3|\/dev\/null)\./,
    );
  }
  assert.match(await tools.fails(NOT_FOUND, "maintenance", "-c", "COM99"), /no serial port COM99/);
});
