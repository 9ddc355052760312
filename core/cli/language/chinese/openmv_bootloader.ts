import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const openmv_bootloader: Catalogue = {
  "The camera left its bootloader before it could be held there.":
    "相机在能被停住之前离开了引导程序。",
  "The {1} could not be held in its bootloader in {2} attempts.":
    "尝试 {2} 次也无法把 {1} 停在引导程序中。",
  "the {1} in its bootloader": "处于引导程序的 {1}",
  "The bootloader of this {1} refused to tell the names of all its partitions.":
    "此 {1} 的引导程序拒绝报告其全部分区的名称。",
  'The bootloader in this {1} is too old: it has no partition {2}, so "restore" must renew it first.':
    "此 {1} 中的引导程序太旧：它没有分区 {2}，因此须先用“restore”更新它。",
  "OpenMV Camera (DFU Mode)": "OpenMV 相机（DFU 模式）",
  "OpenMV camera in its old serial bootloader (firmware 4.5 or older)":
    "处于旧串口引导程序的 OpenMV 相机（固件 4.5 或更早）",
  "OpenMV camera that runs old firmware (4.5 or older)": "运行旧固件的 OpenMV 相机（4.5 或更早）",
  "The camera has nothing to read at {1} ({2} from {3}).":
    "相机在 {1} 处没有可读取的内容（{3} 起的 {2}）。",
  "The camera sent {1} of {2} bytes of {3} at offset {4}.":
    "相机发送了 {3} 在偏移 {4} 处 {2} 字节中的 {1} 字节。",
  "Another camera came back in place of the {1} that was restored.":
    "回来的是另一台相机，不是已恢复的 {1}。",
  "The camera does not answer on its serial port {1}.": "相机在串口 {1} 上没有应答。",
  "The wait was given up.": "已放弃等待。",
  "The camera did not start by itself.": "相机没有自行启动。",
  "The camera started: it shows itself as {1}.": "相机已启动：显示为 {1}。",
  "Let the camera go": "放开相机",
  "Let the camera start": "让相机启动",
  "The bootloader does not let the camera start.": "引导程序不让相机启动。",
};
