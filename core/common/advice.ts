import type { ErrorData, ErrorKind } from "./errors.ts";

/** Advice differs by it. */
export type OperatingSystem = "linux" | "windows" | "darwin";

/**
 * Lets every local user open the devices that unbrick works with: OpenMV's own ids, the ST system
 * bootloader, NXP's ROM and flashloader, Arduino's bootloaders, the AE3's serial bridges; and keeps
 * ModemManager from talking to them (openmv-boards.md 6.1, dfu-dfuse.md D7). The name must sort before 73-seat-late, where `uaccess` is evaluated.
 */
export const udevRules = {
  path: "/etc/udev/rules.d/60-unbrick.rules",
  text: [
    ["0483", "df11"],
    ["37c5"],
    ["1209", "abd1"],
    ["1fc9", "0135"],
    ["15a2", "0073"],
    ["2341"],
  ].map(([vendor, product]) =>
    `SUBSYSTEM=="usb", ATTR{idVendor}=="${vendor}", ` +
    (product ? `ATTR{idProduct}=="${product}", ` : "") +
    `MODE="0666", TAG+="uaccess", ENV{ID_MM_DEVICE_IGNORE}="1"`
  ).concat(
    [["37c5"], ["1209", "abd1"], ["0403", "6015"], ["1a86", "55d3"], ["2341"]].map((
      [vendor, product],
    ) =>
      `SUBSYSTEM=="tty", ATTRS{idVendor}=="${vendor}", ` +
      (product ? `ATTRS{idProduct}=="${product}", ` : "") + `MODE="0666", TAG+="uaccess"`
    ),
  ),
} as const;

const again = "Run the same command again: it reads the camera and does what is missing.";
const watch = "See what arrives on the bus with: unbrick devices --watch";

/**
 * What to do about an error, one action a line, most promising first. Lines that must be typed or
 * copied as they are start with four spaces.
 */
export function advice(
  error: { readonly kind: ErrorKind; readonly data?: ErrorData },
  os: OperatingSystem,
): string[] {
  const advise = catalogue[error.kind];
  return typeof advise === "function" ? advise(error.data ?? {}, os) : [...advise];
}

type Advice = readonly string[] | ((data: ErrorData, os: OperatingSystem) => string[]);

const catalogue: Readonly<Record<ErrorKind, Advice>> = {
  "bug": [
    "This is a defect of unbrick, not of your camera. Please report it with the command and this text.",
    again,
  ],
  "usage": (data) =>
    data.board !== undefined
      ? ["See the boards with: unbrick boards"]
      : data.exists === true
      ? ["Give another name, or move away what is there."]
      : [`See what can be said with: unbrick ${data.command ? `${data.command} ` : ""}--help`],
  "not-found": (data, os) =>
    data.library !== undefined
      ? anotherLibrary(os)
      : data.licences !== undefined
      ? ["Read LICENSE and THIRD_PARTY.md, which are beside the source."]
      : data.path !== undefined || data.file !== undefined
      ? ["Check the name of the file and the folder it is in."]
      : data.comesWith !== undefined
      ? companionAdvice(data)
      : data.role !== undefined
      ? [
        ...bootloaderAlone(data),
        `Name the file with --image ${data.role}=FILE, or a release's folder or zip with --images.`,
      ]
      : data.set !== undefined
      ? ["See which image sets there are with: unbrick images list"]
      : data.folder !== undefined
      ? ["Make room there, or let the environment name a folder that can be written."]
      : [
        "Check that the cable carries data (many only charge) and use a port of the computer, not a hub.",
        watch,
      ],
  "permission": (data, os) =>
    data.superUser === true
      ? ["Run it as the super user: put sudo in front of the command."]
      : data.places !== undefined
      ? placeForLibrary(os)
      : os === "linux"
      ? [
        "Let unbrick install the rules: sudo unbrick doctor --install-udev",
        `Or save these lines as ${udevRules.path}:`,
        ...udevRules.text.map((line) => `    ${line}`),
        "Then reload the rules and plug the camera in again:",
        "    sudo udevadm control --reload && sudo udevadm trigger",
      ]
      : os === "windows"
      ? driverOnWindows()
      : [
        "Close programs that may hold the camera: OpenMV IDE, a virtual machine, another unbrick.",
        "Unplug the camera, plug it in again, and run the same command again.",
      ],
  "driver": (data, os) =>
    data.missing !== undefined
      ? ["Run unbrick on the machine itself, or give the USB devices to the virtual machine."]
      : data.library !== undefined
      ? anotherLibrary(os)
      : os === "windows"
      ? driverOnWindows(data)
      : os === "linux"
      ? [
        "Close programs that use the camera, unplug it and plug it in again.",
        "A kernel driver holds it: see which one with: lsusb -t",
      ]
      : ["Close programs that use the camera, unplug it and plug it in again.", again],
  "busy": (data) => [
    data.folder !== undefined
      ? "Wait until the other program is done: another unbrick, or a virus scanner."
      : "Close programs that may hold the camera: OpenMV IDE, a virtual machine, another unbrick.",
    again,
  ],
  "disconnected": [
    "Check the cable and use a port of the computer, not a hub.",
    again,
  ],
  "timeout": (data) =>
    data.call !== undefined ? hangingSystem(data) : data.isSilent === true ? powerCycle() : [
      "Check the hardware steps: jumper on the right pins before the power comes, cable that carries data.",
      watch,
      "In a virtual machine, pass through the device's other USB ids too: it changes its id on the way.",
      again,
    ],
  "stalled": powerCycle(),
  "protocol": powerCycle(),
  "device-status": powerCycle(),
  "wrong-board": (data) =>
    data.job !== undefined ? ["See what can be done with each board: unbrick boards"] : [
      "Compare the name on the camera with the list of: unbrick boards",
      "Choose images made for this camera with --images or --image.",
    ],
  "bad-image": (data) =>
    data.simulationOnly === true
      ? [
        ...bootloaderAlone(data),
        "Give the images of an OpenMV firmware release: --images with its folder or zip.",
        "Or keep it for good with: unbrick images import FILE",
        "To practise without a camera, add --simulate.",
      ]
      : data.pinnedKey !== undefined
      ? [
        "Import a set that is signed with that key with: unbrick images import FILE",
        "Who has the private key signs a set with: unbrick images export SET FILE --sign KEY",
      ]
      : [
        "Get the file again from OpenMV's firmware release and name the folder or zip with --images.",
      ],
  "protected": (data) =>
    data.unread !== undefined
      ? [
        "Set the recovery switch to off, plug the camera in again, and have it compared over USB: " +
        `unbrick verify ${data.board}`,
      ]
      : [
        "The protection can only be taken off by erasing the whole chip; unbrick does that only when told by name.",
        "See what can be allowed for this board with: unbrick boards",
      ],
  "verify-failed": [
    again,
    "If it happens again with another cable and port, the flash of this camera is worn or damaged.",
  ],
  "consent-needed": (data) => {
    if (data.missing === "command") return ["See what can be said with: unbrick --help"];
    if (data.consent === "write") return ["Add --yes to agree to writing without being asked."];
    if (typeof data.consent === "string") {
      const option = data.fuse === true ? "--allow-fuse" : "--allow";
      return [`If you want it, run the same command again with: ${option} ${data.consent}`];
    }
    return ["Say it on the command line: the name of the board, or the port with --port PATH."];
  },
  "cancelled": [again],
};

