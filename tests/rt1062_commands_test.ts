import assert from "node:assert/strict";
import { families } from "./support/boards/families.ts";
import { CameraModel } from "../boards/openmv_rt1062/camera_model.ts";
import { FLASH_BASE, regions } from "../boards/openmv_rt1062/memory_map.ts";
import { unmarkedImages } from "../boards/openmv_rt1062/samples.ts";
import { ran, type Surroundings } from "./support/cli/command_rig.ts";
import type { SimulationOptions } from "../core/family/family.ts";
import type { HardwareAction } from "../core/plan/hardware_action.ts";
import { MemoryBus } from "../core/transport/usb/memory.ts";
import { VirtualBus } from "../core/transport/usb/virtual_bus.ts";
import { VirtualClock } from "../core/common/virtual_clock.ts";
import { recoveryPage } from "./support/boards/openmv_rt1062_recovery_page.ts";

/** Tests `unbrick sdphost …` and `unbrick blhost …` with a simulated camera. */

const images = unmarkedImages();

class CommandTrial {
  readonly clock = new VirtualClock();
  readonly usb = new VirtualBus();
  readonly folder = Deno.makeTempDirSync();
  readonly camera: CameraModel;

  constructor(options: Partial<SimulationOptions> = {}) {
    const { clock, usb } = this;
    this.camera = new CameraModel({ clock, socket: usb.socket("1-1"), ...options });
    for (const { name, bytes } of images.all) Deno.writeFileSync(`${this.folder}/${name}`, bytes);
  }

  /** Runs a command line; its file names are relative to this trial's folder. */
  run(line: string, more: Surroundings = {}) {
    const words = line.replaceAll(/(\w+\.(?:bin|img))/g, (name) => `${this.folder}/${name}`);
    const bus = new MemoryBus(this.usb, this.clock);
    return this.clock.run(() =>
      ran(words, { families, ...more, bus, context: { clock: this.clock, ...more.context } })
    );
  }

  async ok(line: string, more?: Surroundings): Promise<string> {
    const { code, out, error } = await this.run(line, more);
    assert.equal(code, 0, `${line}: ${error}`);
    return out;
  }

  hands(...ids: HardwareAction["id"][]): Promise<void> {
    return this.clock.run(async () => {
      for (const id of ids) await this.camera.perform({ id, text: "" });
    });
  }

  wait(ms: number): Promise<void> {
    return this.clock.run(() => this.clock.sleep(ms));
  }

  get onBus(): string {
    return this.usb.attachments.map(({ model }) => {
      const [, , , , , , , , a, b, c, d] = model.deviceDescriptor;
      return [b, a, d, c].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }).join(" ");
  }

  get fuse(): number {
    return this.camera.chip.fuses.read(6);
  }
}

const rom = "sdphost -u 0x1FC9,0x0135 --", loader = "blhost -u 0x15A2,0x0073";
const sbl = images.get("bootloader")!.bytes, firmware = images.get("firmware")!.bytes;

const documentation = recoveryPage(rom, loader, {
  sbl: sbl.length,
  firmware: firmware.length,
});

async function toLoader(trial: CommandTrial): Promise<void> {
  await trial.hands("fit-jumper", "plug");
  for (const line of documentation.slice(0, 4)) await trial.ok(line);
}

Deno.test("the documented commands restore a blank camera, and it starts", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await trial.hands("fit-jumper", "plug");
  for (const line of documentation) {
    const asked: string[] = [];
    await trial.ok(line, {
      console: { canAsk: true },
      prompts: {
        typeWord: (question, word) => {
          asked.push(`${question} ${word}`);
          return Promise.resolve(true);
        },
      },
    });
    assert.equal(asked.length, line.includes("efuse") ? 1 : 0, line);
  }
  assert.equal(trial.fuse, 0x10);
  assert.deepEqual(trial.camera.chip.flash.read(regions.firmware.start, firmware.length), firmware);
  await trial.hands("unplug", "remove-jumper", "plug");
  await trial.wait(5_000);
  assert.equal(trial.onBus, "37c51060");
});

