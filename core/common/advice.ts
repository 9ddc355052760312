import { addresses, whereToGet } from "./addresses.ts";
import { companionAdvice, partAlone, placesToGet } from "./image_advice.ts";
import type { ErrorData, ErrorKind } from "./errors.ts";
import { text, type Words } from "./text.ts";
import { udevRules } from "./udev_rules.ts";
import { driverOnWindows } from "./windows_driver_advice.ts";

/** Advice differs by it. */
export type OperatingSystem = "linux" | "windows" | "darwin";

/**
 * What else starts ST's ROM if the jumper from BOOT to RST does not (openmv-runtime.md 7: 0.6 V was
 * measured on an H7 Plus, and BOOT to 3.3 V worked; dfu-dfuse.md D2: the ROM takes the first
 * interface that shows traffic).
 */
export const stBootPin: readonly Words[] = [
  text`Remove shields and all other wires from the pins: a module on the UART or CAN pins can keep
    ST's ROM off USB.`,
  text`If a jumper from BOOT to RST does not start the ROM, disconnect all power, including the
    battery. Connect BOOT to 3.3 V instead of RST, best through 1 kOhm, and plug in USB again.`,
];

/** What can be tried with a device that failed to enumerate (host-systems.md 1.4). */
const silentDevice: readonly Words[] = [
  text`Use another cable that carries data, and a USB port of the computer, not a hub.`,
  text`Remove shields and all other wires from the camera, unplug it for 10 s, and plug it in again.`,
];

/** The same where nobody knows yet whether it happens. */
export const ifSilent =
  text`If the computer reports a USB device that it does not recognise, use another cable that
    carries data, and a USB port of the computer, not a hub.`;

const again = text`Run the same command again. It reads the camera and does what is missing.`;
const watch = text`To see what connects over USB, run: unbrick devices --watch`;

/**
 * Returns what to do about an error: one action a line, the most promising first. Lines to type or
 * copy exactly start with four spaces.
 */
export function advice(
  error: { readonly kind: ErrorKind; readonly data?: ErrorData },
  os: OperatingSystem,
): Words[] {
  const advise = catalogue[error.kind];
  return typeof advise === "function" ? advise(error.data ?? {}, os) : [...advise];
}

/** True if an error is about a file; that of a serial port comes with the system's `name` for it. */
export const namesFile = ({ file, path, name }: ErrorData): boolean =>
  file !== undefined || (path !== undefined && name === undefined);

type Advice = readonly Words[] | ((data: ErrorData, os: OperatingSystem) => Words[]);

