export const help = `Usage: unbrick dfu-util [OPTIONS]

Accepts the command line of dfu-util. A download succeeds only after unbrick has read
everything back and found it equal.

  -l, --list                  List the DFU devices
  -D, --download FILE         Write FILE to the device; - is standard input
  -U, --upload FILE           Read from the device into FILE, which must not exist
  -e, --detach                Tell the device to leave its current mode
  -R, --reset                 Reset the device at the end

  -w, --wait                  Wait for a device
      --timeout SECONDS       How long (default 600)
  -d, --device [V:P][,V:P]    USB ids in run-time mode, in DFU mode: ,0483:df11
  -p, --path BUS-PORT         Port path: 1-1.3
  -S, --serial TEXT[,TEXT]    Serial number in run-time mode, in DFU mode
  -n, --devnum NUMBER         Number on the bus
  -c, --cfg NUMBER            Configuration
  -i, --intf NUMBER           Interface
  -a, --alt NUMBER|NAME       Alternate setting

  -s, --dfuse-address ADDRESS[:MODIFIER]...
                              DfuSe address; modifiers: a length for -U, leave,
                              force, mass-erase, unprotect, will-reset
  -t, --transfer-size BYTES   Smaller blocks
  -Z, --upload-size BYTES     Length of an upload
  -E, --detach-delay SECONDS  Time for a device to change its mode
      --libusb FILE           Use this libusb library
      --trace FILE            Record all traffic in FILE (pcapng), for Wireshark
  -v, --verbose               Accepted; has no effect
  -V, --version               Version
  -h, --help                  This text

Exit codes: 0 done and proven, 64 command line, 65 file damaged or for another board,
66 no such file, 70 bug in unbrick, 73 file cannot be created, 74 device or transfer
failed or proof is missing, 76 the device violated the protocol, 130 Ctrl-C.

Examples:
  unbrick dfu-util -l
  unbrick dfu-util -w -d ,0483:df11 -a 0 -s 0x08000000 -D bootloader.bin
  unbrick dfu-util -w -d ,37c5:9204 -a 2 -D firmware.bin -R
  unbrick dfu-util -d ,0483:df11 -a 0 -s 0x08000000:131072 -U old_bootloader.bin
`;
