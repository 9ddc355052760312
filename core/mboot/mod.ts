/** NXP MCU bootloader protocol over HID reports: packets, host side and device side. */
export * from "./busy_time.ts";
export * from "./client.ts";
export * from "./command.ts";
export * from "./flexspi_config.ts";
export * from "./flexspi_nor.ts";
export * from "./fuses.ts";
export * from "./loader_commands.ts";
export * from "./loader_descriptors.ts";
export * from "./loader_memory.ts";
export * from "./model.ts";
export * from "./property.ts";
export * from "./status.ts";
