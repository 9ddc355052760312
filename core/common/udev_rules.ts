/**
 * Lets every local user open the devices that unbrick works with: OpenMV's own ids, the ST system
 * bootloader, NXP's ROM and flashloader, Arduino's bootloaders, the AE3's serial bridges; and keeps
 * ModemManager from talking to them (openmv-boards.md 6.1, dfu-dfuse.md D7). The name must sort
 * before 73-seat-late, where `uaccess` is evaluated.
 */
export const udevRules = {
  path: "/etc/udev/rules.d/60-unbrick.rules",
  /** Where a package of unbrick installs them; a file at `path` replaces it. */
  packagedPath: "/usr/lib/udev/rules.d/60-unbrick.rules",
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
