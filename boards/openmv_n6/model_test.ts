import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { isKind } from "../../core/common/errors.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { OpenBootloader } from "../../core/protocols/serial_boot/model/open_bootloader_model.ts";
import { BusLog } from "../../tests/support/boards/bus_log.ts";
import { StepContext } from "../../tests/support/boards/openmv_n6_rig.ts";
import { factoryVersions, sampleImages } from "./samples.ts";

/**
 * What a simulated N6 shows on USB, and when: 150 ms from power or from one device to the next
 * (inferred), 1000 ms in a bootloader that no host configures (openmv-boards.md 5.3), 2 s from one
 * start of a camera in the loop to the next (openmv-boards.md 4.2).
 */

// The unique id is 2d003a00 0b513338 35333231 in memory; each program prints it in its own order.
const rom =
  "0483:df11 0200 DFU in HS Mode @Device ID /0x486, @Revision ID /0x1000 003A002D3833510B31323335";
const bootloader = "37c5:9206 0102 OpenMV Camera (DFU Mode) 313233353833510B003A002D";
const firmware = "37c5:1206 0200 OpenMV N6 Virtual Comm Port 2D003A000B51333835333231";
const starts = [`150 ${bootloader}`, "1150 gone", `1300 ${firmware}`];

class Rig {
  readonly context: StepContext;
  readonly #log: BusLog;

  constructor(options: Partial<SimulationOptions> = {}) {
    this.context = new StepContext({ condition: "healthy", ...options });
    this.#log = new BusLog(this.context.trial.bus, this.context.clock);
  }

  get shown() {
    return this.context.trial.bus.attachments[0]?.model;
  }

  /** Does steps by hand, waits, and returns what the bus showed meanwhile. */
  async after(ms: number, ...ids: HardwareAction["id"][]): Promise<readonly string[]> {
    this.#log.restart();
    await this.context.clock.run(async () => {
      for (const id of ids) await this.context.camera.perform({ id, text: "" });
      await this.context.clock.sleep(ms);
    });
    return await this.#log.lines();
  }

  /** Returns what the bus shows during a restore of the bootloader, and how that ends. */
  async restored() {
    this.#log.restart();
    const { error } = await this.context.run("restore", { bootloaderOnly: true });
    const lines = (await this.#log.lines()).map((line) => {
      const [ms, ...what] = line.split(" ");
      return { ms: Number(ms), what: what.join(" ") };
    });
    return { error, lines };
  }
}

/** Configures the device that is there, as a host does. */
async function configure({ shown }: Rig): Promise<void> {
  const setup = { bmRequestType: 0, bRequest: 9, wValue: 1, wIndex: 0, wLength: 0 };
  await shown.control(setup, new Uint8Array(), new AbortController().signal);
}

Deno.test("the camera shows its bootloader, then its firmware; with the jumper its ROM, which waits", async () => {
  const rig = new Rig();
  assert.deepEqual(await rig.after(5_000, "plug"), starts);
  assert.deepEqual(await rig.after(5_000, "fit-jumper"), []);
  assert.deepEqual(await rig.after(60_000, "plug"), ["0 gone", `150 ${rom}`]);
  assert.deepEqual(await rig.after(5_000, "remove-jumper", "plug"), ["0 gone", ...starts]);
  assert.deepEqual(await rig.after(100, "unplug", "plug", "unplug"), ["0 gone"]);
});

Deno.test("without a bootloader that it can start, the chip shows its ROM", async () => {
  for (const condition of ["bricked", "blank"] as const) {
    const rig = new Rig({ condition });
    assert.deepEqual(await rig.after(5_000, "plug"), [`150 ${rom}`]);
  }
});

Deno.test("what may be wrong with a camera shows as it should", async () => {
  const wrong: [SimulationOptions["traps"], readonly string[]][] = [
    [{ wrongFlashId: true }, []],
    [{ sensorStopsFirmware: true }, starts.slice(0, 2)],
    [{ resetLoop: "" }, starts],
  ];
  for (const [traps, lines] of wrong) {
    assert.deepEqual(await new Rig({ traps }).after(5_000, "plug"), lines);
  }
  for (const resetLoop of ["vectors", "body"]) {
    const lines = await new Rig({ traps: { resetLoop } }).after(2_600, "plug");
    assert.deepEqual(lines, [...starts.slice(0, 2), `1450 ${bootloader}`, "2450 gone"]);
  }
});

Deno.test("firmware whose vectors are zeros does not start, and ends the loop", async () => {
  const rig = new Rig({ traps: { resetLoop: "vectors" } });
  rig.context.camera.flash.load(0x7008_0000, new Uint8Array(4096));
  // A host that configures the bootloader holds it until the loop looks again.
  assert.deepEqual((await rig.after(900, "plug")).slice(0, 1), starts.slice(0, 1));
  await configure(rig);
  const lines = await rig.after(20_000);
  assert.deepEqual(lines.map((line) => line.replace(/^\d+ /, "")), ["gone"]);
});

Deno.test("firmware without vectors does not start, and nothing restarts a camera that is in no loop", async () => {
  const rig = new Rig();
  rig.context.camera.flash.load(0x7008_0000, new Uint8Array(8));
  assert.deepEqual(await rig.after(20_000, "plug"), starts.slice(0, 2));
});

