import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const device: Catalogue = {
  "The {1} is no longer in {2}.": "{1} 已不在 {2} 中。",
  "The camera was unplugged from port {1} and is now on port {2}.":
    "相机从端口 {1} 拔出，现在在端口 {2}。",
  "Waited for {1}, but it did not come; seen instead: {2}.": "等待{1}，但没有出现；看到的是：{2}。",
  "Waited for {1}, but it did not come.": "等待{1}，但没有出现。",
  "{1} on port {2} (does not answer)": "端口 {2} 上的 {1}（没有应答）",
  "{1} on port {2}": "端口 {2} 上的 {1}",
  "This run has no access to serial ports.": "此次运行无法使用串口。",
  "The USB device {1} on port {2} does not answer.": "端口 {2} 上的 USB 设备 {1} 没有应答。",
  "The device on port {1} did not leave the bus.": "端口 {1} 上的设备没有离开总线。",
};