const catalogue: Readonly<Record<ErrorKind, Advice>> = {
  "bug": [
    text`This is a bug in unbrick, not a fault of your camera. Please report it with the command
      and this text: ${addresses.program}`,
    again,
  ],
  "usage": (data) =>
    data.plugin !== undefined
      ? [text`Leave out --plugin, or ask the author for a plugin that fits this unbrick.`]
      : data.board !== undefined
      ? [text`To list the boards, run: unbrick boards`]
      : data.exists === true
      ? [text`Choose another name, or move the existing file away.`]
      : [
        data.command
          ? text`For all options of this command, run: unbrick ${String(data.command)} --help`
          : text`For all commands and options, run: unbrick --help`,
      ],
  "not-found": (data, os) =>
    data.library !== undefined
      ? anotherLibrary(os)
      : data.licences !== undefined
      ? [text`Read LICENSE and THIRD_PARTY.md, next to the source code.`]
      : data.full === true
      ? [text`Free some space there, or choose another place.`]
      : namesFile(data)
      ? [text`Check the file name and its folder.`]
      : data.comesWith !== undefined
      ? companionAdvice(data)
      : data.role !== undefined
      ? [
        ...partAlone(data),
        text`Name the file with --image ${String(data.role)}=FILE, or a release (folder or zip)
          with --images.`,
        whereToGet("firmware"),
      ]
      : data.set !== undefined
      ? [text`To list the image sets, run: unbrick images list`]
      : data.run !== undefined
      ? [text`To list the runs that are kept, run: unbrick runs list`]
      : data.origin !== undefined
      ? [
        text`Name an OpenMV firmware release (folder or zip) with: --images`,
        whereToGet("firmware"),
      ]
      : data.folder !== undefined
      ? [text`Free some space there, or set the environment to a folder that can be written.`]
      : [
        text`Use a cable that carries data (many only charge), and plug it into the computer, not
          a hub.`,
        watch,
      ],
  "permission": (data, os) =>
    data.superUser === true
      ? [text`Run the command as root: put sudo in front of it.`]
      : namesFile(data)
      ? [
        text`Choose a file and a folder that you are allowed to use, or run unbrick as their owner.`,
      ]
      : data.places !== undefined
      ? placeForLibrary(os)
      : os === "linux"
      ? [
        text`To let unbrick install the udev rules, run: sudo unbrick doctor --install-udev`,
        text`Or save these lines as ${udevRules.path}:`,
        ...udevRules.text.map((line) => `    ${line}`),
        text`Then reload the rules and plug the camera in again:`,
        "    sudo udevadm control --reload && sudo udevadm trigger",
      ]
      : os === "windows"
      ? driverOnWindows()
      : data.privacyPane !== undefined
      ? privacyPane(String(data.privacyPane))
      : [
        text`Close programs that may be using the camera: OpenMV IDE, a virtual machine, another
          unbrick.`,
        text`Unplug the camera, plug it in again, and run the same command again.`,
      ],
  "driver": (data, os) =>
    data.missing !== undefined
      ? [text`Run unbrick on the host computer, or pass its USB devices through to the virtual
        machine.`]
      : data.library !== undefined
      ? anotherLibrary(os)
      : os === "windows"
      ? driverOnWindows(data)
      : os === "linux"
      ? [
        text`Close programs that use the camera. Unplug it, then plug it in again.`,
        text`A kernel driver is using it. To see which one, run: lsusb -t`,
      ]
      : [text`Close programs that use the camera. Unplug it, then plug it in again.`, again],
  "busy": (data) => [
    data.folder !== undefined
      ? text`Wait until the other program has finished: another unbrick, or a virus scanner.`
      : text`Close programs that may be using the camera: OpenMV IDE, a virtual machine, another
        unbrick.`,
    again,
  ],
  "disconnected": [
    text`Check the cable, and plug it into the computer, not a hub.`,
    again,
  ],
  "timeout": (data) =>
    data.call !== undefined ? hangingSystem(data) : data.unreadPath !== undefined
      ? [
        text`Copy it to a disk of this computer, and name the copy.`,
        text`If it is on a network drive, check the network first.`,
      ]
      : data.isSilent === true
      ? powerCycle()
      : data.silentPort !== undefined && data.what === undefined
      ? [...silentDevice]
      : [
        ...(data.silentPort !== undefined ? silentDevice : []),
        ...(data.onlyPort === undefined ? [] : [
          text`If the camera is on another port, correct --port, or leave it out. To list the ports,
            run: unbrick devices`,
        ]),
        text`Check the steps by hand: set the jumper or the switch before you plug in, and use a
        cable that carries data.`,
        ...(data.romEntry === "st-boot-pin" ? stBootPin : []),
        watch,
        text`In a virtual machine, pass through all USB ids of this camera: its id changes during
          the job.`,
        again,
      ],
  "stalled": powerCycle(),
  "protocol": powerCycle(),
  "device-status": powerCycle(),
  "wrong-board": wrongBoard,
  "bad-image": (data) =>
    data.simulationOnly === true
      ? [
        ...partAlone(data),
        text`Name an OpenMV firmware release (folder or zip) with: --images`,
        text`Or import it once, for all later runs: unbrick images import FILE`,
        ...placesToGet(data),
        text`To practise without a camera, add --simulate.`,
      ]
      : data.pinnedKey !== undefined
      ? [
        text`Import a set that is signed with that key: unbrick images import FILE`,
        text`To sign a set (you need the private key), run: unbrick images export SET FILE --sign
          KEY`,
      ]
      : data.firstRelease !== undefined
      ? [
        text`Take bootloader.bin from an OpenMV firmware release ${
          String(data.firstRelease)
        } or newer.`,
      ]
      : data.isFile === false
      ? [text`Name a file.`]
      : data.key === "encrypted"
      ? [text`Make a copy without it: openssl pkey -in KEY.pem -out copy.pem`]
      : data.key === true
      ? [
        text`Make a pair of keys with OpenSSL: openssl genpkey -algorithm ed25519 -out key.pem`,
        text`Take the public key from it: openssl pkey -in key.pem -pubout -out public.pem`,
      ]
      : data.records !== undefined
      ? [text`Name a new folder with --report, and keep this one as it is.`]
      : data.joined === true
      ? [text`Name both files of the release: --image bootloader.bin --image firmware.bin`]
      : [
        text`Copy the file again from OpenMV's firmware release, or name the release (folder or
          zip) with --images.`,
      ],
  "protected": (data) =>
    data.unread !== undefined
      ? [
        text`Turn the recovery switch off, plug the camera in again, and compare it over USB:
          unbrick verify ${String(data.board)}`,
      ]
      : [
        text`The protection can only be removed by erasing the whole chip. unbrick does that only
          with its own consent.`,
        text`To see the consents of this board, run: unbrick boards`,
      ],
  "verify-failed": (data) =>
    data.written !== undefined
      ? [
        text`Unplug the camera, plug it in again, and check it again (unbrick check).`,
        text`The name of a set or folder may say another version than its files: to see the sets, run:
        unbrick images list`,
      ]
      : [
        again,
        text`If this happens again with another cable and port, the camera's flash is worn or
      damaged.`,
      ],
  "consent-needed": (data) => {
    if (data.missing === "command") {
      return [text`For all commands and options, run: unbrick
      --help`];
    }
    if (data.option === "--operator") return [text`Give the name with: --operator NAME`];
    if (data.consent === "write") return [text`To write without being asked, add: --yes`];
    if (typeof data.consent === "string") {
      const option = data.fuse === true ? "--allow-fuse" : "--allow";
      return [text`To allow it, run the same command again with: ${option} ${data.consent}`];
    }
    return [text`Name the board on the command line, or the port with --port PATH.`];
  },
  "sensor-missing": [
    text`Unplug the camera. If its sensor is on a module, take the module off and push it on firmly.`,
    text`Then check the camera again (unbrick check). Another module shows whether the sensor is
      broken.`,
  ],
  "picture-dark": [
    text`Take the cap off the lens, turn on a light, and check the camera again (unbrick check).`,
  ],
  "picture-unchanged": [
    text`Unplug the camera, plug it in again, and check it again (unbrick check).`,
    text`If this happens again, the sensor or its connector is broken: try another module.`,
  ],
  "firmware-silent": [
    text`Close programs that may be using the camera, such as OpenMV IDE. Unplug the camera, plug it
      in again, and check it again (unbrick check).`,
    text`If this happens again, the program in main.py hangs, or the firmware is damaged: write the
      firmware again.`,
  ],
  "not-started": [
    text`Unplug the camera. If its image sensor is on a module, take the module off, and plug the
      camera in again: some firmware stops before it appears on USB if its sensor fails.`,
    text`If it appears without the module, the sensor or its connector is broken: try another module.`,
    text`If it does not appear, remove shields and all other wires from its pins, use another cable, and
      run the same command again.`,
  ],
  "picture-damaged": [
    text`Use another cable, and plug it into the computer, not a hub. Check the camera again.`,
  ],
  "cancelled": [again],
};

