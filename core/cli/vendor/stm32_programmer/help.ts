export const help = `Usage: unbrick STM32_Programmer_CLI [OPTIONS]

What the OpenMV N6 needs of STM32_Programmer_CLI, spoken by unbrick itself. A download is
the whole flow: OpenBootloader into RAM, the flash loader, the bootloader, and the proof:
the new bootloader must run and read itself back equal.

  -l, --list [usb]            List the cameras that speak ST's DFU
  -c, --connect port=USB1 [sn=SERIAL]
                              The first one listed, or the one with this serial number
  -d, --download [FILE.tsv]   Carry out a flash layout, with the files that it names;
                              without FILE: the images of --images, or the built-in ones
  -q, -v                      Accepted; every run is verified
      --version               Version
  -h, --help                  This text

The options of unbrick may follow: --images, --json, --report, --simulate, --timeout.

Examples:
  unbrick STM32_Programmer_CLI -l usb
  unbrick STM32_Programmer_CLI -c port=USB1 -d OPENMV_N6/FlashLayout.tsv
  unbrick STM32_Programmer_CLI -c port=USB1 sn=003A002D3833510B31323335 -d FlashLayout.tsv
`;
