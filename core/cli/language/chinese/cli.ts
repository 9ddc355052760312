import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli: Catalogue = {
  'There is no board "{1}". {2}': "没有板子“{=1}”。{2}",
  "a defect of unbrick itself": "unbrick 自身的缺陷",
  "the command line cannot be understood": "命令行无法理解",
  "no such device, file or image": "没有这样的设备、文件或镜像",
  "the system does not let this user open the device": "系统不让此用户打开设备",
  "no driver, or the wrong one": "没有驱动，或驱动不对",
  "another program holds the device": "另一个程序占用设备",
  "the device left the bus in the middle of the work": "设备在工作中途离开了总线",
  "a deadline passed": "超过期限",
  "the device refused a transfer": "设备拒绝了传输",
  "the device answered what the protocol does not allow": "设备的应答不符合协议",
  "the device reported a named error": "设备报告了有名称的错误",
  "device or image belongs to another board, or the board does not offer the job":
    "设备或镜像属于另一种板子，或板子不提供该任务",
  "a file is damaged or cannot be what it is given for": "文件已损坏，或不可能是所给的用途",
  "the chip is protected against reading or writing": "芯片受读写保护",
  "what was read back is not what was written": "回读的内容不是写入的内容",
  "an answer or a consent was needed that nobody could give": "需要应答或同意，但无人可以给出",
  "stopped by the user": "由用户停止",
  "done, and proven by the camera": "完成，并由相机证明",
  "The kind is what --json calls the error.": "kind 是 --json 对错误的称呼。",
  "unbrick dfu-util ends with dfu-util's own exit codes, made true: 0 only after reading back.":
    "unbrick dfu-util 以 dfu-util 自己的退出码结束，并使其真实：只有回读之后才为 0。",
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
  "Type a number from 1 to {1} and press Enter.": "输入 1 到 {1} 的数字，然后按 Enter。",
  "Type y and press Enter to agree, or press only Enter to refuse.":
    "输入 y 并按 Enter 表示同意，只按 Enter 表示拒绝。",
  "{1} Type {2} to agree, or only Enter to leave it.":
    "{1} 输入 {=2} 表示同意，只按 Enter 则放弃。",
  "That is not {1}.": "这不是 {=1}。",
  "Yes": "是",
  "No": "否",
  "type a part of the name, or use the arrows": "输入名称的一部分，或使用方向键",
  "No camera has this name.": "没有叫这个名字的相机。",
  "Press Enter to close this window.": "按 Enter 关闭此窗口。",
  'There is nothing to permit by the name "{1}". {2}': "没有名为“{=1}”的可允许项。{2}",
  "{1} is in no image set that is signed with the pinned key {2}.":
    "没有任何由固定密钥 {2} 签名的镜像集包含 {1}。",
  "There is no camera {1} for the trap {2}: {3} simulated cameras come.":
    "陷阱 {2} 所指的第 {1} 台相机不存在:只会出现 {3} 台模拟相机。",
  "Connect the camera.": "连接相机。",
  "Unplug the camera.": "拔下相机。",
};