Deno.test("the output has the shape of NXP's tools", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await trial.hands("fit-jumper", "plug");
  const sent = await trial.ok(documentation[0]);
  assert.match(sent, /^Preparing to send 20132 \(0x4ea4\) bytes to the target\.$/m);
  assert.match(sent, /100% Completed!$/m);
  assert.match(sent, /^Status \(HAB mode\) = 1450735702 \(0x56787856\) HAB disabled\.$/m);
  assert.match(sent, /^Reponse Status = 2290649224 \(0x88888888\) Write File complete\.$/m);
  assert.match(
    await trial.ok(`${rom} error-status`),
    /HAB disabled\.\nReponse Status = 858993459 \(0x33333333\)/,
  );
  assert.match(await trial.ok(documentation[1]), /HAB disabled/);
  assert.match(
    await trial.ok(documentation[2]),
    /Inject command 'fill-memory'\nSuccessful generic response to command 'fill-memory'\nResponse status = 0 \(0x0\) Success\.\n$/,
  );
  assert.match(
    await trial.ok(`${loader} -- get-property 1`),
    /Response status = 0 \(0x0\) Success\.\nResponse word 1 = 1258424320 \(0x4b020800\)\nCurrent Version = K2\.8\.0\n$/,
  );
  assert.match(
    await trial.ok(`${loader} -- efuse-read-once 6`),
    /Response word 1 = 4 \(0x4\)\nResponse word 2 = 0 \(0x0\)\n$/,
  );
  assert.match(await trial.ok(`${loader} -- list-memory`), /FlexSPI NOR Memory: not configured/);
  await trial.ok(documentation[3]);
  const list = await trial.ok(`${loader} -- list-memory`);
  assert.match(list, /Region 2: 0x20200000 - 0x2023FFFF; Total Size: 256 KiB/);
  assert.match(list, /Start Address = 0x60000000 {2}Total Size = 16 MiB/);
  const wrote = await trial.ok(`${loader} -- write-memory 0x60001000 blhost_flash_loader.bin`);
  assert.match(wrote, /^Wrote 31320 of 31320 bytes\.$/m);
  assert.match(wrote, /^Read back 31320 bytes: equal\.$/m);
  const read = await trial.ok(`${loader} -- read-memory 0x60001000 20`);
  assert.match(read, /^d1 00 20 40 01 24 00 20 00 00 00 00 00 00 00 00\n20 10 00 20$/m);
});

Deno.test("every error of the device has an exit code and shows its name", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await trial.hands("fit-jumper", "plug");
  await trial.ok(documentation[0]);
  await trial.ok(documentation[1]);
  const fails = async (line: string, status: number, name: RegExp) => {
    const { code, out, error } = await trial.run(`${loader} -- ${line}`);
    assert.equal(code, 11, line);
    assert.match(
      out,
      new RegExp(`^Response status = ${status} \\(0x${status.toString(16)}\\) `, "m"),
    );
    assert.match(error.replaceAll("\n", " "), name);
  };
  await fails("read-memory 0x60000000 4", 10_205, /not configured/);
  await fails("flash-erase-region 0x2000 0x1000", 10_213, /no such operation/);
  await trial.ok(documentation[2]);
  await trial.ok(documentation[3]);
  await trial.ok(`${loader} -- write-memory 0x60001000 {{0102}}`);
  await fails("write-memory 0x60001000 blhost_flash_loader.bin", 10_203, /not blank/);
  await fails("write-memory 0x60001010 {{0102}}", 20_105, /alignment/);
  await fails("get-property 3", 10_300, /unknown property/);
  await fails("read-memory 0x401F4460 4", 10_200, /range invalid/);
});

Deno.test("a fuse is burnt only with consent, once, and read before and after", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await toLoader(trial);
  const burn = "efuse-program-once 0x06 00000010";
  const refused = await trial.run(`${loader} -- ${burn}`);
  assert.equal(refused.code, 16);
  assert.match(refused.error.replaceAll("\n", " "), /--allow-fuse boot-source/);
  assert.match(refused.out, /Fuse word 6 reads 0x00000000/);
  assert.equal(trial.fuse, 0);

  const other = await trial.run(
    `${loader} --allow-fuse boot-source -- efuse-program-once 6 00000002`,
  );
  assert.equal(other.code, 16);
  assert.match(other.error, /this-can-destroy-the-camera/);
  assert.equal(trial.fuse, 0);

  const done = await trial.ok(`blhost --allow-fuse boot-source -u 0x15A2,0x0073 -- ${burn}`);
  assert.match(done, /Successful generic response[\s\S]*Fuse word 6 reads 0x00000010/);
  assert.match(await trial.ok(`${loader} -- ${burn}`), /burnt already: nothing to do/);
  assert.equal(trial.camera.chip.fuses.burns.length, 1);
  assert.equal((await trial.run(`${loader} -- efuse-program-once 6 10 lock`)).code, 2);
});

Deno.test("a person may decline the consent", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await toLoader(trial);
  const { code } = await trial.run(`${loader} -- efuse-program-once 0x06 00000010`, {
    console: { canAsk: true },
    prompts: { typeWord: () => Promise.resolve(false) },
  });
  assert.equal(code, 16);
  assert.equal(trial.fuse, 0);
});

Deno.test("flash-erase-all needs its own consent", async () => {
  const trial = new CommandTrial({ condition: "bricked" });
  await toLoader(trial);
  assert.equal((await trial.run(`${loader} -- flash-erase-all 9`)).code, 16);
  assert.ok(!trial.camera.chip.flash.isBlank(regions.firmware.start, 4096));
  await trial.ok(`${loader} --allow erase-all -- flash-erase-all 9`);
  assert.ok(trial.camera.chip.flash.isBlank(FLASH_BASE, trial.camera.chip.flash.size));
});

Deno.test("a jump that the ROM refuses is an error", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await trial.hands("fit-jumper", "plug");
  const refused = await trial.run(`${rom} jump-address 0x20001C00`);
  assert.equal(refused.code, 11);
  assert.match(refused.error.replaceAll("\n", " "), /refused jump-address .* invalid IVT/);
  assert.equal(trial.onBus, "1fc90135");
});

