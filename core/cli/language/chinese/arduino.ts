import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const arduino: Catalogue = {
  "Press the reset button of the board twice, quickly.": "快速按两次板上的复位按钮。",
  "Plug the board into USB.": "把板子插到 USB。",
  "Unplug the board from every cable.": "拔下板子的所有线缆。",
  "camera firmware": "相机固件",
  "read-only file system (models, fonts)": "只读文件系统（模型、字体）",
  "firmware of the WiFi radio": "WiFi 射频固件",
  "firmware of the Bluetooth radio": "蓝牙射频固件",
  "WiFi firmware": "WiFi 固件",
  "Bluetooth firmware": "蓝牙固件",
  "The bootloader of this board is Arduino's own and cannot be restored with unbrick; the Arduino IDE can renew it.":
    "此板的引导程序是 Arduino 自己的，unbrick 无法恢复；可用 Arduino IDE 更新它。",
  "file system inside the chip": "芯片内的文件系统",
  "file system": "文件系统",
  "OpenMV no longer makes firmware for this board; {1}, which {2} can use.":
    "OpenMV 不再为此板制作固件；{1}，可使用 {2}。",
  "printed Portenta H7; camera on a Vision Shield": "印有 Portenta H7；相机在 Vision Shield 上",
  "printed GIGA R1 WiFi": "印有 GIGA R1 WiFi",
  "printed Nicla Vision; camera on the board": "印有 Nicla Vision；相机在板上",
  "its bootloader is a serial one": "它的引导程序是串口引导程序",
  "Arduino's bossac": "Arduino 的 bossac",
  "its chip has a boot ROM": "它的芯片有引导 ROM",
  "Raspberry Pi's picotool": "Raspberry Pi 的 picotool",
  "its DFU bootloader": "DFU 引导程序",
  "The bootloader describes another memory than that of the {1}: {2}":
    "引导程序描述的存储器不是 {1} 的：{2}",
  "A sketch, not the real places.": "示意图，不是实际位置。",
  "The reset button is the only button that is wanted; a BOOT button must not be pressed.":
    "只需要复位按钮；不要按 BOOT 按钮。",
  "Bring the board into its DFU bootloader": "让板子进入 DFU 引导程序",
  "the {1} in its DFU bootloader": "处于 DFU 引导程序的 {1}",
  "the {1} with its firmware running": "固件正在运行的 {1}",
  "Start the board": "启动板子",
  "The board did not start by itself.": "板子没有自行启动。",
  "The board started: it shows itself as {1}.": "板子已启动：显示为 {1}。",
  "Let the board start": "让板子启动",
  "The bootloader does not let the board start.": "引导程序不让板子启动。",
  "Write the {1}": "写入{1}",
  "Erase the file system inside the chip": "擦除芯片内的文件系统",
  "Erase the file system": "擦除文件系统",
  "The {1} equals {2} of zeros ({3} bytes).": "{1}与 {2} 的零相同（{3} 字节）。",
  "There is no simulated {1}.": "没有模拟的 {1}。",
  "RP2040 boot ROM": "RP2040 引导 ROM",
  "serial bootloader": "串口引导程序",
  "DFU bootloader": "DFU 引导程序",
  "running an Arduino sketch": "正在运行 Arduino 程序",
  "running OpenMV": "正在运行 OpenMV",
  "the {1}": "{1}",
  "an OpenMV Cam": "OpenMV Cam",
  '{1} is made for {2}, not for the {3} (at offset {4}: board name "{5}").':
    "{1} 用于 {2}，不用于 {3}（偏移 {4} 处：板名“{=5}”）。",
  "{1} is meant for the USB device {2}, which the {3} is not.":
    "{1} 用于 USB 设备 {2}，而 {3} 不是。",
};