const libraryExample: Readonly<Record<OperatingSystem, string>> = {
  linux: "/usr/lib/x86_64-linux-gnu/libusb-1.0.so.0",
  windows: "C:\\folder\\libusb-1.0.dll",
  darwin: "/opt/homebrew/lib/libusb-1.0.dylib",
};

function anotherLibrary(os: OperatingSystem): Words[] {
  return [
    text`Copy unbrick again from the original file: the library is part of the program.`,
    text`Or use a libusb 1.0 of this system: --libusb ${libraryExample[os]}`,
  ];
}

/** Where systems refuse to load libraries from: docs/facts/host-systems.md 5. */
function placeForLibrary(os: OperatingSystem): Words[] {
  return [
    ...(os === "windows"
      ? [
        text`Set a folder from which programs may load libraries, then run the same command
          again:`,
        "    set LOCALAPPDATA=C:\\unbrick",
      ]
      : [
        text`Set a folder of your own on a disk where programs may run:`,
        "    mkdir -p ~/unbrick && export TMPDIR=~/unbrick",
        text`Then run the same command again.`,
      ]),
    text`Or use a libusb 1.0 of this system: --libusb ${libraryExample[os]}`,
  ];
}

/**
 * Advice for a call into the operating system that does not return: a device or its driver blocks
 * it.
 */
