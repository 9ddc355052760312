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
  "the bundled images": "内置镜像",
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
  "the whole file: {1} bytes, sha256 {2}": "整个文件：{1} 字节，sha256 {2}",
  "read needs a file to write to: -o FILE.": "read 需要指定要写入的文件：-o FILE。",
  "--address and --length belong together.": "--address 和 --length 必须同时使用。",
  "--count must be at least 1.": "--count 必须至少为 1。",
  "A station asks nobody before it writes to a camera.": "工位模式在写入相机之前不询问任何人。",
  "The simulated cameras came and went, and the job could not begin with all of them.":
    "模拟相机来过又离开了，作业没能在所有相机上开始。",
  "No command was given, and nobody can be asked for one.": "没有给出命令，也无人可以询问。",
  "Brings back OpenMV cameras. Leave at any time with Ctrl-C.":
    "恢复 OpenMV 相机。随时可按 Ctrl-C 离开。",
  "None of these: mine does not show up": "都不是：我的相机没有显示出来",
  "Which camera is it about?": "是哪台相机？",
  "Which camera is it? Its name is printed on it; or see how it looks.":
    "是哪种相机？名称印在上面；也可以看它的外观。",
  "It is dead: nothing of it shows up on USB": "完全没有反应：USB 上看不到它的任何迹象",
  "It shows up on USB, but its firmware does not work": "它在 USB 上可见，但固件不工作",
  "I only want to know whether it is intact; nothing is written":
    "我只想知道它是否完好；不写入任何内容",
  "What is wrong with the camera?": "相机有什么问题？",
  "Try it again now? What is written already stays.": "现在再试一次吗？已经写入的内容会保留。",
  "Where are the images? Type the folder or zip of an OpenMV firmware release, or only Enter to leave.":
    "镜像在哪里？输入 OpenMV 固件发布包的文件夹或 zip，只按 Enter 则离开。",
  "Where is OpenMV IDE? Its folder has the flash loader that is missing. Type that folder, or only Enter to leave.":
    "OpenMV IDE 在哪里？它的文件夹中有所缺的 flash loader。请输入该文件夹，或只按 Enter 离开。",
  "Where are Alif's SE Tools? Their folder has the package that is missing. Type that folder, or only Enter to leave.":
    "Alif 的 SE Tools 在哪里？它的文件夹中有所缺的软件包。请输入该文件夹，或只按 Enter 离开。",
  "Practice: the camera is simulated, no device is touched.":
    "练习：相机是模拟的，不接触任何设备。",
  "Without USB only a simulated camera can be worked on. Practise on one?":
    "没有 USB，只能使用模拟相机。要在模拟相机上练习吗？",
  "port {1}: {2}": "端口 {1}：{2}",
  "Its firmware runs.": "它的固件在运行。",
  "Its bootloader runs: firmware can be written.": "它的引导程序在运行：可以写入固件。",
  "The ROM bootloader of its chip runs: it can be restored.":
    "其芯片的 ROM 引导程序在运行：可以恢复它。",
  "A loader runs in its memory: a restore was begun.":
    "它的内存中有加载程序在运行：恢复已经开始过。",
  "That is how a dead camera looks, but also one on a cable that only charges.":
    "变砖的相机看起来就是这样，但接在只能充电的线缆上的相机也是这样。",
  "On the USB bus now:": "USB 总线上现在有：",
  "port {1}: unknown device {2}": "端口 {1}：未知设备 {2}",
  "It cannot be opened: {1}": "无法打开它：{1}",
  "It is one of: {1}.": "它是以下之一：{1}。",
  "It may be a camera, or another device with the same adapter.":
    "它可能是相机，也可能是使用同样适配器的其他设备。",
};
