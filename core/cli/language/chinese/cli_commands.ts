import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_commands: Catalogue = {
  "--allow-fuse {1}: {2}": "--allow-fuse {=1}：{2}",
  "--allow {1}: {2}": "--allow {=1}：{2}",
  "No camera is on the USB bus.": "USB 总线上没有相机。",
  "mode {1}": "模式 {1}",
  "one of: {1}": "其中之一：{1}",
  "serial {1}": "序列号 {1}",
  "cannot be opened: {1}": "无法打开：{1}",
  "port {1}  {2}  {3}": "端口 {1}  {2}  {3}",
  "unknown device": "未知设备",
  "Watching the USB bus; stop with Ctrl-C.": "正在监视 USB 总线；按 Ctrl-C 停止。",
  "Wrote {1}.": "已写入 {1}。",
  "the camera": "相机",
  "The camera is still on the USB bus: is every cable of it unplugged?":
    "相机仍在 USB 总线上：它的所有线缆都拔下了吗？",
  "The bus does not show it yet; unbrick goes on waiting.": "总线上还没有看到；unbrick 继续等待。",
  "Stopping as soon as the running transfer is over ...": "当前传输结束后立即停止 ...",
  "The licence texts are put into the executable when it is built; this unbrick runs from its source.":
    "许可证文本在构建可执行文件时放入；此 unbrick 从源代码运行。",
  "This program contains:": "本程序包含：",
  'There is no job "{1}". {2}': "没有任务“{=1}”。{2}",
  "Plan: {1} {2}": "计划：{1} {2}",
  ', needs the consent "{1}"': "，需要同意“{=1}”",
  "{1}. {2} ({3}, about {4}{5})": "{1}. {2}（{3}，约 {4}{5}）",
  "changes nothing": "不改变任何内容",
  "read needs a file to write to: -o FILE.": "read 需要指定要写入的文件：-o FILE。",
  "--address and --length belong together.": "--address 和 --length 必须同时使用。",
  "--count must be at least 1.": "--count 必须至少为 1。",
  "A station asks nobody before it writes to a camera.": "工位模式在写入相机之前不询问任何人。",
  "No command was given, and nobody can be asked for one.": "没有给出命令，也无人可以询问。",
  "Brings back OpenMV cameras. Leave at any time with Ctrl-C.":
    "恢复 OpenMV 相机。随时可按 Ctrl-C 离开。",
  "What is wrong with the camera?": "相机有什么问题？",
  "It is dead: no sign of life on USB after a reset": "完全没有反应：复位后 USB 上没有任何迹象",
  "restores the bootloader, then the firmware": "先恢复引导程序，再恢复固件",
  "It shows up on USB, but its firmware does not work": "它在 USB 上可见，但固件不工作",
  "writes the firmware again": "重新写入固件",
  "I want to know whether what is in it is intact": "我想知道其中的内容是否完好",
  "writes nothing": "不写入任何内容",
};
