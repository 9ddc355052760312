import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const ffi: Catalogue = {
  "The connection to {1} is gone: it left the bus.": "与 {1} 的连接断开：它离开了总线。",
  "This user may not open {1}.": "此用户无权打开 {1}。",
  "Another program holds {1}.": "另一个程序占用 {1}。",
  "No answer in time from {1}.": "{1} 没有及时应答。",
  "{1} is not ready any more.": "{1} 不再就绪。",
  "macOS does not permit unbrick to use {1}.": "macOS 不允许 unbrick 使用 {1}。",
  "No answer from {1}.": "{1} 没有应答。",
  "A request was refused (STALL) by {1}.": "{1} 拒绝了请求 (STALL)。",
  "macOS failed to handle {1}.": "macOS 处理 {1} 失败。",
  "An interface that is needed does not exist in {1}.": "{1} 中没有所需的接口。",
  "More data than was asked for came from {1}.": "{1} 发来的数据比请求的多。",
  "The work with {1} was ended.": "与 {1} 的工作已结束。",
  "{1} to take a report": "{1} 接收报告",
  "A text that was asked for does not exist in {1}.": "{1} 中没有所请求的文本。",
  "macOS passes only HID reports on to {1}; something else was asked for.":
    "macOS 只向 {1} 转发 HID 报告；而请求的是别的内容。",
  "the USB device {1} on port {2}": "端口 {2} 上的 USB 设备 {1}",
  "macOS does not let unbrick see its HID devices.": "macOS 不让 unbrick 看到其 HID 设备。",
  "The operating system does not let unbrick see its USB devices.":
    "操作系统不让 unbrick 看到其 USB 设备。",
  "A transfer with {1} broke on the wire, as with a bad cable or a crashed device.":
    "与 {1} 的传输在线路上中断，可能是线缆不良或设备崩溃。",
  "The operating system failed to handle {1}.": "操作系统处理 {1} 失败。",
  "unbrick asked for something impossible of {1}.": "unbrick 对 {1} 提出了不可能的要求。",
  "After a reset {1} did not come back as the same device.": "复位后，{1} 没有作为同一设备回来。",
  "Windows has no WinUSB driver for {1}.": "Windows 没有用于 {1} 的 WinUSB 驱动。",
  "Another program, or a driver of the system, holds {1}.": "另一个程序或系统的驱动占用 {1}。",
  "The operating system broke off a call for {1}.": "操作系统中断了对 {1} 的调用。",
  "The operating system has no memory left for {1}.": "操作系统没有内存可用于 {1}。",
  "The operating system is too old for the USB library.": "操作系统对于此 USB 库来说太旧。",
  "The operating system cannot do what is needed with {1}.": "操作系统无法对 {1} 执行所需的操作。",
  "the USB library": "USB 库",
  "The USB bus was closed meanwhile.": "USB 总线在此期间已关闭。",
  "Only {1} of {2} bytes were taken by {3}.": "{3} 只接收了 {2} 字节中的 {1} 字节。",
  "its devices": "其设备",
  "This system has no USB: its kernel offers no USB bus, as in a container or a small virtual machine.":
    "此系统没有 USB：其内核不提供 USB 总线，如在容器或小型虚拟机中。",
  "There is no memory for a USB transfer.": "没有内存用于 USB 传输。",
  "The operating system hangs: {1} has not come back within {2} s.":
    "操作系统没有响应：{1} 在 {2} 秒内没有返回。",
  "The operating system hangs: {1} for {2} has not come back within {3} s.":
    "操作系统没有响应：对 {2} 的 {1} 在 {3} 秒内没有返回。",
  "There is no library {1}.": "没有库 {1}。",
  "{1} cannot be used as a library: {2}": "{1} 不能用作库：{2}",
  "from {1} ({2})": "从 {1}（{2}）",
  "from anywhere (no folder is known)": "从任何地方（没有已知的文件夹）",
  "The system does not let unbrick load its library {1} {2}.":
    "系统不让 unbrick 加载其库 {1}：{2}。",
  "nothing may run there": "那里不允许运行任何程序",
  "unbrick does not know the operating system {1}.": "unbrick 不认识操作系统 {1}。",
  "The {1} {2} is not part of this program and was not built in {3}.":
    "{1} {2} 不在本程序中，也没有构建到 {3}。",
  "USB library": "USB 库",
  "HID library": "HID 库",
  "The serial adapter {1} cannot work at {2} baud; the nearest it does is {3}.":
    "串口适配器 {1} 无法以 {2} 波特工作；最接近的是 {3}。",
  "Nothing came from {1}": "没有收到来自 {1} 的数据",
  "{1} did not take what was sent": "{1} 没有接收所发送的数据",
  "The port {1} was closed meanwhile.": "端口 {1} 在此期间已关闭。",
  "{1} in {2} ms.": "{1}，{2} 毫秒内。",
  "The serial port {1} left: its device was unplugged or reset.":
    "串口 {1} 消失：其设备被拔出或复位。",
  "This user may not open the serial port {1}.": "此用户无权打开串口 {1}。",
  "Another program holds the serial port {1}.": "另一个程序占用串口 {1}。",
  "{1} is no serial port that can be set up.": "{1} 不是可以设置的串口。",
  "The operating system failed with the serial port {1} (errno {2}).":
    "操作系统处理串口 {1} 失败（errno {2}）。",
  "The operating system has no file descriptors left.": "操作系统没有剩余的文件描述符。",
  "The serial adapter {1} cannot work at {2} baud.": "串口适配器 {1} 无法以 {2} 波特工作。",
  "Windows failed with the serial port {1} (error {2}).": "Windows 处理串口 {1} 失败（错误 {2}）。",
};
