/** Texts that read like sentences and are none: names, commands and fixed answers stay as they are. */
export const names: readonly RegExp[] = [
  // To be typed.
  /^(sudo|kill|lsusb) [a-z{-]|^unbrick (\{1\}|images|doctor|[a-z]+ \{1\}.*|\{1\} \{2\} --.*)$/,
  // Commands of NXP's loaders, with their arguments.
  /^[a-z]+(-[a-z]+)+ \{1\}$/,
  // udev rules.
  /^SUBSYSTEM==/,
  // Memory descriptors of DFU interfaces.
  /^@/,
  // Products and chips.
  /^(OpenMV|OPENMV|Arduino|Alif|Raspberry|i\.MX|Toy) [\w. -]+$/,
  /^(Cortex|STM32|ESP32)[\w -]*$/,
  // Names of USB devices and interfaces.
  /^(FT230X Basic UART|USB Single Serial|DFU Config|DFU Interface|USB (Serial|Product|Vendor) \w+)$/,
  /^[A-Z\d ._\-/{}=|]+$/,
  // Style sheets, and folders and marks that other programs have.
  /\{\s*[a-z-]+:[^}]*\}/,
  /^(version https:\/\/git-lfs|OpenMV IDE\.app\/.*|Application Support|set alternate|cpu \{1\})$/,
  // Parts of other texts that hold only holes.
  /^[^\p{L}]*$/u,
];

/** Files whose texts no person reads, or which imitate other tools and must speak as those do. */
export const silentFiles: readonly RegExp[] = [
  // Tests, and devices that exist only in memory.
  /_test\.ts$/,
  /(^|\/)(testing|model|sample|faults|simulated)(\/|\.ts$)/,
  /(^|\/)(test|sample)_\w+\.ts$/,
  /_model(_\w+)?\.ts$/,
  /descriptors\.ts$/,
  /(^|\/)(samples|fault_subject|functional_descriptor)\.ts$/,
  /^boards\/openmv_ae3\/camera\.ts$/,
  /^core\/transport\/usb\/(virtual_bus|memory|host_state)/,
  /^core\/protocols\/mboot\/packets\/property\.ts$/,
  /^core\/transport\/serial\/cdc_bus\.ts$/,
  // Amounts: their templates are in core/cli/language/unseen.ts.
  /^core\/common\/format\.ts$/,
  // Scripts read what these command lines print.
  /^core\/cli\/vendor/,
  // The catalogues themselves.
  /^core\/cli\/language\/(english|chinese|unseen)/,
];
