import assert from "node:assert/strict";
import { PartitionDfuModel } from "../../../protocols/dfu/model/partition_model.ts";
import {
  type Stm32Chip,
  stm32Flash,
  stm32Rom,
} from "../../../protocols/dfu/model/stm32_rom_model.ts";
import type { DfuSeTraps } from "../../../protocols/dfu/model/dfuse_model_options.ts";
import { UnbrickError } from "../../../common/errors.ts";
import { MemoryBus } from "../../../transport/usb/memory.ts";
import type { UsbDeviceModel } from "../../../transport/usb/model.ts";
import { VirtualBus } from "../../../transport/usb/virtual_bus.ts";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { ran, type Surroundings } from "../../../../tests/support/cli/command_rig.ts";

/** A virtual bus and clock, with a file in its own folder. */
class DfuUtilRig {
  readonly clock = new VirtualClock();
  readonly usb = new VirtualBus();
  readonly folder = Deno.makeTempDirSync();
  readonly program = Uint8Array.from({ length: 40_000 }, (_, at) => at * 31 >> 3);
  readonly file = `${this.folder}/bootloader.bin`;

  constructor() {
    Deno.writeFileSync(this.file, this.program);
    globalThis.addEventListener(
      "unload",
      () => Deno.removeSync(this.folder, { recursive: true }),
    );
  }

  rom(chip: Stm32Chip, port = "1-1", traps: DfuSeTraps = {}) {
    const flash = stm32Flash(chip);
    const model = stm32Rom(chip, { clock: this.clock, flash, traps });
    this.usb.socket(port).attach(model);
    return flash;
  }

  bootloader(port = "1-1") {
    const memory = stm32Flash("STM32H743");
    const part = (name: string, start: number, limit: number, writable = true) => (
      { name, memory, start: 0x08000000 + start, limit: 0x08000000 + limit, writable }
    );
    const model: UsbDeviceModel = new PartitionDfuModel({
      clock: this.clock,
      device: { idVendor: 0x37c5, idProduct: 0x9204, bcdDevice: 0x0102 },
      manufacturer: "OpenMV",
      product: "Bootloader",
      serial: "0011",
      partitions: [part("BOOTLOADER", 0, 0x20000, false), part("FIRMWARE", 0x40000, 0x1e0000)],
    });
    this.usb.socket(port).attach(model);
    return memory;
  }

  run(line: string, more: Surroundings = {}) {
    const bus = new MemoryBus(this.usb, this.clock);
    const words = line.replace("FILE", this.file).replace("OUT", `${this.folder}/out.bin`);
    return this.clock.run(() =>
      ran(`dfu-util ${words}`, {
        families: [],
        ...more,
        bus,
        context: { clock: this.clock, ...more.context },
      })
    );
  }

  get out(): Uint8Array {
    return Deno.readFileSync(`${this.folder}/out.bin`);
  }
}

const line = "-w -d ,0483:df11 -a 0 -s 0x08000000 -D FILE";

for (const chip of ["STM32F427", "STM32F765", "STM32H743"] as const) {
  Deno.test(`the documented command restores a ${chip}, read back, exit code 0`, async () => {
    const rig = new DfuUtilRig();
    const flash = rig.rom(chip, "1-1", { freshError: true });
    const { code, out, error } = await rig.run(line);
    assert.equal(code, 0, error);
    assert.deepEqual(flash.read(0x08000000, 40_000), rig.program);
    assert.match(out, /^Device ID 0483:df11, port 1-1$/m);
    assert.match(out, /\rDownload\t\[={25}\] 100% {8}40000 bytes\nDownload done\.\n/);
    assert.match(out, /Verify done\.\nFile downloaded successfully\n$/);
    assert.doesNotMatch(out + error, /corrupt/i);
  });
}

