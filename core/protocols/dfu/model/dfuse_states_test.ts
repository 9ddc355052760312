import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import {
  foreignRequests,
  type Requests,
  requests,
  stalls,
  transitions,
} from "../../../../tests/support/protocols/dfu_requests.ts";
import { AddressCommand } from "../packets/dfuse_command.ts";
import type { DfuSeHooks, DfuSeTraps } from "./dfuse_model_options.ts";
import type { DfuSeModel } from "./dfuse_model.ts";
import { type Stm32Chip, stm32Flash, stm32Rom } from "./stm32_rom_model.ts";

/** Every state and every request of the ST ROM (dfu-dfuse.md B3, F4). */

const FLASH = 0x0800_0000, SECOND_BANK = 0x0810_0000;
const command = (code: number, address: number) => AddressCommand.encode({ code, address });
const setAddress = (address = FLASH) => command(0x21, address);

function rom(
  clock: VirtualClock,
  { chip = "STM32H743", hooks, traps }: {
    readonly chip?: Stm32Chip;
    readonly hooks?: DfuSeHooks;
    readonly traps?: DfuSeTraps;
  } = {},
) {
  const flash = stm32Flash(chip);
  const model = stm32Rom(chip, { clock, flash, ...(hooks && { hooks }), ...(traps && { traps }) });
  return { flash, model, dfu: requests(model) };
}

/** Runs `work` with a ROM; `chip` and `hooks` as for `rom`. */
function withRom(
  options: Parameters<typeof rom>[1],
  work: (
    rig: {
      clock: VirtualClock;
      flash: ReturnType<typeof stm32Flash>;
      model: DfuSeModel;
      dfu: Requests;
    },
  ) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  return clock.run(() => work({ clock, ...rom(clock, options) }));
}

/** Does what a DNLOAD asked for. */
async function done(dfu: Requests, wValue: number, data: Uint8Array): Promise<number[]> {
  await dfu.dnload(wValue, data);
  await dfu.status();
  return await dfu.status();
}

Deno.test("the state after each request in each state", async () => {
  const clock = new VirtualClock();
  const found = await clock.run(() =>
    transitions(
      {
        2: () => Promise.resolve(),
        3: (dfu) => dfu.dnload(0, setAddress()),
        4: (dfu) => done(dfu, 0, command(0x41, SECOND_BANK)),
        5: (dfu) => done(dfu, 0, setAddress()),
        6: (dfu) => dfu.dnload(0, []),
        7: async (dfu) => {
          await dfu.dnload(0, []);
          await dfu.status();
        },
        9: (dfu) => dfu.upload(2, 16),
        10: (dfu) => dfu.clearStatus(),
        15: (dfu) => dfu.upload(1, 16),
      },
      () => rom(clock).model,
      { wValue: 2, data: [1, 2, 3, 4] },
    )
  );
  assert.deepEqual(found, {
    2: "3 6 9 10 2",
    3: "3! 3! 3! 10 2",
    4: "4! 4! 4! 10 4",
    5: "3 6 5! 10 2",
    6: "6! 6! 6! 10 2",
    7: "7! 7! 7! 10 7",
    9: "9! 9! 9 10 2",
    10: "10! 10! 10! 2 10",
    15: "15! 15! 15! 10 15",
  });
});

Deno.test("requests that the ROM does not know stall and change nothing", () =>
  withRom({}, async ({ dfu }) => {
    for (const request of foreignRequests) {
      assert.ok(await stalls(dfu.ask(request)), JSON.stringify(request));
      assert.equal(await dfu.state(), 2);
    }
  }));

Deno.test("block number 1 and blocks that are too long are refused, each in its way", () =>
  withRom({}, async ({ dfu }) => {
    assert.ok(await stalls(dfu.dnload(2, new Uint8Array(1025))));
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    assert.ok(!await stalls(dfu.dnload(2, new Uint8Array(1024))));
    await dfu.abort();
    assert.ok(await stalls(dfu.dnload(1, [1])));
    assert.deepEqual(await dfu.status(), [15, 0, 10]);
  }));

Deno.test("the list of commands ends an upload unless the host asked for three bytes or less", () =>
  withRom({}, async ({ dfu }) => {
    for (const [length, bytes, state] of [[64, 4, 2], [4, 4, 2], [3, 3, 9], [1, 1, 9]]) {
      assert.deepEqual([...await dfu.upload(0, length)], [0, 0x21, 0x41, 0x92].slice(0, bytes));
      assert.equal(await dfu.state(), state, `${length} bytes`);
    }
  }));

