import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const common: Catalogue = {
  "Run the same command again: it reads the camera and does what is missing.":
    "再次运行同一命令：它会读取相机并完成缺少的部分。",
  "See what arrives on the bus with: unbrick devices --watch":
    "查看总线上出现了什么：unbrick devices --watch",
  "This is a defect of unbrick, not of your camera. Please report it with the command and this text.":
    "这是 unbrick 的缺陷，不是您的相机的问题。请连同命令和此文本一起报告。",
  "See the boards with: unbrick boards": "查看板子列表：unbrick boards",
  "Give another name, or move away what is there.": "请换一个名称，或移走现有的文件。",
  "See what can be said with: unbrick {1} --help": "查看可用的写法：unbrick {=1} --help",
  "See what can be said with: unbrick --help": "查看可用的命令：unbrick --help",
  "Read LICENSE and THIRD_PARTY.md, which are beside the source.":
    "请阅读源代码旁的 LICENSE 和 THIRD_PARTY.md。",
  "Check the name of the file and the folder it is in.": "检查文件名和它所在的文件夹。",
  "Name the file with --image {1}=FILE, or a release's folder or zip with --images.":
    "用 --image {1}=FILE 指定文件，或用 --images 指定发布包的文件夹或 zip。",
  "See which image sets there are with: unbrick images list":
    "用此命令查看有哪些镜像集:unbrick images list",
  "Make room there, or let the environment name a folder that can be written.":
    "请在那里腾出空间，或让环境变量指定一个可写的文件夹。",
  "Check that the cable carries data (many only charge) and use a port of the computer, not a hub.":
    "检查线缆是否能传输数据（很多只能充电），并使用电脑上的端口，不要用集线器。",
  "Run it as the super user: put sudo in front of the command.":
    "以超级用户运行：在命令前加 sudo。",
  "Let unbrick install the rules: sudo unbrick doctor --install-udev":
    "让 unbrick 安装规则：sudo unbrick doctor --install-udev",
  "Or save these lines as {1}:": "或者把以下各行保存为 {=1}：",
  "Then reload the rules and plug the camera in again:": "然后重新加载规则，再重新插入相机：",
  "Close programs that may hold the camera: OpenMV IDE, a virtual machine, another unbrick.":
    "关闭可能占用相机的程序：OpenMV IDE、虚拟机、另一个 unbrick。",
  "Unplug the camera, plug it in again, and run the same command again.":
    "拔下相机，重新插入，再运行同一命令。",
  "Run unbrick on the machine itself, or give the USB devices to the virtual machine.":
    "在真机上运行 unbrick，或把 USB 设备交给虚拟机。",
  "Close programs that use the camera, unplug it and plug it in again.":
    "关闭使用相机的程序，拔下相机再重新插入。",
  "A kernel driver holds it: see which one with: lsusb -t":
    "有内核驱动占用它：用此命令查看是哪一个：lsusb -t",
  "Wait until the other program is done: another unbrick, or a virus scanner.":
    "请等另一个程序完成:另一个 unbrick,或杀毒软件。",
  "Check the cable and use a port of the computer, not a hub.":
    "检查线缆，并使用电脑上的端口，不要用集线器。",
  "Check the hardware steps: jumper on the right pins before the power comes, cable that carries data.":
    "检查硬件步骤：通电之前跳线要接在正确的引脚上，线缆要能传输数据。",
  "In a virtual machine, pass through the device's other USB ids too: it changes its id on the way.":
    "在虚拟机中，设备的其他 USB id 也要直通：它中途会改变 id。",
  "See what can be done with each board: unbrick boards": "查看每种板子能做什么：unbrick boards",
  "Compare the name on the camera with the list of: unbrick boards":
    "把相机上的名称与此列表对照：unbrick boards",
  "Choose images made for this camera with --images or --image.":
    "用 --images 或 --image 选择为此相机制作的镜像。",
  "Give the images of an OpenMV firmware release: --images with its folder or zip.":
    "给出 OpenMV 固件发布包的镜像：--images 加文件夹或 zip。",
  "Or keep it for good with: unbrick images import FILE":
    "或者长期保存：unbrick images import FILE",
  "To practise without a camera, add --simulate.": "要在没有相机时练习，请加 --simulate。",
  "Import a set that is signed with that key with: unbrick images import FILE":
    "用此命令导入由该密钥签名的镜像集:unbrick images import FILE",
  "Who has the private key signs a set with: unbrick images export SET FILE --sign KEY":
    "持有私钥的人可用此命令为镜像集签名:unbrick images export SET FILE --sign KEY",
  "Get the file again from OpenMV's firmware release and name the folder or zip with --images.":
    "从 OpenMV 的固件发布包重新获取该文件，并用 --images 指定文件夹或 zip。",
  "Set the recovery switch to off, plug the camera in again, and have it compared over USB: unbrick verify {1}":
    "把恢复开关拨到关，重新插上相机，再通过 USB 比较：unbrick verify {1}",
  "The protection can only be taken off by erasing the whole chip; unbrick does that only when told by name.":
    "只有擦除整个芯片才能解除保护；unbrick 只在按名称明确允许时才这样做。",
  "See what can be allowed for this board with: unbrick boards":
    "查看此板可以允许什么：unbrick boards",
  "If it happens again with another cable and port, the flash of this camera is worn or damaged.":
    "如果换了线缆和端口仍然如此，则此相机的闪存已磨损或损坏。",
  "Add --yes to agree to writing without being asked.": "加 --yes 表示同意写入而不询问。",
  "If you want it, run the same command again with: {1} {2}":
    "如果您需要，再次运行同一命令并加：{=1} {=2}",
  "Say it on the command line: the name of the board, or the port with --port PATH.":
    "在命令行中说明：板子的名称，或用 --port PATH 指定端口。",
  "Get unbrick again from where it came: the library is inside the program.":
    "请重新获取 unbrick：该库就在程序内。",
  "Or name a libusb 1.0 of this system with: --libusb {1}":
    "或者指定本系统的 libusb 1.0：--libusb {=1}",
  "Name a folder from which programs may load libraries, then run the same command again:":
    "指定一个允许程序加载库的文件夹，然后再次运行同一命令：",
  "set LOCALAPPDATA=C:\\unbrick": "set LOCALAPPDATA=C:\\unbrick",
  "Name a folder of your own on a disk where programs may run:":
    "在允许运行程序的磁盘上指定一个您自己的文件夹：",
  "mkdir -p ~/unbrick && export TMPDIR=~/unbrick": "mkdir -p ~/unbrick && export TMPDIR=~/unbrick",
  "Then run the same command again.": "然后再次运行同一命令。",
  "Unplug the device on port {1}, wait 10 s, and run the same command again.":
    "拔下端口 {1} 上的设备，等待 10 秒，然后再次运行同一命令。",
  "Unplug USB devices that you do not need, hubs too, and run the same command again.":
    "拔下不需要的 USB 设备和集线器，然后再次运行同一命令。",
  "If it happens again, restart the computer.": "如果再次发生，请重启计算机。",
  "Alif's SE Tools": "Alif 的 SE Tools",
  "It is not in firmware releases; it comes with {1}. Keep it once, with the folder of {2}: unbrick images import FOLDER":
    "固件发布包中没有它；它随 {1} 提供。用 {2} 的文件夹保存一次：unbrick images import FOLDER",
  "Or name that folder as well, after the release: --images FOLDER":
    "或者在发布包之后也指定该文件夹：--images FOLDER",
  "Or name the file: --image {1}=FILE": "或者指定文件：--image {1}=FILE",
  "To write the bootloader alone, add --bootloader-only.":
    "若只写引导程序，请加上 --bootloader-only。",
  "Unplug the camera, leave a jumper where it is, plug it in again, and run the same command again.":
    "拔下相机，跳线保持原位，重新插入，再运行同一命令。",
  "If it happens again, use another cable and a port of the computer, not a hub.":
    "如果再次发生，请换一根线缆并使用电脑上的端口，不要用集线器。",
  "Give the device{1} the WinUSB driver with Zadig (zadig.akeo.ie):":
    "用 Zadig (zadig.akeo.ie) 给设备{1}安装 WinUSB 驱动：",
  "Options > List All Devices, choose it, choose WinUSB, Install or Replace Driver":
    "Options > List All Devices，选中它，选 WinUSB，再点 Install Driver 或 Replace Driver",
  "ST's own driver (STTub30) and a missing driver both look like this.":
    "ST 自己的驱动 (STTub30) 和缺少驱动，看起来都是这样。",
  "Do not do this for 1FC9:0135 and 15A2:0073: they are HID devices and need no driver.":
    "不要对 1FC9:0135 和 15A2:0073 这样做：它们是 HID 设备，不需要驱动。",
  "Waited {1} ms for {2}.": "等待{2}已 {1} 毫秒。",
  "The work has ended.": "工作已结束。",
  "There are: {1}.": "可用：{=1}。",
  "{1} is made for simulated cameras only and never written to a real one.":
    "{1} 只用于模拟相机，绝不会写入真实相机。",
  "{1} are made for simulated cameras only and never written to a real one.":
    "{1} 只用于模拟相机，绝不会写入真实相机。",
  "{1} of {2} is made for simulated cameras only and never written to a real one.":
    "{2} 中的 {1} 只用于模拟相机，绝不会写入真实相机。",
  "{1} of {2} are made for simulated cameras only and never written to a real one.":
    "{2} 中的 {1} 只用于模拟相机，绝不会写入真实相机。",
  "The {1} needs {2} bytes, but only {3} are there.": "{1} 需要 {2} 字节，但只有 {3} 字节。",
  "The {1} is not valid: {2} is {3}.": "{1} 无效：{2} 为 {3}。",
  'The simulated camera knows no trap "{1}". {2}': "模拟相机没有陷阱“{=1}”。{2}",
  "one of {1}": "{=1} 之一",
  "The trap {1} cannot be {2}; it takes {3}.": "陷阱 {=1} 不能是 {=2}；它接受 {3}。",
};
