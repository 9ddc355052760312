import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const cli_doctor: Catalogue = {
  "USB library: libusb {1} loads.": "USB 库：libusb {1} 可加载。",
  "USB library: {1}": "USB 库：{1}",
  "USB bus: {1}": "USB 总线：{1}",
  "{1} devices": "{1} 个设备",
  "USB bus: can be read, {1} on it.": "USB 总线：可读取，上面有 {1}。",
  "Cameras: none is on the bus now.": "相机：总线上现在没有。",
  "Install the udev rules with: sudo unbrick doctor --install-udev":
    "安装 udev 规则：sudo unbrick doctor --install-udev",
  "udev rules: installed.": "udev 规则：已安装。",
  "udev rules: not installed; without them only some users may open a camera.":
    "udev 规则：未安装；没有它，只有部分用户可以打开相机。",
  "udev rules: installed, but of another version.": "udev 规则：已安装，但是另一个版本。",
  "{1} is running (process {2}): it talks to a camera for some seconds after it is plugged in, unless the udev rules forbid it.":
    "{1} 正在运行（进程 {2}）：除非 udev 规则禁止，它会在相机插入后与其通信几秒钟。",
  "port {1}": "端口 {1}",
  "driver {1}": "驱动 {1}",
  "Unknown device": "未知设备",
  "{1}: macOS keeps this HID device; unbrick uses it through hidapi, without sudo. That was never tried on a Mac.":
    "{1}：macOS 独占此 HID 设备；unbrick 通过 hidapi 使用它，不需要 sudo。这从未在 Mac 上试过。",
  "{1}: can be used.": "{1}：可以使用。",
  "this user may not open it.": "此用户无权打开它。",
  "Give every user of this computer the right, then plug the camera in again:":
    "给本机的每个用户授权，然后重新插入相机：",
  "{1} (process {2})": "{1}（进程 {2}）",
  "{1} {2} it open.": "{1} {2}打开了它。",
  "Close {1}, or end it with: kill {2}": "关闭 {1}，或用此命令结束它：kill {=2}",
  "Serial ports: unbrick does not look at them on this system.":
    "串口：unbrick 在此系统上不检查串口。",
  "Serial ports: {1}": "串口：{1}",
  "({1} of other devices)": "（另有 {1} 个属于其他设备）",
  "Serial ports: none of a camera{1}.": "串口：没有相机的串口{1}。",
  "Serial port {1} ({2})": "串口 {1}（{2}）",
  "{1}: this user may not open it.": "{1}：此用户无权打开它。",
  "Join the group of serial ports, then log out and in again (on Arch Linux it is uucp):":
    "加入串口用户组，然后注销并重新登录（Arch Linux 上为 uucp）：",
  "Or let every user of this computer. {1}": "或者让本机的每个用户都可以。{1}",
  "Images: {1}": "镜像：{1}",
  "Give the folder or zip of an OpenMV firmware release with: --images":
    "用 --images 给出 OpenMV 固件发布包的文件夹或 zip",
  "Images: {1} has none.": "镜像：{1}中没有。",
  "Images: {1}, {2} files for {3} boards, every size and SHA-256 right.":
    "镜像：{1}，{3} 种板子共 {2} 个文件，大小和 SHA-256 全部正确。",
  "{1} They are made for simulated cameras only.": "{1} 它们只用于模拟相机。",
  "Images: {1} lacks for {2}: {3}.": "镜像：{1}缺少 {2} 的：{3}。",
  "Name a missing file with: --image ROLE=FILE": "指定缺少的文件：--image ROLE=FILE",
  "This folder": "此文件夹",
  "Folder {1}": "文件夹 {1}",
  "{1}: {2} free ({3}).": "{1}：剩余 {2}（{3}）。",
  "Make room in {1}: at least {2}.": "请在 {1} 中腾出空间：至少 {2}。",
  "this folder": "此文件夹",
  "Output: no terminal; plain lines, and nothing can be asked.":
    "输出：不是终端；只有纯文本行，无法询问。",
  "{1} columns": "{1} 列",
  "no colours": "无颜色",
  "questions can be asked": "可以询问",
  "nothing can be asked": "无法询问",
  "Terminal: {1}.": "终端：{1}。",
  "Make the window at least {1} columns wide.": "请将窗口加宽到至少 {1} 列。",
  "udev rules exist on Linux only.": "udev 规则只存在于 Linux。",
  "{1} cannot be written: {2}.": "{1} 无法写入：{2}。",
  "Unplug the cameras that are connected and plug them in again.": "拔下已连接的相机，再重新插入。",
  "the imported images": "已导入的镜像",
  "the USB library is loaded from there": "USB 库从此处加载",
  "reports and what is read from a camera": "报告以及从相机读取的内容",
};
