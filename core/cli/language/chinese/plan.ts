import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const plan: Catalogue = {
  "Write an image in which nothing says for which board it was made. Written to another board, it does not start.":
    "写入一个没有标明适用于哪块板子的镜像。若写到别的板子上，它不会启动。",
  "Nothing in {1} says which board it is made for. Written to another board than the {2}, it does not start.":
    "{1} 中没有说明它用于哪种板子。写到 {2} 以外的板子上，它不会启动。",
  "Checking first: {1}": "先检查：{1}",
  "Writing to the camera was declined.": "已拒绝写入相机。",
  '"{1}" was left out: it needs the consent "{2}".': "“{1}”已略过：它需要同意“{=2}”。",
  "The camera gave no proof for: {1}.": "相机没有给出证明：{1}。",
  "{1} the {2}: write {3}.": "{1} {2}：写入{3}。",
  "Another device came to port {1}: {2}. It is left alone.":
    "端口 {1} 上来了另一个设备：{2}。不处理它。",
  "A camera came to port {1}, but this run works on port {2}: plug it in there.":
    "端口 {1} 上来了一台相机，但此次运行使用端口 {2}：请插到那里。",
  'The camera came as "{1}", which is not what is waited for.': "相机显示为“{1}”，这不是所等待的。",
  "The camera started normally: the jumper between {1} was not in place when the power came.":
    "相机正常启动了：通电时 {1} 之间的跳线没有接好。",
  "The camera started normally: the recovery switch was not on when the power came.":
    "相机正常启动了：通电时恢复开关没有打开。",
  "The camera is in its ROM again: the jumper between {1} was still in place when the power came.":
    "相机又处于 ROM：通电时 {1} 之间的跳线仍然接着。",
  "The camera is in its recovery mode again: the switch was still on when the power came.":
    "相机又处于恢复模式：通电时开关仍然打开。",
  "The camera started its firmware before its bootloader could be caught: it must be plugged in once more.":
    "在能截住引导程序之前，相机就启动了固件：必须再插一次。",
  "Unplug the camera from every cable.": "拔下相机的所有线缆。",
  "Plug the camera into USB again.": "重新把相机插到 USB。",
  "The {1} equals {2} ({3}).": "{1}与 {2} 相同（{3}）。",
  "{1} of the file's {2} bytes": "文件 {2} 字节中的 {1} 字节",
  'The {1} has no region "{2}"; it has {3}.': "{1} 没有区域“{=2}”；它有 {=3}。",
  "{1} devices may be the {2}. Which one is it?": "有 {1} 个设备可能是 {2}。是哪一个？",
};
