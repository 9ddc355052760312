/**
 * Returns the commands of the recovery page for the RT1062 (openmv-boards.md 2.4).
 * @param sizes for <sbl_size> and <firmware_size>, bytes
 */
export function recoveryPage(
  rom: string,
  loader: string,
  sizes: { readonly sbl: number; readonly firmware: number },
): string[] {
  return [
    `${rom} write-file 0x20001C00 sdphost_flash_loader.bin`,
    `${rom} jump-address 0x20001C00`,
    `${loader} -- fill-memory 0x2000 4 0xC0000008 word`,
    `${loader} -- configure-memory 9 0x2000`,
    `${loader} -t 120000 -- flash-erase-region 0x60000000 0x1000`,
    `${loader} -- fill-memory 0x2000 4 0xF000000F word`,
    `${loader} -- configure-memory 9 0x2000`,
    `${loader} -t 120000 -- flash-erase-region 0x60001000 ${sizes.sbl}`,
    `${loader} -- write-memory 0x60001000 blhost_flash_loader.bin`,
    `${loader} -t 120000 -- flash-erase-region 0x60040000 ${sizes.firmware}`,
    `${loader} -- write-memory 0x60040000 firmware.bin`,
    `${loader} -- efuse-program-once 0x06 00000010`,
    `${loader} -- reset`,
  ];
}
