import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const dfu: Catalogue = {
  "The camera announces a DFU transfer size of 0 bytes.": "相机声明的 DFU 传输大小为 0 字节。",
  "finish its earlier work": "完成之前的工作",
  "The camera is in DFU state {1}, from which no request leads out.":
    "相机处于 DFU 状态 {1}，没有请求可以离开此状态。",
  "The camera does not come back to the DFU state dfuIDLE.": "相机没有回到 DFU 状态 dfuIDLE。",
  "The camera did not {1} within {2}.": "相机没有在 {2} 内{1}。",
  "The camera could not {1}: it reported {2} ({3}).": "相机无法{1}：它报告 {2}（{3}）。",
  "Asked to {1}, the camera answered {2} with status {3}, which cannot be.":
    "要求相机“{1}”时，它以状态 {3} 应答 {2}，这不可能。",
  "{1} written at {2}": "在 {2} 写入 {1}",
  "mass erase": "全片擦除",
  "read unprotect": "解除读保护",
  "This device has no DfuSe interface.": "此设备没有 DfuSe 接口。",
  "At {1} the camera holds {2} instead of {3}.": "相机在 {1} 处的内容是 {2}，应为 {3}。",
  "go to": "转到",
  "erase the sector at": "擦除扇区，位于",
  "write {1} at {2}": "在 {2} 写入 {1}",
  "Asked for {1} bytes at {2}, the camera sent {3}.": "请求 {2} 处的 {1} 字节，相机发送了 {3}。",
  "start the program": "启动程序",
  "remove its read protection": "解除其读保护",
  "The camera never finished erasing the sector at {1}, and it is not blank.":
    "相机一直没有擦完 {1} 处的扇区，且它不是空白。",
  "The chip is protected: it lets nobody read, erase or write its flash.":
    "芯片受保护：不允许任何人读取、擦除或写入其闪存。",
  "There is nothing to write: 0 bytes.": "没有可写入的内容：0 字节。",
  "{1} is not a multiple of {2}, which this chip writes at once.":
    "{1} 不是 {2} 的倍数，而此芯片一次写入这么多。",
  'unbrick does not write "{1}": it could make the chip unusable for ever.':
    "unbrick 不写入“{=1}”：它可能使芯片永远无法使用。",
  'The camera describes its memory as "{1}": {2}.': "相机描述的存储器为“{=1}”：{2}。",
  "that is not an ST memory layout": "这不是 ST 的存储器布局",
  '"{1}" is not an address': "“{=1}”不是地址",
  "a sector of no size": "有大小为零的扇区",
  "it ends beyond 4 GiB": "它超出 4 GiB",
  "it names no memory": "它没有指定存储器",
  "The memory at {1} is not {2}.": "{1} 处的存储器不是 {2}。",
  'The camera has no memory at {1} in "{2}".': "相机在“{=2}”中没有位于 {1} 的存储器。",
  "This device has no DFU interface.": "此设备没有 DFU 接口。",
  "The partition {1} ended after {2} of {3} bytes.": "分区 {1} 在 {3} 字节中的 {2} 处结束。",
  "{1} do not fit in the partition {2} of {3}.": "{1} 放不进大小为 {3} 的分区 {2}。",
  "write {1} at offset {2} of {3}": "在 {3} 的偏移 {2} 写入 {1}",
  "complete the partition {1}": "完成分区 {1}",
  "The partition {1} ends at offset {2}, before the data does.":
    "分区 {1} 在偏移 {2} 结束，数据还没有完。",
  "At offset {1} the partition {2} holds {3} instead of {4}.":
    "在偏移 {1}，分区 {2} 的内容是 {3}，应为 {4}。",
  "no error": "没有错误",
  "the data or the address is not meant for this device": "数据或地址不是给此设备的",
  "the data fails a check of the device": "数据没有通过设备的检查",
  "the device cannot write its memory": "设备无法写入其存储器",
  "the device cannot erase its memory": "设备无法擦除其存储器",
  "the memory was not blank after the erase": "擦除后存储器不是空白",
  "programming the memory failed": "存储器编程失败",
  "the device read back something else than it programmed": "设备回读的内容与编程的不同",
  "the address lies outside the memory": "地址在存储器之外",
  "the end of the data came too early": "数据过早结束",
  "the device has no complete firmware to return to": "设备没有完整的固件可以返回",
  "an error of the maker's own; on ST chips the memory is protected":
    "厂商自己的错误；在 ST 芯片上表示存储器受保护",
  "an unexpected USB reset": "意外的 USB 复位",
  "an unexpected power-on reset": "意外的上电复位",
  "something unknown went wrong in the device": "设备内部发生未知错误",
  "the device got a request it did not expect": "设备收到意料之外的请求",
  "state {1}": "状态 {1}",
  "no specification knows this status": "没有规范定义此状态",
  "read back": "回读",
  "The camera left the USB bus while it was being {1} at {2} ({3} %).":
    "相机在 {2} 处被{1}时离开了 USB 总线（{3} %）。",
  "The camera answered GETSTATUS with {1} bytes instead of 6.":
    "相机用 {1} 字节应答 GETSTATUS，应为 6 字节。",
  "STM32 system bootloader (its names cannot be read)": "STM32 系统引导程序（无法读取其名称）",
};
