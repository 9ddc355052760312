import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_stm32: Catalogue = {
  "Connect a jumper wire between the BOOT and RST pins.": "用跳线连接 BOOT 和 RST 引脚。",
  "Remove the jumper wire between the BOOT and RST pins.": "取下 BOOT 和 RST 引脚之间的跳线。",
  "lens fixed on the board; pins P0 to P8, no SYN": "镜头固定在板上；引脚 P0 到 P8，没有 SYN",
  "lens fixed on the board; pins P0 to P9 and SYN": "镜头固定在板上；引脚 P0 到 P9 和 SYN",
  "plug-in lens module; printed OpenMV-H7": "插入式镜头模块；印有 OpenMV-H7",
  "as the H7, with a second large chip: its memory": "同 H7，多一个大芯片：它的存储器",
  "4.3 inch touch screen, HDMI, USB-C": "4.3 英寸触摸屏，HDMI，USB-C",
  "STM32F4 system bootloader (ST ROM)": "STM32F4 系统引导程序 (ST ROM)",
  "STM32F7 system bootloader (ST ROM)": "STM32F7 系统引导程序 (ST ROM)",
  "STM32H7 system bootloader (ST ROM)": "STM32H7 系统引导程序 (ST ROM)",
  "The names printed beside the pins decide: BOOT and RST are neighbours.":
    "以引脚旁印的名称为准：BOOT 和 RST 相邻。",
  "Find the pins by the names BOOT and RST that are printed beside them.":
    "按引脚旁印的名称 BOOT 和 RST 寻找引脚。",
  "The camera came back in its ROM bootloader: the jumper between BOOT and RST is still there.":
    "相机回到了 ROM 引导程序：BOOT 和 RST 之间的跳线仍在。",
  "Nothing left in the flash tells which board this is.":
    "闪存中没有留下能说明这是哪种板子的内容。",
  "The {1} in flash is that of the {2}: {3} at {4}.": "闪存中的{1}属于 {2}：{4} 处的 {3}。",
  "board of another maker or series": "其他厂商或系列的板子",
  "Find the camera in a bootloader": "寻找处于引导程序的相机",
  "The chip can only be unprotected by erasing all of its flash: firmware, files and everything else in it are lost.":
    "只有擦除芯片的全部闪存才能解除保护：固件、文件和其中的其他内容都会丢失。",
  "See whether the chip is protected": "查看芯片是否受保护",
  "The chip of this {1} is protected against reading and writing.": "此 {1} 的芯片受读写保护。",
  "The chip is not protected.": "芯片未受保护。",
  "Take off the chip's protection, which erases everything in it":
    "解除芯片的保护，这会擦除其中的全部内容",
  "everything inside the chip": "芯片内的全部内容",
  "The chip is still protected.": "芯片仍受保护。",
  "Find out which board it is": "查明是哪种板子",
  "This camera is not a {1}: {2}": "此相机不是 {1}：{2}",
  "The new bootloader runs, and what it reads of itself equals {1}.":
    "新的引导程序正在运行，它读出的自身与 {1} 相同。",
  "The camera left the bus while its flash was read, as half-written flash can cause. It is written without reading it first.":
    "读取闪存时相机离开了总线，闪存只写了一半时会这样。现在不先读取就写入。",
  "The ROM bootloader names no flash of a known camera.": "ROM 引导程序没有报告已知相机的闪存。",
  "{1} is made for the {2}, not for the {3} (at offset {4}: {5}).":
    "{1} 用于 {2}，不用于 {3}（偏移 {4} 处：{5}）。",
};
