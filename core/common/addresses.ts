import config from "../../deno.json" with { type: "json" };
import { type Text, text } from "./text.ts";

/**
 * Where things are to be had on a computer with a network: `addresses` of deno.json. unbrick itself
 * never goes there.
 */
export const addresses = config.addresses;

/** What an address is for, in the order of the help. */
export const addressTitles: Readonly<Record<keyof typeof addresses, Text>> = {
  "firmware": text`OpenMV firmware releases`,
  "openmv-ide": text`OpenMV IDE, with the loaders of the N6 and the RT1062`,
  "se-tools": text`Alif's SE Tools, with the system packages of the AE3`,
  "program": text`this program`,
  "help": text`help from other users`,
};

/** Returns where to get something, as advice: one line. */
export function whereToGet(what: keyof typeof addresses): Text {
  return text`To get ${addressTitles[what]}, on a computer with a network: ${addresses[what]}`;
}
