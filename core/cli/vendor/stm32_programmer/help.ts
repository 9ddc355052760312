export const help = `Usage: unbrick STM32_Programmer_CLI [OPTIONS]

What the OpenMV N6 needs of STM32_Programmer_CLI, spoken by unbrick itself. A download is
the whole flow: OpenBootloader into RAM, the flash loader, the bootloader, and the proof:
the new bootloader must run and read itself back equal.

  -l, --list [usb]            List the cameras that speak ST's DFU
  -c, --connect port=USB1 [sn=SERIAL]
                              The first one listed, or the one with this serial number
  -d, -w, --download, --write [FILE.tsv]
                              Carry out a flash layout, with the files that it names;
                              without FILE: the images of --images, or the built-in ones
  -q, --quietMode, -v, --verify
                              Accepted; every run is verified
  --version                   Version
  -h, -?, --help              This text

Options of unbrick that may stand in the same line:
  --images DIR|ZIP            Take the images from an OpenMV firmware release
  --image ROLE=FILE           Take one image from a file
  --public-key FILE           Use only image sets that are signed with this key
  --allow, --allow-fuse NAME  Permit one dangerous thing by its name
  --timeout SECONDS           How long to wait for the camera or for hands
  --port PATH                 Use only the camera on this USB port
  --report FILE               Write a record of the run
  --trace FILE                Record all traffic in FILE (pcapng), for Wireshark
  --operator NAME             Who does it, for the record
  --simulate, --fast          Practise on a simulated camera; do not wait in real time
  --condition STATE           Its state at the start
  --trap NAME[=VALUE]         Give it a trap
  --json, --debug             One JSON object a line; with the stack of an internal error
  --plain, --no-color         For a screen reader; without colours
  --yes                       Accepted; nothing is asked
  --libusb FILE               Use this libusb library
  --plugin FILE               Add a board family from a JavaScript file

Examples:
  unbrick STM32_Programmer_CLI -l usb
  unbrick STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv
  unbrick STM32_Programmer_CLI -c port=USB1 sn=003A002D3833510B31323335 -d FlashLayout.tsv
`;
