import assert from "node:assert/strict";
import { isKind } from "../../core/common/errors.ts";
import type { SimulationOptions } from "../../core/family/family.ts";
import type { HardwareAction } from "../../core/plan/hardware_action.ts";
import { DEFAULT_BAUD } from "../../core/protocols/alif_isp/packets/command.ts";
import { AeTrial } from "../../tests/support/boards/openmv_ae3_rig.ts";
import { BusLog } from "../../tests/support/boards/bus_log.ts";
import { bytesOf } from "../../tests/support/protocols/scripted_port.ts";

/**
 * What a simulated AE3 shows on USB, and when: 120 ms of boot text and 400 ms in which the enclave
 * listens (alif-isp.md G, inferred), 1000 ms in a bootloader that no host configures
 * (openmv-boards.md 5.3), 150 ms from one device to the next (inferred).
 */

const SERIAL = "A1C0FFEE5EED0BADCAFE0042";
const bootloader = `37c5:96e3 0103 OpenMV Camera (DFU Mode) ${SERIAL}`;
const firmware = `37c5:16e3 0200 OpenMV AE3 Virtual Comm Port ${SERIAL.toLowerCase()}`;
const ftdi = "0403:6015 1000 FT230X Basic UART DK0AE3AE";
const wch = "1a86:55d3 1000 USB Single Serial 5A7E0AE3";
const starts = [`520 ${bootloader}`, "1520 gone", `1670 ${firmware}`];

class Rig {
  readonly run: AeTrial;
  readonly #log: BusLog;

  constructor(options: Partial<SimulationOptions> = {}) {
    this.run = new AeTrial({ condition: "healthy", ...options });
    this.#log = new BusLog(this.run.trial.bus, this.run.trial.clock);
  }

  /** Does steps by hand, waits, and returns what the bus showed meanwhile. */
  async after(ms: number, ...ids: HardwareAction["id"][]): Promise<readonly string[]> {
    return await this.during(async () => {
      for (const id of ids) await this.run.camera.perform({ id, text: "" });
      await this.run.trial.clock.sleep(ms);
    });
  }

  async during(work: () => Promise<void>): Promise<readonly string[]> {
    this.#log.restart();
    await this.run.trial.clock.run(work);
    return await this.#log.lines();
  }

  /** The USB identities of the adapters' serial ports. */
  async ports() {
    return (await this.run.trial.serial.list()).map(({ usb }) => usb);
  }

  /** Tells the firmware to start the bootloader: PROTO_SYNC and SYS_BOOT (openmv-boards.md 7.3). */
  async bootloaderRequested(): Promise<void> {
    const { clock, ports: { serial } } = this.run.trial;
    const soon = { timeoutMs: 500, signal: new AbortController().signal };
    const port = await serial.open((await serial.list())[0], { baudRate: 921_600 });
    await port.write(bytesOf("AA D5 00 00 00 00 00 00 B0 AC"), soon);
    await clock.sleep(100);
    await port.write(bytesOf("AA D5 00 00 00 11 00 00 CF 2F"), soon);
  }

  /** Waits, and configures the device that is there, as a host does. */
  async configure(ms: number): Promise<void> {
    await this.run.trial.clock.sleep(ms);
    const setup = { bmRequestType: 0, bRequest: 9, wValue: 1, wIndex: 0, wLength: 0 };
    const { signal } = new AbortController();
    await this.run.trial.bus.attachments[0].model.control(setup, new Uint8Array(), signal);
  }
}

Deno.test("with the switch off, the camera shows its bootloader, then its firmware", async () => {
  const rig = new Rig();
  assert.deepEqual(await rig.after(5_000, "plug"), starts);
  assert.deepEqual(await rig.after(5_000, "unplug"), ["0 gone"]);
  assert.deepEqual(await rig.after(100, "plug", "unplug"), []);
  assert.deepEqual(await rig.after(5_000, "plug"), starts, "after an interruption");
});

Deno.test("with the switch on, it shows only its adapter, and the adapter's serial port", async () => {
  for (const [variant, line] of [["AE", ftdi], ["LE", wch]] as const) {
    const rig = new Rig({ traps: { variant } });
    assert.deepEqual(await rig.after(5_000, "switch-on", "plug"), [`150 ${line}`]);
    const [vendorId, productId, product, serial] = variant === "AE"
      ? [0x0403, 0x6015, "FT230X Basic UART", "DK0AE3AE"]
      : [0x1A86, 0x55D3, "USB Single Serial", "5A7E0AE3"];
    assert.deepEqual(await rig.ports(), [
      { vendorId, productId, product, serial, portPath: "1-1" },
    ]);
    assert.deepEqual(await rig.after(1_000, "press-button"), [], "its adapter has its own power");
    assert.deepEqual(await rig.after(100, "unplug"), ["0 gone"]);
    assert.deepEqual(await rig.ports(), []);
    assert.deepEqual(await rig.after(5_000, "switch-off", "plug"), starts);
  }
});

