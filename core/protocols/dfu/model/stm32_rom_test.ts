import assert from "node:assert/strict";
import { VirtualClock } from "../../../common/virtual_clock.ts";
import { requests } from "../../../../tests/support/protocols/dfu_requests.ts";
import { AddressCommand } from "../packets/dfuse_command.ts";
import { type Stm32Chip, stm32Flash, stm32Rom, type Stm32RomOptions } from "./stm32_rom_model.ts";

/** What each ROM says and which addresses it knows (dfu-dfuse.md B4, B6, B7, F1, F2; real-devices.md 1). */

interface Expected {
  readonly strings: readonly string[];
  readonly firstName: number;
  readonly transferSize: number;
  /** bwPollTimeout of set address, erase and write. */
  readonly polls: readonly number[];
  /** First and last byte of each memory. */
  readonly accepted: readonly (readonly [number, number])[];
  /** Neighbours that are no memory. */
  readonly refused: readonly number[];
}

const st = ["STMicroelectronics", "STM32  BOOTLOADER", "316C33623833"];
const feature = "@Device Feature/0xFFFF0000/01*004 e";
const chips: Readonly<Record<Stm32Chip, Expected>> = {
  STM32F427: {
    strings: [
      ...st,
      "@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg",
      "@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e",
      "@OTP Memory /0x1FFF7800/01*512 e,01*016 e",
      feature,
    ],
    firstName: 4,
    transferSize: 2048,
    polls: [104, 100, 104],
    accepted: [
      [0x0800_0000, 0x080F_FFFF],
      [0x0810_0000, 0x081F_FFFF],
      [0x1FFE_C000, 0x1FFE_C00F],
      [0x1FFF_0000, 0x1FFF_77FF],
      [0x1FFF_7800, 0x1FFF_7A0F],
      [0x1FFF_C000, 0x1FFF_C00F],
      [0x2000_0000, 0x2002_FFFF],
      [0xFFFF_0000, 0xFFFF_0003],
    ],
    refused: [
      ...[0x07FF_FFFF, 0x0820_0000, 0x1FFE_BFFF, 0x1FFE_C010, 0x1FFE_FFFF, 0x1FFF_7A10],
      ...[0x1FFF_BFFF, 0x1FFF_C010, 0x1FFF_FFFF, 0x2003_0000, 0xFFFE_FFFF, 0xFFFF_0004],
    ],
  },
  STM32F765: {
    strings: [
      ...st,
      "@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg",
      "@Option Bytes  /0x1FFF0000/01*032 e",
      "@OTP Memory /0x1FF0F000/01*1024 e",
      feature,
    ],
    firstName: 4,
    transferSize: 2048,
    polls: [104, 100, 104],
    accepted: [
      [0x0800_0000, 0x081F_FFFF],
      [0x1FF0_0000, 0x1FF0_EFFF],
      [0x1FF0_F000, 0x1FF0_F3FF],
      [0x1FFF_0000, 0x1FFF_001F],
      [0x2000_0000, 0x2007_FFFF],
      [0xFFFF_0000, 0xFFFF_0003],
    ],
    refused: [
      ...[0x07FF_FFFF, 0x0820_0000, 0x1FEF_FFFF, 0x1FF0_F400, 0x1FFE_FFFF, 0x1FFF_0020],
      ...[0x1FFF_FFFF, 0x2008_0000, 0xFFFE_FFFF, 0xFFFF_0004],
    ],
  },
  STM32H743: {
    strings: [
      ...["STMicroelectronics", "DFU in FS Mode", "200364500000"],
      "@Internal Flash   /0x08000000/16*128Kg",
      "@Option Bytes   /0x5200201C/01*128 e",
    ],
    firstName: 6,
    transferSize: 1024,
    polls: [0, 1000, 0],
    accepted: [
      [0x0800_0000, 0x081F_FFFF],
      [0x1FF0_0000, 0x1FF1_FFFF],
      [0x2000_0000, 0x2001_FFFF],
      [0x2400_0000, 0x2407_FFFF],
      [0x5200_201C, 0x5200_214F],
    ],
    refused: [
      ...[0x07FF_FFFF, 0x0820_0000, 0x1FEF_FFFF, 0x1FF2_0000, 0x1FFF_FFFF, 0x2002_0000],
      ...[0x23FF_FFFF, 0x2408_0000, 0x5200_201B, 0x5200_2150],
    ],
  },
};

function rom(chip: Stm32Chip, options: Partial<Stm32RomOptions> = {}) {
  const clock = new VirtualClock();
  const model = stm32Rom(chip, { clock, flash: stm32Flash(chip), ...options });
  const dfu = requests(model);
  /** Returns the poll time of a DNLOAD, and its status. */
  const result = async (wValue: number, data: Uint8Array) => {
    await dfu.dnload(wValue, data);
    const [, poll] = await dfu.status();
    const [status] = await dfu.status();
    await (status === 0 ? dfu.abort() : dfu.clearStatus());
    return [poll, status];
  };
  const command = (code: number, address: number) =>
    result(0, AddressCommand.encode({ code, address }));
  return { clock, model, dfu, result, command };
}

