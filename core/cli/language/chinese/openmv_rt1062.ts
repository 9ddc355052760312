import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_rt1062: Catalogue = {
  "Connect a jumper wire between the SBL and 3.3V pins.": "用跳线连接 SBL 和 3.3V 引脚。",
  "Remove the jumper wire between the SBL and 3.3V pins.": "取下 SBL 和 3.3V 引脚之间的跳线。",
  "USB-C, two buttons; pins SBL, P13 and P14": "USB-C，两个按钮；引脚 SBL、P13 和 P14",
  "flash configuration block": "闪存配置块",
  "RAM flashloader": "RAM flashloader",
  "secure bootloader (SBL)": "安全引导程序 (SBL)",
  "Camera side, held so that the lens is above the pins.": "相机一面，拿着时镜头在引脚上方。",
  "Drawn from the layout of revision 2; the names printed on the board decide. Do not touch VIN, the neighbour of SBL.":
    "按第 2 版的布局绘制；以板上印的名称为准。不要碰 SBL 旁边的 VIN。",
  "Write the flash configuration block": "写入闪存配置块",
  "The flash configuration block at {1} is not there or does not fit the camera's flash.":
    "{1} 处没有闪存配置块，或与相机的闪存不符。",
  "The flash configuration block at {1} is valid: version {2}, {3} in sectors of {4} bytes.":
    "{1} 处的闪存配置块有效：版本 {2}，{3}，扇区 {4} 字节。",
  "The sector at {1} is not blank.": "{1} 处的扇区不是空白。",
  "The first sector of the file system at {1} is blank.": "{1} 处文件系统的第一个扇区是空白。",
  "The flash at {1} holds {2}, and {3} has {4} there.":
    "闪存在 {1} 处的内容是 {2}，而 {3} 在此处为 {4}。",
  "the camera in its ROM (1fc9:0135)": "处于 ROM 的相机 (1fc9:0135)",
  "Bring the camera into recovery mode": "让相机进入恢复模式",
  "The camera is in its ROM.": "相机处于 ROM。",
  "The flashloader already runs in the camera's RAM.": "flashloader 已在相机的 RAM 中运行。",
  "Start the flashloader in the camera's RAM": "在相机的 RAM 中启动 flashloader",
  "The ROM does not answer: it still waits for the rest of an earlier upload.":
    "ROM 没有应答：它仍在等待上一次上传的剩余部分。",
  "the flashloader (15a2:0073)": "flashloader (15a2:0073)",
  "The ROM started {1}, but no flashloader appeared within {2} s.":
    "ROM 启动了 {1}，但 {2} 秒内没有出现 flashloader。",
  "its ROM": "ROM",
  "FORCE_INTERNAL_BOOT is burnt: the chip never looks at the jumper again":
    "FORCE_INTERNAL_BOOT 已烧写：芯片再也不看跳线",
  "SDP_DISABLE is burnt: the chip never takes programs over USB again":
    "SDP_DISABLE 已烧写：芯片再也不从 USB 接收程序",
  "Burn the boot-source fuse (word 6, bit 4): from then on the chip starts from its flash. This can never be undone. It is needed once in the life of a camera; without it the camera stays in recovery mode.":
    "烧写启动源熔丝（字 6，位 4）：此后芯片从闪存启动。此操作永远无法撤销。每台相机一生只需要一次；没有它，相机会一直停留在恢复模式。",
  "Fuse word 6 is {1}: {2}.": "熔丝字 6 为 {1}：{2}。",
  "The fuses make the chip start from boot device {1}; an OpenMV Cam RT1062 starts from FlexSPI NOR (0).":
    "熔丝使芯片从启动设备 {1} 启动；OpenMV Cam RT1062 从 FlexSPI NOR (0) 启动。",
  "Fuse word 6 is {1}, which no new camera has: its boot-source fuse is not burnt.":
    "熔丝字 6 为 {1}，新相机都不是这样：其启动源熔丝未烧写。",
  "The boot fuses are locked and cannot be burnt any more.": "启动熔丝已锁定，无法再烧写。",
  "Burn the boot-source fuse": "烧写启动源熔丝",
  "boot-source fuse (word 6, bit 4)": "启动源熔丝（字 6，位 4）",
  "was set already": "原本已烧写",
  "is set": "已烧写",
  "The boot-source fuse is not set although the chip accepted it (word 6 is {1}).":
    "启动源熔丝没有烧写，尽管芯片接受了（字 6 为 {1}）。",
  "The boot-source fuse {1}: word 6 reads {2}.": "启动源熔丝{1}：字 6 读出为 {2}。",
  "its bootloader": "引导程序",
  "The device 15a2:0073 runs bootloader {1}; an OpenMV Cam RT1062 has {2}.":
    "设备 15a2:0073 运行引导程序 {1}；OpenMV Cam RT1062 的是 {2}。",
  "The device 15a2:0073 runs a bootloader that is neither of those of an OpenMV Cam RT1062.":
    "设备 15a2:0073 运行的引导程序不是 OpenMV Cam RT1062 的任何一个。",
  "The camera is in its own bootloader (SBL), not in the flashloader that restores it.":
    "相机处于自己的引导程序 (SBL)，而不是恢复它的 flashloader。",
  "The camera is in the flashloader in its RAM, not in its own bootloader (SBL).":
    "相机处于 RAM 中的 flashloader，而不是自己的引导程序 (SBL)。",
  "The chip is closed (HAB): it runs only programs signed with its owner's key, and OpenMV's are not.":
    "芯片已封闭 (HAB)：它只运行用其所有者密钥签名的程序，而 OpenMV 的没有。",
  "The camera's flash has {1} KiB in sectors of {2} bytes; an OpenMV Cam RT1062 has {3} KiB and {4}.":
    "相机的闪存有 {1} KiB，扇区 {2} 字节；OpenMV Cam RT1062 有 {3} KiB 和 {4}。",
  "an unknown number of": "未知数量的",
  "Catch the camera's own bootloader": "截住相机自己的引导程序",
  "The camera's own bootloader answers.": "相机自己的引导程序有应答。",
  "The camera is in its ROM: its jumper is fitted, or its bootloader is gone.":
    "相机处于 ROM：跳线接着，或者引导程序已丢失。",
  "the camera's own bootloader (15a2:0073)": "相机自己的引导程序 (15a2:0073)",
  "{1}, right after it is plugged in": "刚插入后的{1}",
  "A camera whose firmware is half written shows no bootloader at all: restore brings it back.":
    "固件只写了一半的相机完全不显示引导程序：restore 可以恢复它。",
  "Connect to a bootloader of the camera": "连接相机的引导程序",
  "The camera is in its ROM, which cannot read the flash: the image flashloader (sdphost_flash_loader.bin) is needed.":
    "相机处于 ROM，ROM 无法读取闪存：需要镜像 flashloader (sdphost_flash_loader.bin)。",
  "Write the bootloader (SBL)": "写入引导程序 (SBL)",
  "Compare the {1}": "比较{1}",
  "Set up the external flash and read the fuses": "设置外部闪存并读取熔丝",
  "The camera holds no firmware, and none was given: with a bootloader alone it would not start.":
    "相机中没有固件，也没有给出：只有引导程序它不会启动。",
  "Let the camera go on": "让相机继续运行",
  "The flashloader stays in the camera's RAM.": "flashloader 留在相机的 RAM 中。",
  "Read {1}": "读取{1}",
  "Read {1} bytes from {2}.": "从 {2} 读取 {1} 字节。",
  "{1} bytes from {2} are not all inside of the flash ({3} to {4}).":
    "从 {2} 起的 {1} 字节不全在闪存内（{3} 至 {4}）。",
  "i.MX RT1062 ROM (serial download)": "i.MX RT1062 ROM（串行下载）",
  "NXP bootloader (the camera's own, or the one loaded into RAM)":
    "NXP 引导程序（相机自己的，或加载到 RAM 的）",
  "OpenMV Cam RT1062, running": "OpenMV Cam RT1062，正在运行",
  "Start the camera": "启动相机",
  "The camera cannot start yet: its boot-source fuse is not set.":
    "相机还不能启动：启动源熔丝没有烧写。",
  "The camera's own bootloader starts ({1}).": "相机自己的引导程序启动（{1}）。",
  "the camera starting by itself (15a2:0073 or 37c5:1060)":
    "相机自行启动（15a2:0073 或 37c5:1060）",
  "the running camera (37c5:1060)": "正在运行的相机 (37c5:1060)",
  "the camera after its reset": "复位后的相机",
  "Start the firmware": "启动固件",
  "The camera runs its firmware (37c5:1060).": "相机正在运行其固件 (37c5:1060)。",
  "a firmware for this camera": "用于此相机的固件",
  "no flash configuration block (FCFB) stands there": "那里没有闪存配置块 (FCFB)",
  "no image vector table (IVT) stands there": "那里没有镜像向量表 (IVT)",
  "the initial stack pointer {1} is not in the chip's RAM": "初始栈指针 {1} 不在芯片的 RAM 中",
  "the reset vector {1} is not an odd address inside of this firmware ({2} to {3})":
    "复位向量 {1} 不是此固件内的奇数地址（{2} 至 {3}）",
  "its IVT is made for address {1}, and this one belongs at {2}":
    "它的 IVT 为地址 {1} 制作，而这里应为 {2}",
  "its boot data are outside of the file": "它的启动数据在文件之外",
  "its boot data tell of {1} bytes from {2}, and the file makes {3} from {4}":
    "它的启动数据为 {2} 起的 {1} 字节，而文件为 {4} 起的 {3} 字节",
  "its entry {1} is not an odd address inside of the image": "它的入口 {1} 不是镜像内的奇数地址",
  "it is made for address {1}, and belongs at {2}": "它为地址 {1} 制作，而应位于 {2}",
  "The OpenMV Cam RT1062 takes no image for {1}.": "OpenMV Cam RT1062 不接受{1}的镜像。",
};