Deno.test("block n is read and written at (n - 2) x 1024 from the pointer", () =>
  withRom({}, async ({ dfu, flash }) => {
    const at = FLASH + 0x2_0000;
    await done(dfu, 0, setAddress(at));
    assert.deepEqual(await done(dfu, 5, new Uint8Array(32).fill(7)), [0, 0, 5]);
    assert.deepEqual(flash.read(at + 3 * 1024, 32), new Uint8Array(32).fill(7));
    await dfu.abort();
    assert.deepEqual(await dfu.upload(5, 32), new Uint8Array(32).fill(7));
  }));

Deno.test("a bus reset forgets the state, the pointer and the alternate setting", () =>
  withRom({}, async ({ dfu, flash, model }) => {
    flash.load(FLASH, Uint8Array.of(1));
    flash.load(FLASH + 0x100, Uint8Array.of(2));
    await dfu.alternate(1);
    await done(dfu, 0, setAddress(FLASH + 0x100));
    await dfu.abort();
    assert.deepEqual([...await dfu.upload(2, 1), await dfu.currentAlternate()], [2, 1]);
    await dfu.abort();
    await dfu.dnload(0, command(0x41, FLASH));
    model.reset();
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    assert.deepEqual([...await dfu.upload(2, 1), await dfu.currentAlternate()], [1, 0]);
  }));

Deno.test("a bus reset does not stop an erase, which no longer changes the state when it ends", () =>
  withRom({ chip: "STM32F427" }, async ({ clock, dfu, flash, model }) => {
    flash.load(FLASH, Uint8Array.of(1));
    await dfu.dnload(0, command(0x41, FLASH));
    await dfu.status();
    model.reset();
    assert.deepEqual(await dfu.status(), [0, 0, 2]);
    assert.deepEqual([clock.elapsed, flash.isBlank(FLASH, 1)], [250, true]);
  }));

Deno.test("ROMs that stall while busy hold standard requests all the same", () =>
  withRom({ chip: "STM32F427", traps: { stallsWhileBusy: true } }, async ({ clock, dfu }) => {
    await dfu.dnload(0, command(0x41, FLASH));
    await dfu.status();
    assert.ok(await stalls(dfu.state()));
    assert.equal(clock.elapsed, 0);
    assert.equal(await dfu.text(2), "STM32  BOOTLOADER");
    assert.equal(clock.elapsed, 250);
  }));

Deno.test("a power loss during an erase that is never answered leaves part of the sector", () =>
  withRom({}, async ({ clock, dfu, flash, model }) => {
    flash.load(SECOND_BANK, new Uint8Array(0x2_0000));
    await dfu.dnload(0, command(0x41, SECOND_BANK));
    await dfu.status();
    await clock.sleep(450);
    model.detached();
    await clock.sleep(1_000);
    assert.ok(flash.isBlank(SECOND_BANK, 0x1_0000));
    assert.equal(flash.read(SECOND_BANK + 0x1_0000, 1)[0], 0);
    assert.equal(model.busyMs, 450);
  }));

Deno.test("the chip leaves a millisecond after its answer, through the pointer, if it still has power", async () => {
  for (const hasPower of [true, false]) {
    const left: string[] = [];
    const hooks = {
      leave: (address: number) => void left.push(`leave ${address.toString(16)}`),
      reenumerate: () => void left.push("reenumerate"),
    };
    for (const way of ["leave", "detach"]) {
      await withRom({ hooks }, async ({ clock, dfu, model }) => {
        await done(dfu, 0, setAddress(FLASH + 0x2_0000));
        if (way === "leave") {
          await dfu.dnload(0, []);
          assert.deepEqual(await dfu.status(), [0, 1, 7]);
        } else await dfu.detach();
        if (!hasPower) model.detached();
        const before = left.length;
        await clock.sleep(0.9);
        assert.equal(left.length, before);
        await clock.sleep(0.1);
      });
    }
    assert.deepEqual(left, hasPower ? ["leave 8020000", "reenumerate"] : []);
  }
});

for (const [name, hooks] of [["no", undefined], ["empty", {}]] as const) {
  Deno.test(`a ROM with ${name} hooks stays where it is`, () =>
    withRom({ ...(hooks && { hooks }) }, async ({ clock, dfu, model }) => {
      await dfu.detach();
      await clock.sleep(5);
      await dfu.dnload(0, []);
      await dfu.status();
      await clock.sleep(5);
      assert.deepEqual([await dfu.state(), model.speed], [7, "full"]);
    }));
}
