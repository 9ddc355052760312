import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_devices: Catalogue = {
  'There is no board "{1}". {2}': "没有板子“{=1}”。{2}",
  "No camera is on the USB bus, and no board was named.": "USB 总线上没有相机，也没有指定板子。",
  "Several cameras are connected. Which one is it?": "连接了多台相机。是哪一台？",
  "The {1} does not tell which camera it is. Which one is it?":
    "{1} 没有说明是哪种相机。是哪一种？",
  "You chose it.": "您选择了它。",
  "It tells itself what it is.": "它自己说明了是什么。",
  "What the camera tells fits no board: {1}": "相机报告的内容与任何板子都不符：{1}",
  "{1}Which camera do you want to {2}?": "{1}您要{2}哪种相机？",
  "There is no camera {1} for the trap {2}: {3} simulated cameras come.":
    "陷阱 {2} 所指的第 {1} 台相机不存在:只会出现 {3} 台模拟相机。",
  "Connect the camera.": "连接相机。",
  "Unplug the camera.": "拔下相机。",
};
