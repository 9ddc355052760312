/** NXP Serial Download Protocol of the i.MX RT ROM: packets, host side and device side. */
export * from "./client/sdp_client.ts";
export * from "./packets/command.ts";
export * from "./packets/ivt.ts";
export * from "./model/sdp_model.ts";
export * from "./packets/report.ts";
export * from "./model/rom_descriptors.ts";
export * from "./packets/words.ts";
