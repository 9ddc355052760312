import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { SimulatedN6 } from "../boards/openmv_n6/model.ts";
import { bundledVersions, makeImages, smallSizes } from "../boards/openmv_n6/samples.ts";
import { Watch } from "./support/boards/openmv_n6_rig.ts";
import { ran, type Surroundings } from "./support/cli/command_rig.ts";
import { exitCodes } from "../core/common/errors.ts";
import type { SimulationOptions } from "../core/family/family.ts";
import type { HardwareAction } from "../core/plan/hardware_action.ts";
import { MemoryBus } from "../core/transport/usb/memory.ts";
import { VirtualBus } from "../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../core/common/virtual_clock.ts";

/** Tests `unbrick STM32_Programmer_CLI …` with a simulated N6 that counts as a real one. */

const images = makeImages(bundledVersions, smallSizes, false);
const SERIAL = "003A002D3833510B31323335";

class CommandTrial {
  readonly clock = new VirtualClock();
  readonly usb = new VirtualBus();
  readonly watch = new Watch(this.usb);
  readonly folder = Deno.makeTempDirSync();
  readonly camera: SimulatedN6;
  #hasJumper = true;

  constructor(options: Partial<SimulationOptions> = {}, port = "1-1") {
    const { clock, usb, folder } = this;
    this.camera = new SimulatedN6({ clock, socket: usb.socket(port), images, ...options });
    Deno.mkdirSync(`${folder}/OPENMV_N6`);
    for (const { name, bytes } of images.all) {
      Deno.writeFileSync(`${folder}/OPENMV_N6/${name}`, bytes);
    }
  }

  /**
   * Runs a command line; the simulated user removes the jumper as soon as OpenBootloader is done.
   */
  run(line: string, more: Surroundings = {}) {
    const words = line.replaceAll("OPENMV_N6", `${this.folder}/OPENMV_N6`);
    const bus = new MemoryBus(this.usb, this.clock);
    const console = {
      write: (text: string) => {
        this.#said += text;
        if (/Remove the jumper/.test(text) && this.#hasJumper) {
          this.#hasJumper = false;
          void this.hands("unplug", "remove-jumper", "plug");
        }
      },
    };
    this.#said = "";
    return this.clock.run(async () => {
      const context = { clock: this.clock };
      const { code, error } = await ran(words, { families, bus, console, context, ...more });
      return { code, said: this.#said, error };
    });
  }
  #said = "";

  async hands(...ids: HardwareAction["id"][]): Promise<void> {
    for (const id of ids) await this.camera.perform({ id, text: "" });
  }

  /** The recovery page's steps 1 to 3. */
  enterRom(): Promise<void> {
    return this.clock.run(async () => {
      await this.hands("unplug", "fit-jumper", "plug");
      await this.clock.sleep(300);
    });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }

  get isRestored(): boolean {
    const { bytes } = images.get("bootloader")!;
    const found = this.camera.flash.read(0x7000_0000, bytes.length);
    return found.every((byte, at) => byte === bytes[at]);
  }
}

Deno.test("the documented command, word for word: written, proven, exit code 0", async () => {
  using trial = new CommandTrial();
  await trial.enterRom();
  assert.ok(!trial.isRestored);
  const { code, said, error } = await trial.run(
    "STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv",
  );
  assert.equal(code, 0, error);
  assert.ok(trial.isRestored);
  assert.match(said.replaceAll(/\s+/g, " "), /It read itself back, and it matches bootloader\.bin/);
  trial.watch.nothingDangerous();
  assert.equal(trial.camera.otpBurns, 0);
});

Deno.test("a camera is chosen by its serial number; an unknown serial is an error", async () => {
  using trial = new CommandTrial();
  await trial.enterRom();
  const line = (serial: string) =>
    `STM32_Programmer_CLI -c port=USB1 sn=${serial} -d OPENMV_N6/FlashLayout.tsv`;
  const missing = await trial.run(line("0123"));
  assert.equal(missing.code, exitCodes["not-found"]);
  assert.match(missing.error, /no device with serial 0123/);
  assert.ok(!trial.isRestored);
  const { code, error } = await trial.run(line(SERIAL.toLowerCase()));
  assert.equal(code, 0, error);
  assert.ok(trial.isRestored);
});

Deno.test("without a file: the images of --images", async () => {
  using trial = new CommandTrial();
  await trial.enterRom();
  const { code, error } = await trial.run(
    `STM32_Programmer_CLI -c port=USB1 -d --images ${trial.folder}`,
  );
  assert.equal(code, 0, error);
  assert.ok(trial.isRestored);
});

Deno.test("-l usb lists ROM and partitions; -c alone shows one device and changes nothing", async () => {
  using trial = new CommandTrial();
  const empty = await trial.run("STM32_Programmer_CLI -l usb");
  assert.deepEqual([empty.code, /No device in ST's DFU mode/.test(empty.said)], [0, true]);
  await trial.enterRom();
  for (const line of ["-l usb", "-c port=USB1"]) {
    const { code, said } = await trial.run(`STM32_Programmer_CLI ${line}`);
    assert.equal(code, 0);
    assert.match(said, /USB1/);
    assert.match(said, new RegExp(`Serial number +: ${SERIAL}`));
    assert.match(said, /Partition +: @FSBL/);
    assert.match(said, /STM32N6 system bootloader/);
  }
  const second = await trial.run("STM32_Programmer_CLI -c port=USB2");
  assert.equal(second.code, exitCodes["not-found"]);
});

Deno.test("wrong layouts and files are refused with line and column, before the bus is opened", async () => {
  using trial = new CommandTrial();
  const noBus = () => Promise.reject(new Error("the bus was opened"));
  const path = `${trial.folder}/OPENMV_N6/FlashLayout.tsv`;
  const good = Deno.readTextFileSync(path);
  const layouts: [change: string, layout: string, word: RegExp][] = [
    ["seventh column too many", good.replace("bootloader.bin", "bootloader.bin\tx"), /8 columns/],
    ["fuses", good.replace("0x4", "0xF2"), /line 3, column 3/],
    ["outside", good.replace("0x0000000", "0x80000"), /outside the bootloader's region/],
    ["missing file", good.replace("bootloader.bin", "gone.bin"), /no file "gone\.bin"/],
    ["order", good.split("\n").slice(0, 3).reverse().join("\n"), /must come before/],
  ];
  for (const [change, layout, word] of layouts) {
    Deno.writeTextFileSync(path, layout);
    const { code, error } = await trial.run(
      "STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv",
      { context: { clock: trial.clock, openUsbBus: noBus } },
    );
    assert.equal(code, exitCodes["bad-image"], `${change}: ${error}`);
    assert.match(error.replaceAll(/\s+/g, " "), word, change);
  }
});

Deno.test("unbrick dfu-util lists the alternates, and refuses those of fuses and secrets", async () => {
  using trial = new CommandTrial();
  await trial.enterRom();
  const file = `${trial.folder}/otp.bin`;
  Deno.writeFileSync(file, new Uint8Array(2944));
  const list = await trial.run("dfu-util -l");
  assert.match(list.said, /@RSSE_FW \/0xF3/);
  for (const line of [`-a 1 -D ${file}`, `-a 2 -U ${file}.read`, `-a 3 -D ${file}`, "-a 1 -e"]) {
    const { code, error } = await trial.run(`dfu-util -d ,0483:df11 ${line}`);
    assert.equal(code, 74, `${line}: ${error}`);
    assert.match(error.replaceAll(/\s+/g, " "), /unbrick never selects it/, line);
  }
  assert.deepEqual([...trial.watch.used], []);
});
