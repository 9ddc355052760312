/** NXP MCU bootloader protocol over HID reports: packets, host side and device side. */
export * from "./model/busy_time.ts";
export * from "./client/mboot_client.ts";
export * from "./packets/command.ts";
export * from "./packets/flexspi_config.ts";
export * from "./model/flexspi_nor.ts";
export * from "./model/fuses.ts";
export * from "./model/loader_commands.ts";
export * from "./model/loader_descriptors.ts";
export * from "./model/loader_memory.ts";
export * from "./model/mboot_model.ts";
export * from "./packets/property.ts";
export * from "./packets/status.ts";
