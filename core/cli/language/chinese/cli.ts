import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli: Catalogue = {
  'There is no board "{1}". {2}': "没有板子“{=1}”。{2}",
  "No camera is on the USB bus, and no board was named.": "USB 总线上没有相机，也没有指定板子。",
  "Several cameras are connected. Which one is it?": "连接了多台相机。是哪一台？",
  "The {1} does not tell which camera it is. Which one is it?":
    "{1} 没有说明是哪种相机。是哪一种？",
  "You chose it.": "您选择了它。",
  "It tells itself what it is.": "它自己说明了是什么。",
  "What the camera tells fits no board: {1}": "相机报告的内容与任何板子都不符：{1}",
  "{1}Which camera do you want to {2}?": "{1}您要{2}哪种相机？",
  "the key built into unbrick": "unbrick 内置的密钥",
  "named with --images": "用 --images 指定",
  "the images inside this program": "本程序内的镜像",
  'The {1} has no image role "{2}". {3}': "{1} 没有镜像角色“{=2}”。{3}",
  "The name {1} does not tell what it is for: write ROLE=FILE with a role of {2}.":
    "从名称 {1} 看不出它的用途：请写 ROLE=FILE，角色为 {=2} 之一。",
  "{1} of {2} is made for simulated cameras only and never written to a real one.":
    "{2} 中的 {1} 只用于模拟相机，绝不会写入真实相机。",
  "{1} of {2} are made for simulated cameras only and never written to a real one.":
    "{2} 中的 {1} 只用于模拟相机，绝不会写入真实相机。",
  "Stopped by the user.": "已由用户停止。",
  "{1} is there already and will not be overwritten.": "{1} 已存在，不会被覆盖。",
  "Yes": "是",
  "No": "否",
  "{1} Type {2} to agree, or only Enter to leave it.":
    "{1} 输入 {=2} 表示同意，只按 Enter 则放弃。",
  "That is not {1}.": "这不是 {=1}。",
  "type a part of the name, or use the arrows": "输入名称的一部分，或使用方向键",
  "Press Enter to close this window.": "按 Enter 关闭此窗口。",
  'There is nothing to permit by the name "{1}". {2}': "没有名为“{=1}”的可允许项。{2}",
  "Connect the camera.": "连接相机。",
  "Unplug the camera.": "拔下相机。",
};
