import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const station: Catalogue = {
  "The system does not tell which USB port this camera is on ({1}), so that it could be mixed up with another one.":
    "系统没有说明此相机在哪个 USB 端口（{1}），因此可能与另一台混淆。",
  "The {1} cannot be used.": "{1} 无法使用。",
  "This is no {1}, but an unknown device ({2}).": "这不是 {1}，而是未知设备（{2}）。",
  "This is no {1}, but: {2}.": "这不是 {1}，而是：{2}。",
  "The serial port {1} does not hang on USB port {2}.": "串口 {1} 不在 USB 端口 {2} 上。",
  "The system does not tell which serial adapter is on which USB port: connect one such camera at a time.":
    "系统没有说明哪个串口适配器在哪个 USB 端口：请一次只连接一台这样的相机。",
  "Nothing answers behind this adapter: it is a cable, or the {1} must be plugged in again with its recovery switch on.":
    "此适配器后面没有应答：它只是一根线，或者必须打开恢复开关后重新插入 {1}。",
  "The station has all the cameras it was asked for.": "工位已处理完所要求的全部相机。",
  "What runs on port {1} wanted the device on port {2}.":
    "端口 {1} 上的运行要使用端口 {2} 上的设备。",
};