Deno.test("-w waits for the device, but not without end", async () => {
  const rig = new DfuUtilRig();
  const arriving = rig.clock.run(async () => {
    await rig.clock.sleep(30_000);
    rig.rom("STM32F765");
  });
  const [{ code, out }] = await Promise.all([rig.run(line), arriving]);
  assert.equal(code, 0);
  assert.match(out, /Waiting for device/);

  const empty = new DfuUtilRig();
  const late = await empty.run(`${line} --timeout 3`);
  assert.equal(late.code, 74);
  assert.match(late.error, /Waited 3 s for a DFU device/);
  assert.ok(empty.clock.elapsed >= 3000 && empty.clock.elapsed < 4000);
});

Deno.test("without -w and without a device: 74; without permission: 74 and the rule", async () => {
  const rig = new DfuUtilRig();
  const { code, error } = await rig.run("-D FILE -s 0x08000000");
  assert.equal(code, 74);
  assert.match(error, /No DFU capable USB device available/);

  rig.rom("STM32F765");
  const bus = new MemoryBus(rig.usb, rig.clock);
  bus.open = () => Promise.reject(new UnbrickError("permission", "No access."));
  const denied = await rig.clock.run(() =>
    ran(`dfu-util -w -s 0x08000000 -D ${rig.file}`, { bus, context: { clock: rig.clock } })
  );
  assert.equal(denied.code, 74);
  assert.match(denied.error, /60-unbrick\.rules/);
  assert.ok(rig.clock.elapsed < 3000, "it does not wait when waiting cannot help");
});

Deno.test("files: none 66, empty 65, simulation-only 65, before any device is accessed", async () => {
  const rig = new DfuUtilRig();
  const bus = () => Promise.reject(new Error("the bus must not be opened"));
  const context = { openUsbBus: bus };
  assert.equal((await rig.run("-a 0 -s 0 -D /nowhere.bin", { context })).code, 66);
  Deno.writeFileSync(rig.file, new Uint8Array());
  assert.equal((await rig.run(line, { context })).code, 65);
  Deno.writeTextFileSync(rig.file, "......UNBRICK SIMULATION ONLY......");
  const { code, error } = await rig.run(line, { context });
  assert.equal(code, 65);
  assert.match(error, /simulated cameras only/);
});

Deno.test("several alternate settings or devices without a choice: 74, and how to choose", async () => {
  const rig = new DfuUtilRig();
  rig.rom("STM32F765", "1-1");
  const alternates = await rig.run("-d ,0483:df11 -s 0x08000000 -D FILE");
  assert.equal(alternates.code, 74);
  assert.match(alternates.error.replaceAll("\n", " "), /More than one DFU capable .*-a NUMBER/);
  const second = rig.rom("STM32F765", "1-2");
  const devices = await rig.run(line);
  assert.equal(devices.code, 74);
  assert.match(devices.error.replaceAll("\n", " "), /-p PATH/);
  assert.equal((await rig.run(`${line} -p 1-2`)).code, 0);
  assert.deepEqual(second.read(0x08000000, 40_000), rig.program);
});

