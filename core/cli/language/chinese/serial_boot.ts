import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const serial_boot: Catalogue = {
  "{1} at offset {2}: {3}": "{1}，偏移 {2} 处：{3}",
  "the file is empty.": "文件是空的。",
  "this is an ELF file (.stldr); the raw flash loader for OpenBootloader is needed.":
    "这是 ELF 文件 (.stldr)；需要用于 OpenBootloader 的裸闪存加载程序。",
  "a flash loader has at most {1}, this file {2}.": "闪存加载程序最多 {1}，此文件为 {2}。",
  "no pointer to the function {1}: this is not a flash loader for {2}.":
    "没有指向函数 {1} 的指针：这不是用于 {2} 的闪存加载程序。",
  "{1}, line {2}, column {3}{4}: {5}": "{1}，第 {2} 行，列 {3}{4}：{5}",
  "the layout has no rows.": "布局没有行。",
  "the file is too large for a layout.": "文件对于布局来说太大。",
  "a zero byte: this is not a text file.": "有零字节：这不是文本文件。",
  "this is not a text file (invalid UTF-8).": "这不是文本文件（UTF-8 无效）。",
  "the row has {1} columns, 7 are needed ({2}; TABs between).":
    "该行有 {1} 列，需要 7 列（{2}；之间用 TAB）。",
  '"{1}" has the letter "{2}"; only P, E, D or a single - can stand here.':
    "“{=1}”有字母“{=2}”；这里只能是 P、E、D 或单个 -。",
  '"{1}" lacks the P that makes it a row to program.': "“{=1}”缺少表示要编程的 P。",
  "{1} is not an id of a row (0x00 to 0xF0).": "{1} 不是行的 id（0x00 至 0xF0）。",
  '"{1}" is not a type (Binary, FIP, System, FileSystem or RawImage).':
    "“{=1}”不是类型（Binary、FIP、System、FileSystem 或 RawImage）。",
  '"{1}" is not a memory (none, ram, nor0, mmc0, nand0, spi-nand0).':
    "“{=1}”不是存储器（none、ram、nor0、mmc0、nand0、spi-nand0）。",
  '"{1}" starts with 0, which the camera would read as an octal number; write 0x… or no 0.':
    "“{=1}”以 0 开头，相机会当作八进制数；请写 0x… 或去掉 0。",
  '"{1}" is not a number (decimal, or hexadecimal with 0x).':
    "“{=1}”不是数字（十进制，或以 0x 开头的十六进制）。",
  "{1} does not fit in 32 bits.": "{1} 放不进 32 位。",
  "this is not an STM32 image (it does not start with STM2).":
    "这不是 STM32 镜像（它不以 STM2 开头）。",
  "the image ends after {1} bytes, before its code.": "镜像在 {1} 字节后、代码之前结束。",
  "header version 2.1: the image was built for early silicon (Rev Z, Cut 1.1).":
    "头版本 2.1：该镜像为早期硅片制作（Rev Z，Cut 1.1）。",
  "header version {1}; the chip takes only 2.3.": "头版本 {1}；芯片只接受 2.3。",
  "the image is {1} long; the chip takes at most {2}.": "镜像长 {1}；芯片最多接受 {2}。",
  "the file is truncated: {1} bytes, the header says {2}.": "文件被截断：{1} 字节，头中为 {2}。",
  "the payload ends before the vector table.": "有效数据在向量表之前结束。",
  "the checksum is {1}, but the bytes add up to {2}.": "校验和为 {1}，而各字节之和为 {2}。",
  "reserved words of the header are not zero.": "头的保留字不为零。",
  "the stack pointer {1} is not an address in SRAM.": "栈指针 {1} 不是 SRAM 中的地址。",
  "the reset vector {1} is not the entry point {2}.": "复位向量 {1} 不是入口点 {2}。",
  "code right after the header: the image was signed without -align.":
    "代码紧跟在头之后：镜像签名时没有用 -align。",
  "the entry point {1} is not a Thumb address inside the image.":
    "入口点 {1} 不是镜像内的 Thumb 地址。",
  "{1} has {2} bytes behind the end of the image.": "{1} 在镜像末尾之后还有 {2} 字节。",
  "an extension length of {1} bytes cannot be.": "扩展长度不可能是 {1} 字节。",
  "the header's extensions do not add up to its length.": "头的各扩展加起来不等于其长度。",
  "{1}: the layout has {2} characters without its file names; the camera takes at most {3}.":
    "{1}：布局除去文件名有 {2} 个字符；相机最多接受 {3}。",
  "the layout has {1} rows, the camera takes at most {2}.": "布局有 {1} 行，相机最多接受 {2}。",
  "{1} is not a phase of this camera (0x1, 0x3, 0x4, 0x5); its data would be thrown away.":
    "{1} 不是此相机的阶段（0x1、0x3、0x4、0x5）；其数据会被丢弃。",
  "id {1} is used twice.": "id {1} 使用了两次。",
  "row {1} is needed and must not be switched off.": "行 {1} 是必需的，不能关闭。",
  '"{1}" asks to leave {2} empty; nothing would be restored.':
    "“{=1}”要求保持 {2} 为空；什么也不会恢复。",
  "the name is empty.": "名称为空。",
  "the name has characters that are not plain ASCII.": "名称含有非 ASCII 字符。",
  "{1} characters are too long; the camera takes {2}.": "{1} 个字符太长；相机接受 {2}。",
  '"{1}" must be Binary here.': "“{=1}”在这里必须是 Binary。",
  '"{1}" must be {2} for row {3}.': "“{=1}”在行 {3} 中必须是 {2}。",
  '"{1}" is not a number.': "“{=1}”不是数字。",
  "{1} is not a multiple of the erase unit {2}.": "{1} 不是擦除单位 {2} 的倍数。",
  "{1} is beyond the flash ({2}).": "{1} 超出闪存（{2}）。",
  "{1} is outside the bootloader's region, which ends at {2}.":
    "{1} 在引导程序区域之外，该区域结束于 {2}。",
  "row {1} must stand before {2}; the camera goes through the rows in the order of the file.":
    "行 {1} 必须在 {2} 之前；相机按文件的顺序处理各行。",
  "a row with Id {1} is missing.": "缺少 Id 为 {1} 的行。",
  "no file is named.": "没有指定文件。",
  'there is no file "{1}".': "没有文件“{=1}”。",
  '"{1}" is empty.': "“{=1}”是空的。",
  "{1} lies inside the row before, which ends at {2}.": "{1} 位于前一行之内，前一行结束于 {2}。",
  '"{1}" would end at {2}, beyond the flash.': "“{=1}”会结束于 {2}，超出闪存。",
  '"{1}" would end at {2}, outside the bootloader\'s region (up to {3}).':
    "“{=1}”会结束于 {2}，在引导程序区域之外（到 {3} 为止）。",
  "The camera takes blocks of {1} bytes, too few for a layout.":
    "相机接受 {1} 字节的块，对于布局来说太少。",
  "take phase {1}": "接收阶段 {1}",
  "end phase {1}": "结束阶段 {1}",
  "The camera would put phase {1} at {2} instead of {3}.":
    "相机会把阶段 {1} 放在 {2}，而不是 {3}。",
  "The camera refused the layout.": "相机拒绝了布局。",
  "The camera ended without asking for phase {1}.": "相机没有请求阶段 {1} 就结束了。",
  "OpenBootloader is in the middle of an earlier session (phase {1}); it takes nothing more until its power is cut.":
    "OpenBootloader 处于先前会话的中途（阶段 {1}）；断电之前它不再接收任何内容。",
  "The camera asked for phase {1}, which was not expected there.":
    "相机请求了阶段 {1}，这在此处是意外的。",
  "The camera answered the question for its phase with {1} bytes; 9 are needed.":
    "相机用 {1} 字节应答阶段查询；需要 9 字节。",
  "take the first stage": "接收第一级",
  "check the first stage": "检查第一级",
  "The chip's ROM reported an error: {1}.": "芯片的 ROM 报告了错误：{1}。",
  "The device has no DFU interface.": "设备没有 DFU 接口。",
  "The camera offers no partition {1}.": "相机不提供分区 {1}。",
};
