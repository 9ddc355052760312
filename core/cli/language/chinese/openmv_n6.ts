import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_n6: Catalogue = {
  "USB-C, two buttons; BOOT1 switch, pins up to P18": "USB-C，两个按钮；BOOT1 开关，引脚到 P18",
  "OpenBootloader (runs in RAM while the camera is restored)":
    "OpenBootloader（恢复相机时在 RAM 中运行）",
  "flash loader for OpenBootloader": "OpenBootloader 的闪存加载程序",
  "flash layout (left out: the usual one)": "闪存布局（省略：通常的布局）",
  "Connect a jumper wire between the BOOT and VCC pins.": "用跳线连接 BOOT 和 VCC 引脚。",
  "Remove the jumper wire between the BOOT and VCC pins.": "取下 BOOT 和 VCC 引脚之间的跳线。",
  "The camera came back in its ROM bootloader: the jumper between BOOT and VCC is still there, or there is no bootloader that the chip would start.":
    "相机回到了 ROM 引导程序：BOOT 和 VCC 之间的跳线仍在，或者没有芯片愿意启动的引导程序。",
  "Find the pins by the names printed beside them: BOOT may be called BOOT0, and VCC 3.3V. Leave the small BOOT1 switch off.":
    "按引脚旁印的名称寻找：BOOT 可能写作 BOOT0，VCC 写作 3.3V。小的 BOOT1 开关保持 off。",
  "STM32N6 system bootloader (ST ROM)": "STM32N6 系统引导程序 (ST ROM)",
  "OpenBootloader in the RAM of an N6": "N6 的 RAM 中的 OpenBootloader",
  "the chip starts what stands at offset 0, not at {1}.":
    "芯片启动的是偏移 0 处的内容，不是 {1} 处的。",
  "{1} is not the file that OpenMV ships.": "{1} 不是 OpenMV 提供的文件。",
  "the usual layout": "通常的布局",
  "The camera's flash does not hold {1}: the first difference is at offset {2}.":
    "相机的闪存内容不是 {1}：第一处不同在偏移 {2}。",
  "The firmware in the camera cannot start; the camera is parked first.":
    "相机中的固件无法启动；先把相机停住。",
  "The camera left its bootloader in the middle of the work, as one with corrupt firmware does that starts anew every two seconds. It is parked, and the work begins again.":
    "相机在工作中途离开了引导程序，固件损坏而每两秒重启一次的相机就会这样。现在把它停住，工作重新开始。",
  "The camera did not stay in its bootloader.": "相机没有停留在引导程序中。",
  "The {1} leaves its bootloader again and again, even with its firmware zeroed.":
    "{1} 一再离开引导程序，即使固件已清零。",
  "the {1} in its bootloader again": "再次处于引导程序的 {1}",
  "The bootloader runs, and what it reads of itself equals {1} ({2}).":
    "引导程序正在运行，它读出的自身与 {1} 相同（{2}）。",
  "Bring the camera into its ROM bootloader": "让相机进入 ROM 引导程序",
  "The camera is in its ROM bootloader.": "相机处于 ROM 引导程序。",
  "OpenBootloader of an earlier run is still in the camera's RAM.":
    "上次运行的 OpenBootloader 仍在相机的 RAM 中。",
  "the {1} in its ROM bootloader": "处于 ROM 引导程序的 {1}",
  "Start OpenBootloader in the camera's RAM": "在相机的 RAM 中启动 OpenBootloader",
  "Write the bootloader": "写入引导程序",
  "OpenBootloader was too quick: probably it has written nothing.":
    "OpenBootloader 完成得太快：可能什么也没有写入。",
  "Behind the bootloader the flash is not blank, as it should be after an erase.":
    "引导程序之后的闪存不是空白，而擦除后应为空白。",
  "The camera still starts in its ROM bootloader: the jumper is still fitted, or the bootloader was not written although OpenBootloader said so.":
    "相机仍然启动到 ROM 引导程序：跳线仍然接着，或者 OpenBootloader 虽然报告成功，却没有写入引导程序。",
  "its ROM bootloader": "ROM 引导程序",
  "OpenBootloader, which the camera's ROM was told to start":
    "已令相机的 ROM 启动的 OpenBootloader",
  "The chip's ROM came back instead of OpenBootloader: it refused the image, or OpenBootloader died.":
    "回来的是芯片的 ROM 而不是 OpenBootloader：ROM 拒绝了镜像，或 OpenBootloader 崩溃。",
  "The ROM did not leave the bus by itself; its port is reset.":
    "ROM 没有自行离开总线；现在复位其端口。",
  "it is larger than a bootloader: openmv.bin with the firmware behind it?":
    "它比引导程序大：是后面带有固件的 openmv.bin 吗？",
  "{1} has the binary type {2} instead of {3}, as a bootloader of OpenMV has.":
    "{1} 的二进制类型为 {2}，而 OpenMV 的引导程序为 {3}。",
  "{1} has no version header of OpenMV; bootloaders before 4.8.1 have none.":
    "{1} 没有 OpenMV 的版本头；4.8.1 之前的引导程序都没有。",
  'board name "{1}"': "板名“{=1}”",
  "its vector table is not that of a program at {1}": "它的向量表不属于位于 {1} 的程序",
  "USB id {1}": "USB id {1}",
  "another camera": "另一种相机",
  "{1} is made for {2}, not for the {3} (at offset {4}: {5}).":
    "{1} 用于 {2}，不用于 {3}（偏移 {4} 处：{5}）。",
};