Deno.test("a camera that cannot start a bootloader shows its adapter although the switch is off", async () => {
  const damaged: [number, Partial<SimulationOptions>][] = [
    [520, { condition: "bricked" }],
    [520, { condition: "blank" }],
    [520, { traps: { tableGone: true } }],
    [120, { traps: { enclaveDead: true } }],
  ];
  for (const [ms, options] of damaged) {
    const rig = new Rig(options);
    assert.deepEqual(await rig.after(5_000, "plug"), [`${ms} ${ftdi}`]);
    // After a reset of the chip, the same adapter is still there.
    assert.deepEqual(await rig.after(5_000, "press-button"), []);
  }
});

Deno.test("firmware that cannot start shows nothing after the bootloader", async () => {
  const rig = new Rig();
  const { mram } = rig.run.camera;
  mram.load(0x8002_0004, Uint8Array.of(0, 1, 2, 0x80)); // an even reset vector
  assert.deepEqual(await rig.after(5_000, "plug"), starts.slice(0, 2));
  for (const [vector, isInside] of [[0x8032_0001, false], [0x8031_FFFF, true]] as const) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, vector, true);
    mram.load(0x8002_0004, bytes);
    const lines = await rig.after(5_000, "plug");
    assert.equal(lines.at(-1), isInside ? `1670 ${firmware}` : "1520 gone");
  }
});

Deno.test("firmware that is told to start the bootloader shows it without a limit, once", async () => {
  const rig = new Rig();
  const { clock } = rig.run.trial;
  await rig.after(5_000, "plug");
  const lines = await rig.during(async () => {
    await rig.bootloaderRequested();
    await rig.configure(1_000);
    await clock.sleep(20_000);
  });
  assert.equal(lines.length, 2);
  assert.match(lines[0], / gone$/);
  assert.ok(lines[1].endsWith(bootloader), lines[1]);
  // After a power cycle it waits for 1500 ms again.
  const next = await rig.during(async () => {
    await rig.run.camera.perform({ id: "plug", text: "" });
    await rig.configure(600);
    await clock.sleep(5_000);
  });
  assert.deepEqual(next, ["0 gone", `520 ${bootloader}`, "2100 gone", `2250 ${firmware}`]);
});

Deno.test("what the firmware asked for is forgotten without power", async () => {
  const rig = new Rig();
  const { clock } = rig.run.trial;
  await rig.after(5_000, "plug");
  const sent = await rig.during(async () => {
    await rig.bootloaderRequested();
    await clock.sleep(10);
    await rig.run.camera.perform({ id: "unplug", text: "" });
  });
  assert.match(sent.join(), /^[\d.]+ gone$/);
  const next = await rig.during(async () => {
    await rig.run.camera.perform({ id: "plug", text: "" });
    await rig.configure(600);
    await clock.sleep(5_000);
  });
  assert.deepEqual(next, [`520 ${bootloader}`, "2100 gone", `2250 ${firmware}`]);
});

Deno.test("several cameras differ in their serial number, in firmware, bootloader and chip", async () => {
  const rig = new Rig({ unit: 0x0102 });
  const serial = "A0C2FFEE5EED0BADCAFE0042";
  const lines = await rig.after(5_000, "plug");
  assert.ok(lines[0].endsWith(serial) && lines[2].endsWith(serial.toLowerCase()));
  assert.equal(rig.run.camera.enclave.options.serial, serial);
});

Deno.test("the chip has the part of its adapter, unless a trap says another one, or none", () => {
  const partOf = (traps: SimulationOptions["traps"]) =>
    new Rig({ traps }).run.camera.enclave.options.part;
  assert.equal(partOf({}), "AE302F80F55D5AE");
  assert.equal(partOf({ variant: "LE" }), "AE302F80F55D5LE");
  assert.equal(partOf({ part: "AE722F80F55D5LS" }), "AE722F80F55D5LS");
  assert.equal(partOf({ part: "blank" }), "");
  const { lostLines } = new Rig().run.camera.enclave.options.traps!;
  assert.deepEqual(lostLines, []);
  assert.equal(new Rig().run.camera.enclave.baudRate, DEFAULT_BAUD);
});

Deno.test("a person who forgets the switch twice leaves it on twice; a jumper is not there", async () => {
  const rig = new Rig({ traps: { switchOn: true, switchForgotten: 2 } });
  for (const expected of [[`150 ${ftdi}`], [`150 ${ftdi}`], starts]) {
    const lines = await rig.after(5_000, "unplug", "switch-off", "plug");
    assert.deepEqual(lines.filter((line) => line !== "0 gone"), expected);
  }
  await assert.rejects(
    rig.run.camera.perform({ id: "fit-jumper", text: "" }),
    (error) => isKind(error, "usage"),
  );
});
