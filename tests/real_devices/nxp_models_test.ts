import assert from "node:assert/strict";
import { ChipModel } from "../../boards/openmv_rt1062/chip_model.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { MbootClient } from "../../core/protocols/mboot/client/mboot_client.ts";
import { MbootModel } from "../../core/protocols/mboot/model/mboot_model.ts";
import { SdpClient } from "../../core/protocols/sdp/client/sdp_client.ts";
import { SdpModel, type SdpTraps } from "../../core/protocols/sdp/model/sdp_model.ts";
import { encodeCommand } from "../../core/protocols/sdp/packets/command.ts";
import { encodeReport } from "../../core/protocols/sdp/packets/report.ts";
import { Word } from "../../core/protocols/sdp/packets/words.ts";
import { isKind } from "../../core/common/errors.ts";
import { encodeIvt } from "../../core/protocols/sdp/packets/ivt.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import type { UsbFunction } from "../../core/transport/usb/function.ts";
import type { UsbDevice } from "../../core/transport/usb/device.ts";
import { readString } from "../../core/transport/usb/strings.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";

/** NXP's ROM and flashloader of the simulated RT1062 answer as real parts did (real-devices.md 5). */

const signal = new AbortController().signal;
const options = { timeoutMs: 1000, signal };
const LOAD = 0x2000_1C00, SHADOW = 0x401F_46F0;
const closedFuses = { 6: 0x12 };

async function withDevice(
  fuses: Readonly<Record<number, number>>,
  make: (chip: ChipModel) => UsbFunction,
  work: (device: UsbDevice, chip: ChipModel, clock: VirtualClock) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  await clock.run(async () => {
    const chip = new ChipModel(clock, fuses);
    chip.powerOn(true);
    const bus = new VirtualBus();
    bus.socket("1-1").attach(make(chip));
    const host = new MemoryBus(bus, clock);
    await work(await host.open((await host.list())[0]), chip, clock);
    await host.close();
  });
}

const nothing = { jump: () => {}, crash: () => {} };
const withRom = (
  fuses: Readonly<Record<number, number>>,
  work: (client: SdpClient, device: UsbDevice, chip: ChipModel) => Promise<void>,
  traps: SdpTraps = {},
) =>
  withDevice(
    fuses,
    (chip) => new SdpModel(chip.romMachine(nothing), { traps }),
    async (device, chip) => await work(await SdpClient.open(device, { signal }), device, chip),
  );

Deno.test("ROM: product and manufacturer of an RT106x (5.1.2)", () =>
  withRom({}, async (_, device) => {
    assert.equal(await readString(device, 2, options), "SP Blank RT Family ");
    assert.match((await readString(device, 1, options))!, /^NXP {6}SemiConductors Inc/);
  }));

Deno.test("ROM, open and fresh: ERROR_STATUS 0x33333333, HAB 0x56787856 (5.1.1)", () =>
  withRom({}, async (client) => {
    assert.deepEqual(await client.errorStatus(), { habMode: "open", word: 0x33333333 });
  }));

Deno.test("ROM, closed: 0xF0F0F0F0, and 0x33333333 in the ROM after a refused image (5.1.2)", () =>
  withRom(closedFuses, async (client) => {
    assert.deepEqual(await client.errorStatus(), { habMode: "closed", word: 0xF0F0F0F0 });
    const file = new Uint8Array(2000);
    file.set(encodeIvt({ entry: LOAD + 0x101, self: LOAD, start: LOAD, length: 2000 }));
    assert.equal((await client.writeFile(LOAD, file)).word, 0x88888888);
    await assert.rejects(client.jumpAddress(LOAD));
    assert.deepEqual(await client.errorStatus(), { habMode: "closed", word: 0x33333333 });
    assert.equal((await client.writeFile(LOAD, file)).word, 0x88888888);
  }));

Deno.test("ROM: a fuse shadow takes a word, no fuse is burnt, power-on undoes it (5.1.4)", () =>
  withRom({}, async (client, _, chip) => {
    assert.equal((await client.writeRegister(SHADOW, 0x12345678)).word, 0x128A8A12);
    assert.deepEqual(
      await client.readRegister(SHADOW, 4),
      Uint8Array.of(0x78, 0x56, 0x34, 0x12),
    );
    assert.deepEqual(chip.fuses.burns, []);
    chip.powerOn(true);
    assert.deepEqual(await client.readRegister(SHADOW, 4), new Uint8Array(4));
  }));

/** The answer to WRITE_REGISTER with a count of 0, as NXP's own tool packs it; undefined for silence. */
async function writeWithCountZero(device: UsbDevice): Promise<number | undefined> {
  const command = { address: LOAD, format: 32, count: 0, data: 0x55AA };
  const setup = { bmRequestType: 0x21, bRequest: 9, wValue: 0x0201, wIndex: 0 };
  await device.controlOut(
    setup,
    encodeReport(1, encodeCommand("WRITE_REGISTER", command)),
    options,
  );
  try {
    await device.interruptIn(0x81, 64, options);
    return Word.decode((await device.interruptIn(0x81, 65, options)).subarray(1)).word;
  } catch (error) {
    if (isKind(error, "timeout")) return undefined;
    throw error;
  }
}

Deno.test("ROM: WRITE_REGISTER with count 0 is answered, and in the variant it is not (5.1.3)", async () => {
  await withRom({}, async (client, device) => {
    assert.equal(await writeWithCountZero(device), 0x128A8A12);
    assert.deepEqual(await client.readRegister(LOAD, 4), Uint8Array.of(0xAA, 0x55, 0, 0));
  });
  await withRom({}, async (_, device) => {
    assert.equal(await writeWithCountZero(device), undefined);
  }, { silentAtCountZero: true });
});

const withLoader = (
  role: "flashloader" | "sbl",
  work: (client: MbootClient, chip: ChipModel, clock: VirtualClock) => Promise<void>,
) =>
  withDevice(
    {},
    (chip) => new MbootModel(chip.loaderMachine(role, { reset: () => {} }), { speed: "high" }),
    async (device, chip, clock) =>
      await work(await MbootClient.connect(device, { signal, clock }), chip, clock),
  );

Deno.test("flashloader: property 7, and what its reading of fuse shadows ends with (5.2.1)", () =>
  withLoader("flashloader", async (client) => {
    assert.deepEqual(await client.getProperty(7), [0x56FDF]);
    await assert.rejects(
      client.readMemory(SHADOW, 4),
      (error: { data?: { status?: number } }) => error.data?.status === 0x27D8,
    );
  }));

Deno.test("flashloader: property 25 after the option 0xC0000007 (5.2.2)", () =>
  withLoader("flashloader", async (client) => {
    await client.writeMemory(0x2000, Uint8Array.of(7, 0, 0, 0xC0));
    await client.configureMemory(9, 0x2000);
    const [, start, , page, sector, block] = await client.getProperty(25, 9);
    assert.deepEqual([start, page, sector, block], [0x6000_0000, 256, 4096, 65_536]);
  }));

Deno.test("flashloader: during a long erase it answers nothing (5.2.2)", () =>
  withLoader("sbl", async (client, chip, clock) => {
    const begin = clock.now();
    await client.eraseRegion(0x6000_0000, chip.flash.size);
    assert.ok(clock.now() - begin > 200_000, `${clock.now() - begin} ms`);
  }));