function hangingSystem({ port }: ErrorData): Words[] {
  return [
    typeof port === "string"
      ? text`Unplug the device on port ${port}, wait 10 s, and run the same command again.`
      : text`Unplug USB devices and hubs that you do not need, and run the same command again.`,
    text`If this happens again, restart the computer.`,
  ];
}

/**
 * The right belongs to the program that starts unbrick, and counts after its next start
 * (host-systems.md 4.1).
 */
function privacyPane(pane: string): Words[] {
  return [
    text`Open System Settings > Privacy & Security > ${pane}. Turn on the program in which you
      started unbrick, for example Terminal. If it is not in the list, add it with the + button.`,
    text`Quit that program, open it again, and run the same command again.`,
  ];
}

/** Either the device or a file (`file`) is that of another board. */
function wrongBoard(data: ErrorData): Words[] {
  const { otherCamera, isStranger, job, partition, comesWith, file, found } = data;
  if (otherCamera !== undefined) {
    return [text`Unplug the other camera, plug in the first one, and run the same command again.`];
  }
  if (isStranger === true) {
    return [
      text`If this is not your camera, leave it alone, and connect the camera as its guide shows:
        unbrick guide BOARD`,
      text`If it is your camera, unplug it, and plug it in again with another cable. If this does
        not help, send the output of this to the makers of unbrick: unbrick doctor --json`,
    ];
  }
  if (job !== undefined) return [text`To see what each board supports, run: unbrick boards`];
  if (partition !== undefined) {
    return data.command === "restore"
      ? [text`Take bootloader.bin from the newest OpenMV firmware release.`]
      : [text`Update the bootloader: unbrick restore ${String(data.board)}`];
  }
  if (comesWith !== undefined) return companionAdvice(data);
  if (file !== undefined) {
    return [
      text`Choose images made for this camera with --images or --image.`,
      text`If they are the right ones, the command names another board. To list the boards, run:
        unbrick boards`,
    ];
  }
  return [
    typeof found === "string" && found !== ""
      ? text`If this is the camera that you want to work on, name its board in the command:
        ${found.replaceAll(",", ", ")}`
      : text`Compare the name on the camera with the list from: unbrick boards`,
    text`Otherwise unplug this device, and plug in your camera.`,
  ];
}

function powerCycle(): Words[] {
  return [
    text`Unplug the camera, leave its jumper or switch as it is, plug it in again, and run the same
      command again.`,
    text`If this happens again, use another cable, and plug it into the computer, not a hub.`,
  ];
}
