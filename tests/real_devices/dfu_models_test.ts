import assert from "node:assert/strict";
import { bootloaderAlternates } from "../../boards/arduino/traps.ts";
import { portentaBoards } from "../../boards/arduino/boards.ts";
import { arduino } from "../../boards/arduino/mod.ts";
import { sampleImages } from "../../boards/arduino/samples.ts";
import { openmvStm32 } from "../../boards/openmv_stm32/mod.ts";
import { VirtualClock } from "../../core/common/virtual_clock.ts";
import { MemoryBus } from "../../core/transport/usb/memory.ts";
import { readString } from "../../core/transport/usb/strings.ts";
import { VirtualBus } from "../../core/transport/usb/virtual_bus.ts";
import { AddressCommand } from "../../core/protocols/dfu/packets/dfuse_command.ts";
import { parseLayout } from "../../core/protocols/dfu/packets/layout.ts";
import { DfuRequest, TO_DEVICE, TO_HOST } from "../../core/protocols/dfu/packets/request.ts";
import { StatusRecord } from "../../core/protocols/dfu/packets/status_record.ts";
import { Trial } from "../support/plan/plan_rig.ts";
import { withRom } from "../support/protocols/dfu_rig.ts";

/** The DFU models send what real devices sent (real-devices.md 1 to 4). */

const transfer = { timeoutMs: 20_000, signal: new AbortController().signal };
type Rig = Parameters<Parameters<typeof withRom>[2]>[0];

async function status({ device }: Rig): Promise<{ status: number; poll: number; state: number }> {
  const request = { bmRequestType: TO_HOST, bRequest: DfuRequest.GETSTATUS, wValue: 0, wIndex: 0 };
  const answer = StatusRecord.decode(await device.controlIn(request, 6, transfer));
  return { status: answer.bStatus, poll: answer.bwPollTimeout, state: answer.bState };
}

async function command({ device }: Rig, code: number, address: number): Promise<void> {
  const setup = { bmRequestType: TO_DEVICE, bRequest: DfuRequest.DNLOAD, wValue: 0, wIndex: 0 };
  await device.controlOut(setup, AddressCommand.encode({ code, address }), transfer);
}

const SET_ADDRESS = 0x21, ERASE = 0x41;

for (const chip of ["STM32F427", "STM32F765"] as const) {
  Deno.test(`${chip}: 104 ms for SET_ADDRESS, 100 for an erase, 0 in the second answer (1.7.1)`, () =>
    withRom(chip, {}, async (rig) => {
      await rig.device.claim(0);
      await command(rig, SET_ADDRESS, 0x0800_0000);
      assert.equal((await status(rig)).poll, 104);
      assert.deepEqual(await status(rig), { status: 0, poll: 0, state: 5 });
      await command(rig, ERASE, 0x0800_0000);
      assert.equal((await status(rig)).poll, 100);
      assert.equal((await status(rig)).poll, 0);
    }));
}

Deno.test("H743 revision V: 1000 ms for an erase; in bank 2 busy for ever, and done (1.7.3)", () =>
  withRom("STM32H743", { revision: "V" }, async (rig) => {
    await rig.device.claim(0);
    await command(rig, ERASE, 0x0800_0000);
    assert.equal((await status(rig)).poll, 1000);
    assert.equal((await status(rig)).poll, 0);
    rig.flash.load(0x0810_0000, Uint8Array.of(1, 2, 3));
    await command(rig, ERASE, 0x0810_0000);
    const clear = {
      bmRequestType: TO_DEVICE,
      bRequest: DfuRequest.CLRSTATUS,
      wValue: 0,
      wIndex: 0,
    };
    for (let at = 0; at < 3; at++) {
      assert.deepEqual(await status(rig), { status: 0, poll: 1000, state: 4 });
      await rig.clock.sleep(1000);
    }
    await rig.device.controlOut(clear, new Uint8Array(), transfer);
    assert.deepEqual(await status(rig), { status: 14, poll: 0, state: 10 });
    await rig.device.controlOut(clear, new Uint8Array(), transfer);
    assert.deepEqual(await status(rig), { status: 0, poll: 0, state: 2 });
    assert.ok(rig.flash.isBlank(0x0810_0000, 3));
  }));

Deno.test("H743: string indices 2, 6 and 7, serials by revision, 308 option bytes (1.5)", async () => {
  for (const [revision, serial] of [["V", "200364500000"], ["Y", "100364500000"]] as const) {
    await withRom("STM32H743", { revision }, async ({ model, device, open }) => {
      assert.equal(model.configurations[0][6], 2, "iConfiguration");
      const [{ interfaces }] = device.info.configurations;
      assert.deepEqual(interfaces.map(({ iInterface }) => iInterface), [6, 7]);
      assert.equal(await readString(device, 3, transfer), serial);
      assert.equal(
        await readString(device, 7, transfer),
        "@Option Bytes   /0x5200201C/01*128 e",
      );
      // The name announces 128; CubeProgrammer does not mind.
      const memory = await open({ layout: parseLayout("@Option /0x5200201C/01*308 e") });
      const read = await memory.readRange(0x5200_201C, 308, { signal: transfer.signal });
      assert.equal(read.length, 308);
    });
  }
});

Deno.test("ST's ROM of a simulated camera arrives in dfuERROR with status 10 (1.7.4)", async () => {
  for (const board of openmvStm32.boards) {
    const clock = new VirtualClock();
    await clock.run(async () => {
      const bus = new VirtualBus();
      const camera = openmvStm32.simulate(board, { clock, socket: bus.socket("1-1") });
      for (const id of ["fit-jumper", "plug"] as const) await camera.perform({ id, text: "" });
      await clock.sleep(5_000);
      const host = new MemoryBus(bus, clock);
      const device = await host.open((await host.list())[0]);
      await device.claim(0);
      const request = {
        bmRequestType: TO_HOST,
        bRequest: DfuRequest.GETSTATUS,
        wValue: 0,
        wIndex: 0,
      };
      const answer = StatusRecord.decode(await device.controlIn(request, 6, transfer));
      assert.deepEqual([answer.bStatus, answer.bState], [10, 10], board.id);
      await host.close();
    });
  }
});

for (const bootloader of ["25", "mcuboot", "22"] as const) {
  Deno.test(`Portenta H7, bootloader ${bootloader}: its alternates, and a flash through them (3)`, async () => {
    const [board] = portentaBoards;
    const trial = new Trial([arduino]);
    const options = { ...trial.ports.at("1-1"), condition: "healthy" as const };
    const camera = arduino.simulate(board, { ...options, traps: { bootloader } });
    const plan = arduino.plan("flash", board, sampleImages(board), {});
    assert.equal((await trial.clock.run(() => trial.run(plan, camera))).error, undefined);
    const names = bootloaderAlternates[bootloader];
    assert.equal(names.length, bootloader === "22" ? 3 : 4);
    const found = trial.events.flatMap((event) =>
      event.type === "connected" && event.detected.mode === "bootloader" ? [event.detected] : []
    );
    assert.ok(found.length > 0);
  });
}
