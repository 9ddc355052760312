import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_ae3: Catalogue = {
  "Make sure that the recovery switch is on: camera side, bottom left corner.":
    "请确认恢复开关在 on 位置：相机一面，左下角。",
  "Leave the recovery switch on and press the camera's button. If nothing happens, unplug the camera and plug it in again.":
    "恢复开关保持打开，按下相机的按钮。如果没有反应，拔下相机再重新插入。",
  "30 x 30 mm, USB-C, one button, a tiny switch": "30 x 30 mm，USB-C，一个按钮，一个很小的开关",
  "Secure Enclave firmware": "Secure Enclave 固件",
  "table of contents": "TOC",
  "M55-HP firmware": "M55-HP 固件",
  "M55-HE firmware": "M55-HE 固件",
  "firmware of the M55-HP core": "M55-HP 核的固件",
  "firmware of the M55-HE core": "M55-HE 核的固件",
  "read-only file system of the M55-HE core": "M55-HE 核的只读文件系统",
  "read-only file system of the M55-HP core": "M55-HP 核的只读文件系统",
  "Set the recovery switch to on: camera side, bottom left corner.":
    "把恢复开关拨到 on：相机一面，左下角。",
  "Set the recovery switch to off: camera side, bottom left corner.":
    "把恢复开关拨到 off：相机一面，左下角。",
  "signature of the {1}": "{1}的签名",
  "system package of the part {1} (development)": "型号 {1} 的系统包（开发用）",
  "system package of the part {1}": "型号 {1} 的系统包",
  "pointer to the system package (development)": "指向系统包的指针（开发用）",
  "pointer to the system package": "指向系统包的指针",
  "FAT file system with the user's files": "含有用户文件的 FAT 文件系统",
  "Nothing answers behind the serial adapter: the camera's program may have crashed or gone to sleep, or this is no OpenMV AE3.":
    "串口适配器后面没有应答：相机的程序可能崩溃或休眠，或者这不是 OpenMV AE3。",
  "the Secure Enclave to answer when it is reset": "Secure Enclave 复位后应答",
  "the recovery port of the {1}": "{1} 的恢复端口",
  "Secure Enclave of an Alif {1}, silicon {2}: its firmware answers ({3}).":
    "Alif {1} 的 Secure Enclave，硅片 {2}：其固件有应答（{3}）。",
  "part without a number": "没有编号的型号",
  "Secure Enclave of an Alif {1}, silicon {2}: its ROM answers, because {3}.":
    "Alif {1} 的 Secure Enclave，硅片 {2}：其 ROM 有应答，因为{3}。",
  "Its serial adapter is that of the {1}; the part that it tells itself counts.":
    "它的串口适配器是 {1} 的；以它自己报告的型号为准。",
  "Camera side, the switch at the bottom left.": "相机一面，开关在左下角。",
  "The switch is very small: use a pointed tool. The rest is not drawn to scale.":
    "开关很小：请用尖头工具。其余部分没有按比例绘制。",
  "lens": "镜头",
  "recovery switch": "恢复开关",
  "The serial adapter on port {1} shows up as no serial port of this system.":
    "端口 {1} 上的串口适配器没有成为此系统的串口。",
  "The Secure Enclave says: {1}": "Secure Enclave 报告：{1}",
  "The recovery port of the {1} is no longer on the bus.": "{1} 的恢复端口已不在总线上。",
  "The Secure Enclave of the {1} does not answer any more.": "{1} 的 Secure Enclave 不再应答。",
  "the adapter that answers": "应答的适配器",
  "The camera came back with its recovery port: the recovery switch is still on.":
    "相机带着恢复端口回来：恢复开关仍然打开。",
  "Bring the camera into its bootloader": "让相机进入其引导程序",
  "Nothing answers behind the serial adapter on port {1}.": "端口 {1} 上的串口适配器后面没有应答。",
  "The Secure Enclave does not let the {1} be read; the new bootloader must read it.":
    "Secure Enclave 不允许读取{1}；必须由新的引导程序读取。",
  "its signature (.sign) is missing": "缺少它的签名 (.sign)",
  "its pointer file (offset-58-rev-b4), of the same root key, is missing":
    "缺少与它同一根密钥的指针文件 (offset-58-rev-b4)",
  "{1} is a system package for the part {2}; this file must be for the {3}.":
    "{1} 是型号 {2} 的系统包；此文件必须适用于 {3}。",
  "The Secure Enclave needs a new system package, and none of {1} is for the part {2} with the root key {3}: SP-{4}-rev-b4.bin with its .sign and offset-58-rev-b4.bin with its .sign, from Alif's SE Tools.":
    "Secure Enclave 需要新的系统包，而 {1} 中没有适用于型号 {2}、根密钥 {3} 的：SP-{4}-rev-b4.bin 及其 .sign 和 offset-58-rev-b4.bin 及其 .sign，来自 Alif 的 SE Tools。",
  "The Secure Enclave needs a new system package, and there is none for the part {1} with the root key {2}: SP-{3}-rev-b4.bin with its .sign and offset-58-rev-b4.bin with its .sign, from Alif's SE Tools.":
    "Secure Enclave 需要新的系统包，而没有适用于型号 {1}、根密钥 {2} 的：SP-{3}-rev-b4.bin 及其 .sign 和 offset-58-rev-b4.bin 及其 .sign，来自 Alif 的 SE Tools。",
  "{1}, running": "{1}，正在运行",
  "{1}, bootloader": "{1}，引导程序",
  "serial adapter, perhaps the recovery port of an OpenMV AE3":
    "串口适配器，可能是 OpenMV AE3 的恢复端口",
  "Reach the Secure Enclave": "联系 Secure Enclave",
  "Start the new bootloader": "启动新的引导程序",
  "The new bootloader runs, and what it reads of itself and of the table of contents equals {1}.":
    "新的引导程序正在运行，它读出的自身和 TOC 与 {1} 相同。",
  "Bootloader and table of contents are the wanted ones.": "引导程序和 TOC 正是所要的。",
  "Bring back the Secure Enclave's firmware": "恢复 Secure Enclave 的固件",
  "The Secure Enclave runs its own firmware: {1}.": "Secure Enclave 运行自己的固件：{1}。",
  "System package for this chip: {1}, version {2}.": "此芯片的系统包：{1}，版本 {2}。",
  "The chip's ROM checked one of the two copies in {1} and started it: version {2}.":
    "芯片的 ROM 检查了 {1} 中两个副本之一并启动了它：版本 {2}。",
  "Renew the Secure Enclave's firmware": "更新 Secure Enclave 的固件",
  "The Secure Enclave checked all of {1} against its signature, and runs it: version {2}. It does not let this memory be read.":
    "Secure Enclave 按签名检查了整个 {1} 并运行它：版本 {2}。它不允许读取这部分存储器。",
  "The Secure Enclave runs version {1} of its firmware": "Secure Enclave 运行的固件版本为 {1}",
  "{1}; there is no system package for its part to renew it with.":
    "{1}；没有适用于其型号的系统包可以更新它。",
  "{1}; the system package at hand has version {2}.": "{1}；现有的系统包版本为 {2}。",
  "The chip does not answer since its firmware was written.": "芯片自固件写入后没有应答。",
  "The Secure Enclave runs version {1} after {2} with version {3} was written.":
    "写入版本 {3} 的 {2} 之后，Secure Enclave 运行的是版本 {1}。",
  "the recovery port of the {1}, after its power was off": "断电之后的 {1} 的恢复端口",
  "{1} is made for the USB device {2}, which is no {3}.": "{1} 用于 USB 设备 {2}，而它不是 {3}。",
  "its entry {1} is at {2}, and that firmware at {3}": "其条目 {1} 位于 {2}，而该固件位于 {3}",
  "it is {1}, not a program": "它是{1}，不是程序",
  "it is the firmware of the other core, the M55-HP": "这是另一个核 M55-HP 的固件",
  "its reset vector {1} is no odd address from {2} to {3}":
    "它的复位向量 {1} 不是 {2} 至 {3} 的奇数地址",
  "{1} is made for another camera than the {2} (at offset {3}: {4}).":
    "{1} 用于 {2} 以外的相机（偏移 {3} 处：{4}）。",
};