const libraryExample: Readonly<Record<OperatingSystem, string>> = {
  linux: "/usr/lib/x86_64-linux-gnu/libusb-1.0.so.0",
  windows: "C:\\folder\\libusb-1.0.dll",
  darwin: "/opt/homebrew/lib/libusb-1.0.dylib",
};

function anotherLibrary(os: OperatingSystem): string[] {
  return [
    "Get unbrick again from where it came: the library is inside the program.",
    `Or name a libusb 1.0 of this system with: --libusb ${libraryExample[os]}`,
  ];
}

/** Where nothing may be loaded from: docs/facts/host-systems.md 5. */
function placeForLibrary(os: OperatingSystem): string[] {
  return [
    ...(os === "windows"
      ? [
        "Name a folder from which programs may load libraries, then run the same command again:",
        "    set LOCALAPPDATA=C:\\unbrick",
      ]
      : [
        "Name a folder of your own on a disk where programs may run:",
        "    mkdir -p ~/unbrick && export TMPDIR=~/unbrick",
        "Then run the same command again.",
      ]),
    `Or name a libusb 1.0 of this system with: --libusb ${libraryExample[os]}`,
  ];
}

/** A call into the operating system that does not come back: some device, or its driver, holds it. */
function hangingSystem({ port }: ErrorData): string[] {
  return [
    typeof port === "string"
      ? `Unplug the device on port ${port}, wait 10 s, and run the same command again.`
      : "Unplug USB devices that you do not need, hubs too, and run the same command again.",
    "If it happens again, restart the computer.",
  ];
}

/** What a firmware release does not have: where it is, and three ways to name it. */
function companionAdvice({ comesWith, role }: ErrorData): string[] {
  const folder = comesWith === "se-tools" ? "Alif's SE Tools" : "OpenMV IDE";
  return [
    `It is not in firmware releases; it comes with ${folder}. Keep it once, with the folder of ` +
    `${folder}: unbrick images import FOLDER`,
    "Or name that folder as well, after the release: --images FOLDER",
    `Or name the file: --image ${role}=FILE`,
  ];
}

function bootloaderAlone({ bootloaderOnly }: ErrorData): string[] {
  return bootloaderOnly === true ? ["To write the bootloader alone, add --bootloader-only."] : [];
}

function powerCycle(): string[] {
  return [
    "Unplug the camera, leave a jumper where it is, plug it in again, and run the same command again.",
    "If it happens again, use another cable and a port of the computer, not a hub.",
  ];
}

/** openmv-boards.md 6.2: no Microsoft OS descriptors, so Windows binds nothing by itself. */
function driverOnWindows(data: ErrorData = {}): string[] {
  const device = typeof data.usbId === "string" ? ` ${data.usbId}` : "";
  return [
    `Give the device${device} the WinUSB driver with Zadig (zadig.akeo.ie):`,
    "    Options > List All Devices, choose it, choose WinUSB, Install or Replace Driver",
    "ST's own driver (STTub30) and a missing driver both look like this.",
    "Do not do this for 1FC9:0135 and 15A2:0073: they are HID devices and need no driver.",
  ];
}
