import { UnbrickError } from "../../../common/errors.ts";
import { list, text, type Words } from "../../../common/text.ts";

/** Names a device with the id of ST's ROM that is not a camera (dfu-dfuse.md B4, real devices). */

/** The strings that the device reports. */
export interface RomStrings {
  readonly port: string;
  readonly product?: string;
  /** Names of its alternate settings. */
  readonly names: readonly string[];
}

/** Flash sectors that identify the ROMs of chips that no camera has, without spaces and zeros. */
const chips: readonly (readonly [layout: RegExp, chip: string])[] = [
  [/0x08000000\/4\*16K.,1\*64K.,7\*128K.;.*0x1FFFC000/i, "STM32F405/F407"],
  [/0x08000000\/4\*16K.,1\*64K.,3\*128K.;.*0x1FFFC000/i, "STM32F401/F411"],
  [/0x08000000\/4\*16K.,1\*64K.,3\*128K.;.*0x1FFF0000/i, "STM32F72x/F73x"],
  [/0x08000000\/4\*32K.,1\*128K.,3\*256K./i, "STM32F74x/F75x"],
  [/0x08000000\/1\*128K./i, "STM32H750"],
  [/0x08000000\/256\*8K./i, "STM32H7A3/H7B3"],
  [/0x08000000\/256\*2K.;.*0x1FFF7800/i, "STM32G4"],
];

/** Addresses of the option bytes of chip families. */
const families: readonly (readonly [options: RegExp, family: string])[] = [
  [/0x1FFFC000/i, "STM32F4"],
  [/0x1FFF0000/i, "STM32F7"],
  [/0x5200201C/i, "STM32H7"],
];

/** Returns what the device is, according to its strings, and why it is refused. */
export function refuseRom(
  { port, product, names }: RomStrings,
): { readonly title: Words; readonly reason: UnbrickError } {
  const title = titleOf(product, names);
  const message = names.length === 0
    ? text`The device on port ${port} does not name its memory, so unbrick cannot identify its
      chip.`
    : text`No camera that unbrick knows has the memory that it reports: ${list([...names])}.`;
  const data = { port, isStranger: true, layout: names.join("; ") };
  return { title, reason: new UnbrickError("wrong-board", message, data) };
}

function titleOf(product: string | undefined, names: readonly string[]): Words {
  const deviceId = /@Device ID \/(0x[0-9a-f]+)/i.exec(product ?? "")?.[1];
  if (deviceId) return text`STM32 with the device id ${deviceId}`;
  if (product && !romProducts.includes(normal(product))) {
    return text`"${product}" on the USB id of ST's ROM`;
  }
  const layout = names.map(normal).join(";") + ";";
  const chip = [...chips, ...families].find(([pattern]) => pattern.test(layout))?.[1];
  return chip
    ? text`${chip} system bootloader (ST ROM)`
    : text`Unknown STM32 system bootloader (ST ROM)`;
}

/** Product strings of the ROMs themselves, without spaces (dfu-dfuse.md F1). */
const romProducts = ["STM32BOOTLOADER", "DFUinFSMode", "DFUinHSMode"];

/** Removes spaces and leading zeros: ROMs write `04*016Kg`, `04*16Kg` and `4*16K g`. */
function normal(name: string): string {
  return name.replaceAll(/\s/g, "").replaceAll(/\b0+(?=\d)/g, "");
}