Deno.test("what the firmware asked for is forgotten without power", async () => {
  const rig = new Rig();
  await rig.after(5_000, "plug");
  rig.context.camera.restart("bootloader");
  await rig.after(100, "unplug");
  await rig.after(500, "plug");
  await configure(rig);
  const lines = await rig.after(5_000);
  assert.deepEqual(lines, ["1500 gone", `1650 ${firmware}`]);

  rig.context.camera.restart("bootloader");
  await rig.after(500);
  await configure(rig);
  assert.deepEqual(await rig.after(20_000), [], "it stays");
});

Deno.test("several cameras, and a unique id by choice, differ in every mode", async () => {
  const uid = "112233445566778899aabbcc";
  const one = new Rig({ traps: { uid } });
  assert.ok((await one.after(5_000, "fit-jumper", "plug"))[0].endsWith("4433221188776655CCBBAA99"));
  const [first, , last] = await one.after(5_000, "unplug", "remove-jumper", "plug").then((lines) =>
    lines.slice(1)
  );
  assert.ok(first.endsWith("CCBBAA998877665544332211"), first);
  assert.ok(last.endsWith(uid.toUpperCase()), last);
  const second = await new Rig({ unit: 0x0102 }).after(5_000, "plug");
  assert.ok(second[2].endsWith("2C023A000B51333835333231"), second[2]);
  const other = await new Rig({ traps: { serial: "other" } }).after(5_000, "fit-jumper", "plug");
  assert.ok(other[0].endsWith(" 386E35723432"));
});

Deno.test("OpenBootloader replaces the ROM after its time; then the new bootloader runs", async () => {
  const rig = new Rig({ condition: "bricked" });
  const { error, lines } = await rig.restored();
  assert.equal(error?.message, undefined);
  const shown = ["0483:df11 ", "gone", "0483:df11 ", "gone", "37c5:9206 0103 "];
  for (const [at, what] of shown.entries()) assert.ok(lines[at].what.startsWith(what));
  assert.match(lines[2].what, /STM32OpenBootloader .*003A002D3833510B31323335$/);
  assert.equal(Math.round(lines[2].ms - lines[1].ms), 600);
});

Deno.test("if OpenBootloader crashes early, the ROM is back after 150 ms", async () => {
  const rig = new Rig({ condition: "bricked", traps: { earlyDeaths: 2 } });
  for (const left of [1, 0]) {
    const { error, lines } = await rig.restored();
    assert.ok(isKind(error, "device-status"), `${left} left`);
    const [gone, again] = lines.slice(-2);
    assert.deepEqual([gone.what, again.what, Math.round(again.ms - gone.ms)], ["gone", rom, 150]);
  }
  assert.equal((await rig.restored()).error?.message, undefined);
});

Deno.test("the fuses that any OpenBootloader of a camera has written are counted", async () => {
  const rig = new Rig({ condition: "bricked" });
  const burns: number[] = [];
  rig.context.trial.bus.onChange(() => {
    if (!(rig.shown instanceof OpenBootloader)) return;
    burns.push(burns.length + 1);
    Object.defineProperty(rig.shown, "otpBurns", { value: burns.length });
  });
  await assert.rejects(rig.restored(), /1 !== 0/);
  rig.context.camera.flash.load(0x7000_0000, new Uint8Array(1024));
  await assert.rejects(rig.restored(), /3 !== 0/);
});

Deno.test("a camera without images has those of the factory", () => {
  const set = sampleImages(factoryVersions);
  const { flash } = new Rig().context.camera;
  const places = [["bootloader", 0x7000_0000], ["firmware", 0x7008_0000], ["romfs0", 0x7080_0000]];
  for (const [role, address] of places as [string, number][]) {
    assert.ok(flash.holds(address, set.get(role)!.bytes), role);
  }
  // The boot sector of a FAT volume ends so.
  assert.equal(flash.read(0x7040_0000 + 510, 2).toHex(), "55aa");
  assert.ok(new Rig({ condition: "blank" }).context.camera.flash.isBlank(0x7000_0000, 0x200_0000));
});

Deno.test("a bricked camera has lost the header of its bootloader, one in the loop a part of its firmware", () => {
  const read = (options: Partial<SimulationOptions>) =>
    new Rig(options).context.camera.flash.read(0x7000_0000, 0x10_0000);
  const whole = read({});
  /** Returns where blocks of 64 bytes differ from those of a healthy camera. */
  const differences = (options: Partial<SimulationOptions>) => {
    const other = read(options), at: number[] = [];
    for (let offset = 0; offset < whole.length; offset += 64) {
      const [one, two] = [whole, other].map((bytes) => bytes.subarray(offset, offset + 64));
      if (Buffer.compare(one, two) !== 0) at.push(offset);
    }
    return { at, other };
  };
  const { at, other } = differences({ condition: "bricked" });
  assert.ok(at.length > 0 && at.every((offset) => offset < 1024));
  assert.ok(other.subarray(0, 1024).every((byte) => byte === 0));
  for (const [resetLoop, offset] of [["vectors", 0x8_0000], ["body", 0xA_0000]] as const) {
    const loop = differences({ traps: { resetLoop } });
    assert.deepEqual(loop.at, [offset]);
    assert.ok(loop.other.subarray(offset, offset + 64).every((byte) => byte === 0xA5));
  }
});
