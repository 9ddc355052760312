import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_guide: Catalogue = {
  "The cable is put into the camera": "线缆插入相机",
  "The cable is pulled out of the camera": "线缆从相机拔出",
  "computer": "电脑",
  "The board with {1} marked": "标出了 {1} 的板子",
  "jumper wire": "跳线",
  "wire off": "跳线 取下",
  "no wire": "无跳线",
  "wire": "跳线",
  "{1} is at the {2} of the board, {3}.": "{1} 在板子的{2}，{3}。",
  "Above {1} is {2}.": "{1} 的上方是 {2}。",
  "Below {1} is {2}.": "{1} 的下方是 {2}。",
  "{1} the {2}": "{1} {2}",
  "unbrick: hardware steps": "unbrick：硬件步骤",
  "Written by unbrick {1}. This page is complete in itself and loads nothing.":
    "由 unbrick {1} 写成。此页面自成一体，不加载任何内容。",
  "What you need": "所需物品",
  "USB, one that carries data; into the computer itself, not a hub":
    "USB 线，能传输数据；直接插到电脑上，不经过集线器",
  "one jumper wire": "一根跳线",
  "On the computer": "在电脑上",
  "At the camera": "在相机上",
  "unbrick works": "unbrick 在工作",
  "If the camera does not appear": "如果相机没有出现",
  "Ask unbrick what is in the way:": "询问 unbrick 有什么障碍：",
  "{1} the {2} ({3})": "{1} {2}（{3}）",
  "Files: {1}.": "文件：{1}。",
  "unbrick writes the bootloader and reads it back. Touch nothing until it asks.":
    "unbrick 写入引导程序并回读。在它提出要求之前什么都不要碰。",
  "unbrick flashes the firmware, reads it back and sees the camera start. Where the screen says it in another order, follow the screen.":
    "unbrick 刷写固件、回读，并看到相机启动。如果屏幕上的顺序不同，以屏幕为准。",
  "unbrick flashes the firmware, reads it back and sees the board start.":
    "unbrick 刷写固件、回读，并看到板子启动。",
  "Once on this computer: keep the flash loaders from {1}.":
    "在这台电脑上只需一次：保存{1}中的 flash loader。",
  "unbrick images import FOLDER": "unbrick images import FOLDER",
  "Start with the folder or zip of a firmware release:": "从固件发布包的文件夹或 zip 开始：",
};
