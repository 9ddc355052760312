export const help = `Usage: unbrick STM32_Programmer_CLI [OPTIONS]

Accepts the part of STM32_Programmer_CLI's command line that the OpenMV N6 needs. A download
does everything: OpenBootloader to RAM, the flash loader, the bootloader, and the proof:
the new bootloader must run and read itself back correctly.

  -l, --list [usb]            List the cameras that use ST's DFU
  -c, --connect port=USB1 [sn=SERIAL]
                              The first one listed, or the one with this serial number
  -d, -w, --download, --write [FILE.tsv]
                              Write a flash layout with the files in it;
                              without FILE: the images of --images, or the built-in ones
  -q, --quietMode, -v, --verify
                              Accepted; every run is verified
  --version                   Version
  -h, -?, --help              This text

Options of unbrick that are allowed on the same command line:
  --images DIR|ZIP            Take the images from an OpenMV firmware release
  --image ROLE=FILE           Take one image from a file
  --public-key FILE           Use only image sets that are signed with this key
  --allow, --allow-fuse NAME  Allow one risky step by its name
  --timeout SECONDS           How long to wait for the camera or a step by hand
  --port PATH                 Use only the camera on this USB port
  --report FILE               Write a record of the run
  --trace FILE                Record all traffic in FILE (pcapng), for Wireshark
  --operator NAME             The operator's name, for the record
  --simulate, --fast          Practise on a simulated camera; do not wait in real time
  --condition STATE           The camera's condition at the start
  --trap NAME[=VALUE]         Give the camera a fault
  --json, --debug             One JSON object a line; with the stack trace of an internal error
  --plain, --no-color         For a screen reader; without colours
  --yes                       Accepted; nothing is asked
  --libusb FILE               Use this libusb library
  --plugin FILE               Add a board family from a JavaScript file

Examples:
  unbrick STM32_Programmer_CLI -l usb
  unbrick STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv
  unbrick STM32_Programmer_CLI -c port=USB1 sn=003A002D3833510B31323335 -d FlashLayout.tsv
`;