Deno.test("a device that is connected but differs from the options is named, with what it offers", async () => {
  const rig = new DfuUtilRig();
  rig.rom("STM32F765", "1-1");
  const cases: readonly (readonly [options: string, reason: RegExp])[] = [
    ["-a 9", /no alternate setting 9\. It offers: 0 "@Internal Flash .*", 1 "/],
    ["-ao", /no alternate setting "o"\. It offers: 0 /],
    [
      "-a 0 -S 1234",
      /another serial number than -S gives: 0483:df11 on port 1-1, serial number \w/,
    ],
    ["-a 0 -d ,0483:df12", /none with the ids of -d: 0483:df11 on port 1-1/],
    ["-a 0 -p 1-7", /not where -p, .* look: 0483:df11 on port 1-1/],
  ];
  for (const [options, reason] of cases) {
    const line = `${options} -s 0x08000000 -D FILE`;
    const { code, error } = await rig.run(line);
    assert.equal(code, 74, options);
    assert.match(error.replaceAll(/\s+/g, " "), reason, options);
    assert.match(error, /unbrick dfu-util -l/);
    const late = await rig.run(`-w --timeout 1 ${line}`);
    assert.equal(late.code, 74, options);
    assert.match(late.out.replaceAll(/\s+/g, " "), reason, options);
    assert.match(late.error.replaceAll(/\s+/g, " "), reason, options);
  }
  const { code } = await rig.run("-d 0x0483:0xdf11 -a 0 -s 0x08000000 -D FILE");
  assert.equal(code, 0);
});

Deno.test("-l lists each alternate setting, the last one first", async () => {
  const rig = new DfuUtilRig();
  rig.rom("STM32F765");
  const { code, out } = await rig.run("-l");
  assert.equal(code, 0);
  const found = out.split("\n").filter((text) =>
    text.startsWith("Found DFU: [0483:df11] ver=2200")
  );
  assert.equal(found.length, 4);
  assert.match(found[3], /path="1-1", alt=0, name="@Internal Flash .*", serial="\w+"/);
});

Deno.test("-U with a length, to the end of the segment, and never overwriting a file", async () => {
  const rig = new DfuUtilRig();
  rig.rom("STM32F427").load(0x08000000, rig.program);
  assert.equal((await rig.run("-a 0 -s 0x08000000:40000 -U OUT")).code, 0);
  assert.deepEqual(rig.out, rig.program);
  assert.equal((await rig.run("-a 0 -s 0x08000000:40000 -U OUT")).code, 73);
  Deno.removeSync(`${rig.folder}/out.bin`);
  const { out } = await rig.run("-a 0 -s 0x08000000 -U OUT");
  assert.match(out, /Limiting upload to end of memory segment, 65536 bytes/);
  assert.equal(rig.out.length, 65536);
});

Deno.test("addresses: none 64, outside the memory 64, and nothing is erased", async () => {
  const rig = new DfuUtilRig();
  const flash = rig.rom("STM32F765");
  flash.load(0x08000000, rig.program);
  assert.equal((await rig.run("-a 0 -D FILE")).code, 64);
  assert.equal((await rig.run("-a 0 -s 0x09000000 -D FILE")).code, 64);
  assert.deepEqual(flash.read(0x08000000, 40_000), rig.program);
});

Deno.test("a read-protected chip: 74, explained in words", async () => {
  const rig = new DfuUtilRig();
  rig.rom("STM32F765", "1-1", { readProtection: "errVENDOR" });
  const { code, error } = await rig.run(line);
  assert.equal(code, 74);
  assert.match(error, /protected/);
});

Deno.test(":mass-erase:force erases what the file does not cover", async () => {
  const rig = new DfuUtilRig();
  const flash = rig.rom("STM32F765");
  flash.load(0x08100000, rig.program);
  assert.equal((await rig.run("-a 0 -s 0x08000000:force:mass-erase -D FILE")).code, 0);
  assert.deepEqual(flash.read(0x08000000, 40_000), rig.program);
  assert.deepEqual(flash.read(0x08100000, 4), new Uint8Array(4).fill(0xff));
});

Deno.test("plain DFU: written by number or name, read back; a read-only setting is reported", async () => {
  const rig = new DfuUtilRig();
  const memory = rig.bootloader();
  for (const alternate of ["1", "FIRMWARE"]) {
    const { code, out, error } = await rig.run(`-d ,37c5:9204 -a ${alternate} -D FILE`);
    assert.equal(code, 0, error);
    assert.match(out, /\rDownload\t\[={25}\] 100%.*bytes\nDownload done\.\n/);
  }
  assert.deepEqual(memory.read(0x08040000, 40_000), rig.program);
  const refused = await rig.run("-d ,37c5:9204 -a 0 -D FILE");
  assert.equal(refused.code, 74);
  assert.match(refused.error, /errWRITE/);
  assert.equal((await rig.run("-d ,37c5:9204 -a 1 -U OUT")).code, 0);
  assert.equal(rig.out.length, 0x1a0000);
  assert.deepEqual(rig.out.subarray(0, 40_000), rig.program);
});

Deno.test("Ctrl-C: 130", async () => {
  const rig = new DfuUtilRig();
  const stop = new AbortController();
  const running = rig.run(line, { context: { signal: stop.signal } });
  stop.abort();
  assert.equal((await running).code, 130);
});
