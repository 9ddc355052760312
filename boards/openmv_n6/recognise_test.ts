import assert from "node:assert/strict";
import { UnbrickError } from "../../core/common/errors.ts";
import type { SeenDevice } from "../../core/device/detected_device.ts";
import { parseConfiguration, parseDeviceDescriptor } from "../../core/transport/usb/descriptors.ts";
import { UsbFunction } from "../../core/transport/usb/function.ts";
import { recognise, usbIds } from "./recognise.ts";
import type { UnitId } from "../../core/device/unit_id.ts";
import { board } from "./boards.ts";

class Plain extends UsbFunction {
  constructor(idVendor: number, idProduct: number) {
    super({ speed: "high", device: { idVendor, idProduct }, configuration: { interfaces: [{}] } });
  }
  protected request(): Promise<void> {
    return Promise.resolve();
  }
}

function seen(
  id: number,
  names: string[] = [],
  product?: string,
  interfaceNumber = 0,
): SeenDevice {
  const model = new Plain(id >>> 16, id & 0xFFFF);
  return {
    usb: {
      bus: 1,
      address: 2,
      portPath: "1-1",
      speed: "high",
      descriptor: parseDeviceDescriptor(model.deviceDescriptor)!,
      configurations: model.configurations.map((bytes) => parseConfiguration(bytes)!),
    },
    product,
    interfaceNames: new Map(names.map((name, at) => [`${interfaceNumber}:${at}`, name])),
  };
}

const mode = (device: SeenDevice) => recognise(device)?.mode;
const rom = ["@virtual /0xF1/1*512Be", "@RSSE_FW /0xF3/1*256Ke", "@FSBL /0x01/1*512Ke"];

Deno.test("the four modes of an N6 are recognised", () => {
  assert.equal(mode(seen(0x37C5_1206)), "firmware");
  assert.equal(mode(seen(0x37C5_9206)), "bootloader");
  assert.equal(mode(seen(0x0483_DF11, rom)), "rom");
  const stage = [
    "@OTP /0xF2/1*752Be",
    "@virtual /0xF1/1*512Be",
    "@FSBL-APP /0x04/1*128Me",
    "@FSBL-EXT /0x03/1*32Ke",
    "@Flashlayout /0x00/1*1Ke",
  ];
  assert.equal(
    mode(seen(0x0483_DF11, stage, "STM32OpenBootloader DFU@Device ID /0x486")),
    "flashloader",
  );
});

Deno.test("other cameras, ROMs of other chips, and names that could not be read", () => {
  for (
    const device of [
      seen(0x37C5_9204),
      seen(0x37C5_1204),
      seen(0x0483_DF11),
      seen(0x0483_DF11, ["@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg"]),
      seen(0x0483_5740, rom),
      seen(0x37C5_DF11, rom),
      seen(0x1234_DF11, rom),
      seen(0x0483_9206),
      seen(0x0483_1206),
      seen(0x0483_DF11, rom, undefined, 1),
    ]
  ) assert.equal(recognise(device), undefined);
});

Deno.test("a ROM whose names cannot be read may be that of an N6", () => {
  const unreadable = new UnbrickError("permission", "No.");
  const device = { ...seen(0x0483_DF11), unreadable };
  const { title, ...found } = recognise(device)!;
  assert.deepEqual(found, {
    ...{ familyId: "openmv_n6", mode: "rom", seen: device, boardIds: ["openmv-n6"] },
  });
  assert.doesNotMatch(String(title), /N6/);
  assert.equal(recognise({ ...seen(0x0483_5740), unreadable }), undefined);
  assert.deepEqual(usbIds.map(({ vendorId, productId }) => vendorId << 16 | productId), [
    ...[0x0483_DF11, 0x37C5_9206, 0x37C5_1206],
  ]);
});

Deno.test("one chip is recognised by its serial numbers, in any order of the words; another one is not", () => {
  const uid = "003A002D3833510B31323335";
  const isSame = (one: string, mode: UnitId["mode"], other: string) =>
    board.isSameUnit!({ id: one, mode }, { id: other, mode: "bootloader" });
  assert.equal(isSame(uid, "flashloader", "313233353833510B003A002D"), true);
  assert.equal(isSame(uid, "firmware", "353332310B5133382D003A00"), true);
  assert.equal(isSame(uid, "firmware", "313233353833510B003A002E"), false);
  assert.equal(isSame("386E35723432", "rom", uid), undefined);
  assert.equal(isSame("386E35723432", "firmware", uid), false);
});
