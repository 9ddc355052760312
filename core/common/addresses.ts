import config from "../../deno.json" with { type: "json" };
import { type Text, text } from "./text.ts";

/**
 * Where things are to be had on a computer with a network: `addresses` of deno.json. unbrick itself
 * never goes there.
 */
export const addresses: Readonly<Record<Sought, string>> = config.addresses;

/** What is to be had at an address. */
export type Sought = "firmware" | "openmv-ide" | "se-tools" | "program" | "help";

/** What an address is for, in the order of the help. */
export const addressTitles: Readonly<Record<Sought, Text>> = {
  "firmware": text`OpenMV firmware releases`,
  "openmv-ide": text`OpenMV IDE, with the loaders of the N6 and the RT1062`,
  "se-tools": text`Alif's SE Tools, with the system packages of the AE3`,
  "program": text`this program`,
  "help": text`help from other users`,
};

/** Something and its address, for programs. */
export interface Place {
  readonly what: Sought;
  readonly address: string;
}

/** Returns where to get something, as advice: one line. */
export function whereToGet(what: Sought): Text {
  return text`To get ${addressTitles[what]}, on a computer with a network: ${addresses[what]}`;
}
