/** NXP Serial Download Protocol of the i.MX RT ROM: packets, host side and device side. */
export * from "./client.ts";
export * from "./command.ts";
export * from "./ivt.ts";
export * from "./model.ts";
export * from "./report.ts";
export * from "./rom_descriptors.ts";
export * from "./words.ts";