Deno.test("registers are printed like NXP's tool prints them", async () => {
  const trial = new CommandTrial({ condition: "bricked" });
  await trial.hands("fit-jumper", "plug");
  assert.match(await trial.ok(`${rom} read-register 0x401F4460 32 4`), /^10 00 00 00$/m);
  await trial.ok(`${rom} write-register 0x20000000 32 0x12345678`);
  assert.match(await trial.ok(`${rom} read-register 0x20000000`), /^78 56 34 12$/m);
});

Deno.test("no device, two devices, and invalid command lines are refused", async () => {
  const trial = new CommandTrial();
  const none = await trial.run(`${loader} --wait 2 -- get-property 1`);
  assert.equal(none.code, 8);
  assert.match(none.error, /Waited 2 s for the USB device 15a2:0073/);
  const { clock, usb } = trial;
  const other = new CameraModel({ clock, socket: usb.socket("1-2"), condition: "blank" });
  await trial.hands("fit-jumper", "plug");
  await clock.run(() => other.perform({ id: "plug", text: "" }));
  await trial.wait(500);
  const two = await trial.run(`${rom} error-status`);
  assert.equal(two.code, 16);
  assert.match(two.error.replaceAll("\n", " "), /--path PORT/);
  await trial.ok("sdphost -u 0x1FC9,0x0135 --path 1-2 -- error-status");
  for (
    const line of [
      "blhost -u 0x15A2,0x0073 --",
      `${loader} -- receive-sb-file x.sb`,
      `${loader} -- fill-memory 0x2000 4`,
      `${loader} -- fill-memory 0x2000 4 1 long`,
      "blhost -p COM3 -- reset",
      `${rom} write-file 0x20001C00`,
    ]
  ) {
    assert.equal((await trial.run(line)).code, 2, line);
  }
  assert.equal((await trial.run(`${rom} write-file 0x20001C00 nothing.bin`)).code, 3);
});

Deno.test("these tools never send a simulation-only file", async () => {
  const trial = new CommandTrial();
  Deno.writeTextFileSync(`${trial.folder}/marked.bin`, "..UNBRICK SIMULATION ONLY..");
  assert.equal((await trial.run(`${rom} write-file 0x20001C00 marked.bin`)).code, 13);
  assert.equal((await trial.run(`${loader} -- write-memory 0x60001000 marked.bin`)).code, 13);
});

Deno.test("a tool used in the other tool's stage soon says which stage answers", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await trial.hands("fit-jumper", "plug");
  const fails = async (line: string, reason: RegExp, atMostMs: number) => {
    const start = trial.clock.now();
    const { code, error } = await trial.run(line);
    assert.equal(code, 8, line);
    assert.match(error.replaceAll(/\s+/g, " "), reason);
    assert.ok(trial.clock.now() - start <= atMostMs, `${trial.clock.now() - start} ms`);
    return error;
  };
  const early = await fails(
    `${loader} -- get-property 1`,
    /The chip is in its ROM 1fc9:0135 \(port 1-1\): load the flashloader first\. .*jump-address/,
    3_000,
  );
  assert.doesNotMatch(early, /cable|Run the same/);
  // With --wait the tool keeps waiting: the flashloader may still be loading.
  await fails("blhost --wait 8 -- get-property 1", /in its ROM/, 8_500);
  for (const line of documentation.slice(0, 2)) await trial.ok(line);
  await trial.ok(`${loader} -- get-property 1`);
  await fails(
    `${rom} error-status`,
    /The chip is there as flashloader 15a2:0073 \(port 1-1\): use blhost\./,
    3_000,
  );
});

Deno.test("a running camera is named when the tool waits for one of its loaders", async () => {
  const trial = new CommandTrial({ condition: "healthy" });
  await trial.hands("plug");
  await trial.wait(5_000);
  const { code, error } = await trial.run(`${loader} --wait 1 -- get-property 1`);
  assert.equal(code, 8);
  assert.match(error.replaceAll(/\s+/g, " "), /Instead there is: .*RT1062.* \(port 1-1\)/);
});

Deno.test('after a deadline that is too short, the message says "still busy" and does not mention jumper and cable', async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await toLoader(trial);
  const erase = "-- flash-erase-region 0x60400000 0x00400000";
  const { code, error } = await trial.run(`${loader} -t 5000 ${erase}`);
  assert.equal(code, 8);
  assert.match(error.replaceAll(/\s+/g, " "), /still busy: give a larger -t/);
  assert.doesNotMatch(error, /jumper|cable/);
});

Deno.test("for a range that is not blank, the advice is to erase it first", async () => {
  const trial = new CommandTrial({ condition: "blank" });
  await toLoader(trial);
  const line = `${loader} -- write-memory 0x60001000 blhost_flash_loader.bin`;
  await trial.ok(line);
  const { error } = await trial.run(line);
  assert.match(error.replaceAll(/\s+/g, " "), /Erase the range before .* flash-erase-region/);
  assert.doesNotMatch(error, /same command|jumper|virtual machine/);
});