for (const [name, expected] of Object.entries(chips)) {
  const chip = name as Stm32Chip;
  Deno.test(`${chip}: strings and sizes`, async () => {
    const { dfu, model } = rom(chip);
    const { strings, firstName, transferSize } = expected;
    const indexes = strings.map((_, at) => at < 3 ? at + 1 : firstName + at - 3);
    assert.deepEqual(await Promise.all(indexes.map(dfu.text)), strings);
    const [configuration] = model.configurations;
    assert.equal(configuration.length, 9 + 9 * (strings.length - 3) + 9);
    assert.equal(configuration.at(-4)! + configuration.at(-3)! * 256, transferSize);
  });

  Deno.test(`${chip}: addresses, poll times`, () => {
    const { clock, command, result } = rom(chip);
    const [address, erase, write] = expected.polls;
    return clock.run(async () => {
      for (const [first, last] of expected.accepted) {
        for (const at of [first, last]) {
          assert.deepEqual(await command(0x21, at), [address, 0], at.toString(16));
        }
      }
      for (const at of expected.refused) {
        assert.deepEqual(await command(0x21, at), [address, 1], at.toString(16));
      }
      assert.deepEqual(await command(0x41, 0x0800_0000), [erase, 0]);
      await command(0x21, 0x0800_0000);
      assert.deepEqual(await result(2, new Uint8Array(32)), [write, 0]);
    });
  });
}

Deno.test("the flash of each chip: sectors, times, and how it is programmed", () => {
  const KIB = 1024;
  const described = (chip: Stm32Chip) => {
    const { base, size, rule, unit, unitMs, sectors } = stm32Flash(chip);
    const runs = sectors.map(({ size, eraseMs }) => `${size / KIB}K ${eraseMs} ms`);
    return [base, size / KIB, rule, unit, unitMs, ...runs];
  };
  const times = <T>(count: number, value: T): T[] => new Array(count).fill(value);
  assert.deepEqual(described("STM32F427"), [
    ...[0x0800_0000, 1024, "and", 4, 0.016],
    ...[...times(4, "16K 250 ms"), "64K 550 ms", ...times(7, "128K 1000 ms")],
  ]);
  assert.deepEqual(described("STM32F765"), [
    ...[0x0800_0000, 2048, "and", 4, 0.016],
    ...[...times(4, "32K 350 ms"), "128K 500 ms", ...times(7, "256K 1000 ms")],
  ]);
  assert.deepEqual(described("STM32H743"), [
    ...[0x0800_0000, 2048, "word-once", 32, 0.1],
    ...times(16, "128K 900 ms"),
  ]);
});

Deno.test("the serial number is made from the unique id; that of an H743 names its revision", async () => {
  const serialOf = (chip: Stm32Chip, options: Partial<Stm32RomOptions>) =>
    rom(chip, options).dfu.text(3);
  const uid = Uint8Array.fromHex("0300000000000a000200000f");
  assert.equal(await serialOf("STM32F765", { uid }), "0F000005000A");
  assert.equal(await serialOf("STM32F427", { uid: new Uint8Array(12).fill(255) }), "FFFFFFFEFFFF");
  assert.equal(await serialOf("STM32H743", { revision: "V", uid }), "200364500000");
  assert.equal(await serialOf("STM32H743", { revision: "Y", uid }), "100364500000");
});

Deno.test("only revision V of the H743 gets stuck above 1 MiB, unless a trap says from where", () => {
  const clock = new VirtualClock();
  return clock.run(async () => {
    const stateAfterErase = async (options: Partial<Stm32RomOptions>, address: number) => {
      const { dfu } = rom("STM32H743", { clock, ...options });
      await dfu.dnload(0, AddressCommand.encode({ code: 0x41, address }));
      await dfu.status();
      return (await dfu.status())[2];
    };
    assert.equal(await stateAfterErase({}, 0x0810_0000), 4);
    assert.equal(await stateAfterErase({}, 0x080F_FFFF), 5);
    assert.equal(await stateAfterErase({ revision: "Y" }, 0x0810_0000), 5);
    assert.equal(await stateAfterErase({ traps: { stuckEraseFrom: 0x0818_0000 } }, 0x0810_0000), 5);
    const traps = { stuckEraseFrom: 0x0800_0000 };
    assert.equal(await stateAfterErase({ revision: "Y", traps }, 0x0800_0000), 4);
  });
});

Deno.test("another maker's id and other times replace the chip's own", () => {
  const polls = { address: 1, erase: 2, write: 3 };
  const id = { idVendor: 0x314B, idProduct: 0x0106 };
  const { clock, model, command } = rom("STM32F427", { polls, id });
  assert.equal(model.deviceDescriptor.subarray(8, 14).toHex(), "4b3106010022");
  return clock.run(async () => {
    assert.deepEqual(await command(0x21, 0x0800_0000), [1, 0]);
    assert.deepEqual(await command(0x41, 0x0800_0000), [2, 0]);
  });
});

Deno.test("RAM can be written again and again; OTP bits only become 0", () => {
  const { clock, command, result, dfu } = rom("STM32F427");
  const twice = async (address: number) => {
    await command(0x21, address);
    await result(2, new Uint8Array(4).fill(0x0F));
    await result(2, new Uint8Array(4).fill(0xF0));
    return (await dfu.upload(2, 4)).toHex();
  };
  return clock.run(async () => {
    assert.equal(await twice(0x2000_0000), "f0f0f0f0");
    await dfu.abort();
    assert.equal(await twice(0x1FFF_7800), "00000000");
  });
});
