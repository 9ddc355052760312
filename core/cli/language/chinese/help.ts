import type { Catalogue } from "../translate.ts";

/** Written by `deno task sentences` from the sources; only the translations are by hand. */
export const help: Catalogue = {
  "Bring back a camera whose bootloader is gone, then flash it.":
    "恢复引导程序已丢失的相机，然后刷写。",
  "Restore and flash an OpenMV Cam H7; asks before it writes.":
    "恢复并刷写 OpenMV Cam H7；写入前会询问。",
  "The same without questions, with a release's own images.":
    "同上但不询问，使用发布包自己的镜像。",
  "Only the bootloader of an H7 Plus, from one file.": "只恢复 H7 Plus 的引导程序，来自一个文件。",
  "Practise first: nothing but a simulated camera is touched.": "先练习：只接触模拟相机。",
  "Write the firmware of a camera whose bootloader works.": "写入引导程序正常的相机的固件。",
  "Flash the one camera that is connected, with the built-in images.":
    "用内置镜像刷写唯一连接的相机。",
  "Flash a Giga with one file.": "用一个文件刷写 Giga。",
  "Compare what is in a camera with the images; writes nothing.":
    "将相机中的内容与镜像比较；不写入任何内容。",
  "Is this release really in the camera?": "相机中真的是这个发布版本吗？",
  "What to read, for example bootloader or firmware.":
    "要读取的内容，例如 bootloader 或 firmware。",
  "Start of an address range.": "地址范围的起点。",
  "Bytes to read from the address.": "从该地址读取的字节数。",
  "File, or folder for several, to write what was read.": "写入读取内容的文件；有多个时为文件夹。",
  "Copy what is in a camera into a file; writes nothing to the camera.":
    "把相机中的内容复制到文件；不向相机写入任何内容。",
  "Keep a copy of a bootloader.": "保留一份引导程序的副本。",
  "The same by address.": "同上，按地址。",
  "The job (restore if left out) and the board.": "任务（省略则为 restore）和板子。",
  "Show what a job would do, without a camera.": "显示任务会做什么，不需要相机。",
  "Each step with its addresses, lengths and hashes.": "每个步骤及其地址、长度和哈希。",
  "The same for a program.": "同上，供程序使用。",
  "What to do with each camera: restore (default), flash or verify.":
    "对每台相机做什么：restore（默认）、flash 或 verify。",
  "End after so many cameras; default: at Ctrl-C (simulated: after 8).":
    "处理这么多台相机后结束；默认：按 Ctrl-C 时（模拟：8 台后）。",
  "Work on one camera after another, or several at once, each port by itself.":
    "一台接一台或同时处理多台相机，每个端口各自独立。",
  "Each USB port has its own line: plug cameras in as they come, take them away when their line says so. With --report FOLDER each camera gets its own record, a page and its JSON. A failing camera does not stop the others. Exit code 0 only if all cameras of --count are proven.":
    "每个 USB 端口有自己的一行：相机来了就插上，该行提示时取走。用 --report FOLDER 时，每台相机都有自己的记录：一个页面及其 JSON。一台相机失败不会停止其他相机。只有 --count 的全部相机都已证明，退出码才为 0。",
  "Restore all that come; a record of each.": "恢复所有到来的相机；每台一份记录。",
  "Flash twenty cameras, then end.": "刷写二十台相机，然后结束。",
  "Practise with eight simulated cameras; the third is unplugged too early.":
    "用八台模拟相机练习；第三台过早拔出。",
  "How it runs": "运行方式",
  "Ask nothing. Never includes what cannot be undone.": "不询问任何问题。从不包括无法撤销的操作。",
  "Permit one dangerous thing by its name. May be repeated.":
    "按名称允许一项危险操作。可重复使用。",
  "How long to wait for a camera or for hands (default 120).":
    "等待相机或人工操作的时间（默认 120）。",
  "Use only the camera on this USB port, for example 1-1.3.":
    "只使用此 USB 端口上的相机，例如 1-1.3。",
  "Practise on a simulated camera; no device is touched.": "用模拟相机练习；不接触任何设备。",
  "With --simulate: do not wait in real time.": "与 --simulate 一起：不按真实时间等待。",
  "With --simulate: the camera at the start: bricked, blank (new from the factory) or healthy.":
    "与 --simulate 一起：相机的初始状态：bricked（变砖）、blank（出厂全新）或 healthy（正常）。",
  "With --simulate: give the camera a trap that its family's README lists. May be repeated.":
    "与 --simulate 一起：给相机设置其家族 README 中列出的陷阱。可重复使用。",
  "Take the images from an OpenMV firmware release. May be repeated: flash loaders and system packages may be in another folder.":
    "从 OpenMV 固件发布包中取得镜像。可重复使用：flash loader 和系统软件包可在另一个文件夹中。",
  "Take one image from a file; ROLE= may be left out if the name of the file tells it. May be repeated.":
    "从文件取一个镜像；如果文件名能说明角色，可省略 ROLE=。可重复使用。",
  "Use only image sets that are signed with this Ed25519 key (PEM).":
    "只使用以此 Ed25519 密钥 (PEM) 签名的镜像集。",
  "How it tells": "输出方式",
  "One JSON object a line, for programs.": "每行一个 JSON 对象，供程序使用。",
  "Write a record of the run: a page if the name ends in .html, else JSON.":
    "写下运行记录：名称以 .html 结尾则为页面，否则为 JSON。",
  "Who does it, for the record.": "操作人，写入记录。",
  "The language of texts for people: English or Simplified Chinese. Default: that of the system.":
    "给人看的文本所用的语言：英语或简体中文。默认：系统的语言。",
  "For a screen reader: nothing is drawn, one sentence a line, questions as numbered lists.":
    "供屏幕阅读器使用：不绘制图形，一行一句，问题用编号列表。",
  "No colour. NO_COLOR in the environment does the same.": "不用颜色。环境变量 NO_COLOR 效果相同。",
  "With --json: add the stack of an internal error.": "与 --json 一起：附上内部错误的堆栈。",
  "Parts from outside": "外部部件",
  "Use this libusb library instead of the built-in one.": "使用此 libusb 库，而不用内置的。",
  "Add a board family from a JavaScript file. May be repeated.":
    "从 JavaScript 文件添加板子家族。可重复使用。",
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
  "Take the command line of dfu-util, word for word.": "接受 dfu-util 的命令行，逐字相同。",
  "List what speaks DFU.": "列出支持 DFU 的设备。",
  "The line of the documentation.": "文档中的命令行。",
  "Take the command line of NXP's sdphost, word for word.": "接受 NXP sdphost 的命令行，逐字相同。",
  "Is the ROM of an RT1062 there?": "RT1062 的 ROM 在吗？",
  "Take the command line of NXP's blhost, word for word.": "接受 NXP blhost 的命令行，逐字相同。",
  "Which loader runs in an RT1062?": "RT1062 中运行的是哪个加载程序？",
  "Take the command line of STM32_Programmer_CLI for the N6, word for word.":
    "接受用于 N6 的 STM32_Programmer_CLI 命令行，逐字相同。",
  "List what speaks ST's DFU.": "列出支持 ST DFU 的设备。",
  "Talk to the Secure Enclave of an AE3, as Alif's maintenance does.":
    "与 AE3 的 Secure Enclave 通信，如同 Alif 的 maintenance。",
  "The version of its firmware; the documentation's line.": "其固件的版本；文档中的命令行。",
  "Renew the firmware of an AE3's Secure Enclave, as Alif's tool does.":
    "更新 AE3 的 Secure Enclave 固件，如同 Alif 的工具。",
  "From the folder alif here, by the chip's part and root key.":
    "从当前位置的文件夹 alif，按芯片的型号和根密钥。",
  "Write images into the MRAM of an AE3, as Alif's tool does, and read them back.":
    "把镜像写入 AE3 的 MRAM 并回读，如同 Alif 的工具。",
  "Make a table of contents for an AE3 in the folder of Alif's SE Tools.":
    "在 Alif SE Tools 的文件夹中为 AE3 制作 TOC。",
  "The package, and the same padded.": "该包，以及填充后的同一个包。",
  "Explain an AE3's table of contents, and whether it fits its bootloader.":
    "解释 AE3 的 TOC，以及它是否与引导程序相符。",
  "Entries, addresses, hashes, signatures, part number.": "条目、地址、哈希、签名、型号。",
  "What the exit codes mean.": "退出码的含义。",
  "Images come from --image, else from --images, else from the newest imported set that has everything for the job, else from inside this program. Files that do not come with OpenMV's releases may come from another imported set.":
    "镜像首先来自 --image，其次 --images，再次是含有任务所需全部内容的最新导入镜像集，最后是本程序内的镜像。不随 OpenMV 发布包提供的文件可以来自另一个导入的镜像集。",
  "List the sets, which one each board would get, and what is missing.":
    "列出镜像集、每种板子会使用哪一个，以及缺少什么。",
  "Check every file of a set, or of all sets, and the signatures.":
    "检查一个或所有镜像集的每个文件和签名。",
  "An OpenMV firmware release, the folder of OpenMV IDE or of Alif's SE Tools, or an exported set.":
    "OpenMV 固件发布包、OpenMV IDE 的文件夹、Alif SE Tools 的文件夹，或导出的镜像集。",
  "What to call the set; default: its version.": "镜像集的名称；默认：其版本。",
  "Check the images in a folder or zip, and keep them.": "检查文件夹或 zip 中的镜像并保存。",
  "A name of the list.": "列表中的名称。",
  "The zip to make.": "要制作的 zip。",
  "Sign it with this Ed25519 private key (PEM).": "用此 Ed25519 私钥 (PEM) 签名。",
  "SET FILE [OPTIONS]": "SET FILE [OPTIONS]",
  "Make a zip of a set that import takes on another computer.":
    "把镜像集制成 zip，可在另一台电脑上导入。",
  "list | verify [SET] | import PATH | export SET FILE":
    "list | verify [SET] | import PATH | export SET FILE",
  "Keep image sets: which there are, which would be used and why.":
    "保存镜像集：有哪些，会使用哪一个以及原因。",
  "Keep an OpenMV release for use without a network.": "保存 OpenMV 发布包，以便无网络时使用。",
  "Which set each board would get, why, and what is missing.":
    "每种板子会使用哪个镜像集、原因，以及缺少什么。",
  "Every file against its hash, and the signature if a key is pinned.":
    "每个文件对照其哈希；如果固定了密钥，还检查签名。",
  "A signed zip for other computers.": "供其他电脑使用的签名 zip。",
  "Bring back a dead OpenMV camera: restore, flash, prove. Offline, without vendor tools.":
    "恢复变砖的 OpenMV 相机：恢复、刷写、证明。离线，无需厂商工具。",
  "Without a command, unbrick guides you from the dead camera to the proof.":
    "不带命令时，unbrick 会从变砖的相机一路引导到证明。",
  "Bring a dead OpenMV Cam H7 back; asks before it writes.":
    "恢复变砖的 OpenMV Cam H7；写入前会询问。",
  "The same unattended, for a script.": "同上，无人值守，用于脚本。",
  "Practise on a simulated camera first.": "先在模拟相机上练习。",
  "Nothing is found, or it cannot be opened? What is in the way.":
    "找不到，或者打不开？查看有什么障碍。",
  "The options and examples of one command.": "某个命令的选项和示例。",
  "The name of a board is missing.": "缺少板子的名称。",
  "Did you mean {1}?": "您是指 {=1} 吗？",
  'Unexpected option or argument: "{1}".{2}': "意外的选项或参数：“{=1}”。{2}",
  "{1} is not a number such as 4096 or 0x08000000.": "{1} 不是 4096 或 0x08000000 这样的数字。",
  "A name that the boards command lists.": "boards 命令列出的名称。",
  "Also write an empty file system: files on the camera are lost.":
    "同时写入空文件系统：相机上的文件会丢失。",
  "Stop after the bootloader is proven.": "引导程序得到证明后停止。",
  "Go on and tell what arrives and leaves, until Ctrl-C.":
    "持续报告出现和离开的设备，直到 Ctrl-C。",
  "List the cameras on the USB bus, and what is in the way.":
    "列出 USB 总线上的相机以及存在的障碍。",
  "See the moment when a camera enumerates.": "看到相机枚举的时刻。",
  "List the boards and what can be done with each.": "列出板子以及每种板子可以做什么。",
  "Names, chips, what each camera offers, what can be permitted by name.":
    "名称、芯片、每种相机提供什么、可以按名称允许什么。",
  "The same for a program, with the image roles and the hardware steps.":
    "同上，供程序使用，附镜像角色和硬件步骤。",
  "Linux: first write the rules that let every user open the cameras (with sudo).":
    "Linux：先写入让每个用户都能打开相机的规则（用 sudo）。",
  "Find out what is in the way, and what repairs it; changes nothing by itself.":
    "找出存在的障碍和解决办法；自身不作任何更改。",
  "Library, bus, cameras, rights, serial ports, images, space, terminal.":
    "库、总线、相机、权限、串口、镜像、空间、终端。",
  "Is this release complete and undamaged?": "这个发布包完整无损吗？",
  "The same for a program, or for a question to somebody else.":
    "同上，供程序使用，或用于向他人提问。",
  "Write a page with pictures, for a phone beside the bench.":
    "写出带图的页面，可在工作台旁用手机查看。",
  "Show what hands must do: which pins or which switch, and when.":
    "显示需要动手做的事：哪些引脚或哪个开关，何时操作。",
  "The steps and a small drawing.": "步骤和一幅小图。",
  "The same as a page that loads nothing else.": "同上，成为不加载其他内容的页面。",
  "Show what is inside this program, and the licence texts.": "显示本程序包含的内容和许可证文本。",
  "For your own records, or for a lawyer.": "供您自己存档，或供律师使用。",
  "bash, zsh, fish or powershell.": "bash、zsh、fish 或 powershell。",
  "Print the script that lets a shell complete commands, boards, options and files.":
    "输出让 shell 补全命令、板子、选项和文件的脚本。",
  "bash, from the next shell on (package bash-completion).":
    "bash，从下一个 shell 起（需要软件包 bash-completion）。",
  "zsh, if ~/.zfunc is in fpath before compinit.":
    "zsh，如果 ~/.zfunc 在 compinit 之前已在 fpath 中。",
  "PowerShell, as a line in the file that $PROFILE names.":
    "PowerShell，作为 $PROFILE 所指文件中的一行。",
};
